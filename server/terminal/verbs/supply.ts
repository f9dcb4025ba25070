/** Where all credits came from and went, and that it comes to what there is. */
import { no, reply } from '../reply.ts'
import type { SessionVerb } from '../session-verb.ts'

export const supply: SessionVerb = {
  name: 'supply',
  verbs: { en: ['supply', 'treasury'], ru: ['казна'] },
  async run(_args, session) {
    const { ledger } = session.services
    if (!ledger) return no('no_ledger')
    const { totals, outstandingMicro, heldMicro, pendingMicro, mintedTodayMicro, limits } = await ledger.supply()
    const lines = totals.map(({ code, way, entries, amountMicro }) =>
      session.words('credits.supply.line', {
        purpose: session.words(`credits.code.${code}`),
        way,
        entries,
        amountMicro: String(amountMicro),
      }),
    )
    return reply(
      [
        session.words('credits.supply.head', {
          amountMicro: String(outstandingMicro),
          pendingMicro: String(pendingMicro),
        }),
        session.words(outstandingMicro === heldMicro ? 'credits.supply.agrees' : 'credits.supply.differs', {
          heldMicro: String(heldMicro),
        }),
        ...lines.map((line) => `  ${line}`),
        session.words('credits.supply.today', {
          todayMicro: String(mintedTodayMicro),
          dayMicro: String(limits.dayMicro),
          eachMicro: String(limits.accountDayMicro),
        }),
      ].join('\n'),
    )
  },
}
