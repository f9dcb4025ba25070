/** Trust of owners with its reasons, and promises to pay handed in. */
import type { Ious } from '../../../ledger/iou/types.ts'
import type { Counted, Figure, Sum, Trust } from '../../../ledger/trust/types.ts'
import type { Signed } from '../../../lib/signed.ts'
import { HTTP_PAGE_MAX } from '../../../limits.ts'
import * as api from '../../../protocol/api.ts'
import { HttpProblem } from '../problem.ts'
import { ok, type Route, route } from '../route.ts'

export type CreditParts = { readonly trust: Trust; readonly ious: Ious }

export function creditRoutes({ trust, ious }: CreditParts): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/api/v1/trust/:owner',
      access: 'person',
      summary: 'How far an owner is trusted, with what, and why; and how much credit follows',
      answers: { 200: api.TrustAnswer },
      run: async ({ params }) => {
        if (!/^[0-9a-f]{64}$/.test(params.owner!)) throw new HttpProblem('invalid_parameter')
        const { owner, atMs, figures, credit, outcomes } = await trust.why(params.owner!)
        return ok({
          owner,
          atMs,
          figures: figures.map(figure),
          credit: {
            ...texts({
              limitMicro: credit.limitMicro,
              owedMicro: credit.owedMicro,
              availableMicro: credit.availableMicro,
            }),
            towards: credit.towards
              .slice(0, HTTP_PAGE_MAX)
              .map(({ creditor, limitMicro }) => ({ creditor, limitMicro: String(limitMicro) })),
          },
          outcomes: outcomes.map(({ id, kind, result, counterparty, evidence, atMs: doneAtMs, ...sums }) => ({
            id,
            kind,
            result,
            counterparty,
            evidence,
            atMs: doneAtMs,
            valueMicro: String(sums.valueMicro),
            feeMicro: String(sums.feeMicro),
            ...counted(sums),
          })),
        })
      },
    }),
    route({
      method: 'post',
      path: '/api/v1/ledger/ious',
      access: 'person',
      summary: 'Hand in a promise to pay: it is paid once, to the creditor it names, whoever carries it',
      body: api.RedeemBody,
      answers: { 200: api.RedeemAnswer },
      run: async ({ body }) => {
        const result = await ious.redeem({ iou: bytesOf(body.iou), redemption: bytesOf(body.redemption) })
        if (!result.ok)
          throw new HttpProblem(result.reason === 'defaulted' ? 'iou_defaulted' : 'iou_refused', {
            params: { reason: result.reason },
          })
        const { id, state, amountMicro } = result.iou
        return ok({ id, state, amountMicro: String(amountMicro) })
      },
    }),
  ]
}

type Text = { readonly body: string; readonly key: string; readonly sig: string }
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
const bytesOf = ({ body, key, sig }: Text): Signed => ({ body: bytes(body), key: bytes(key), sig: bytes(sig) })

const texts = (amounts: Readonly<Record<string, bigint>>) =>
  Object.fromEntries(Object.entries(amounts).map(([name, micro]) => [name, String(micro)]))
const counted = ({ countedMicro, creditMicro }: Counted) => texts({ countedMicro, creditMicro })
const sum = ({ count, ...sums }: Sum) => ({ count, ...counted(sums) })
const figure = ({ kind, scorePermille, right, wrong, late }: Figure) => ({
  kind,
  scorePermille,
  right: sum(right),
  wrong: sum(wrong),
  late: sum(late),
})
