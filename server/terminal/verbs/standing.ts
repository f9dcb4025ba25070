/** How far an owner is trusted, and why. */
import { no, reply } from '../reply.ts'
import type { SessionVerb } from '../session-verb.ts'

export const standing: SessionVerb = {
  name: 'standing',
  verbs: { en: ['standing', 'reputation'], ru: ['репутация'] },
  async run(args, session) {
    const { trust: book } = session.services
    if (!book) return no('no_ledger')
    const owner = args.trim().toLowerCase()
    if (!/^[0-9a-f]{64}$/.test(owner)) return reply(session.words('credits.trust.whose'))
    const { figures, credit, outcomes } = await book.why(owner)
    const short = `${owner.slice(0, 8)}…`
    if (figures.length === 0) return reply(session.words('credits.trust.nothing', { owner: short }))
    return reply(
      [
        session.words('credits.trust.head', { owner: short }),
        ...figures.map(
          ({ kind, scorePermille, right, wrong, late }) =>
            `  ${session.words('credits.trust.figure', {
              kind,
              permille: scorePermille,
              right: right.count,
              wrong: wrong.count,
              late: late.count,
              worthMicro: String(right.countedMicro),
            })}`,
        ),
        session.words('credits.trust.credit', {
          limitMicro: String(credit.limitMicro),
          owedMicro: String(credit.owedMicro),
          stopped: credit.owedMicro > 0n ? 'yes' : 'no',
        }),
        session.words('credits.trust.why'),
        ...outcomes.map(
          ({ kind, result, valueMicro, countedMicro, evidence }) =>
            `  ${session.words('credits.trust.outcome', {
              kind,
              result,
              valueMicro: String(valueMicro),
              countedMicro: String(countedMicro),
              evidence,
            })}`,
        ),
      ].join('\n'),
    )
  },
}
