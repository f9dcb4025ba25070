/**
 * A process that posts until it is killed, and prints which step of which payer was answered. Each payer goes through the same
 * steps in the same order; started anew, it sends the step again that had no answer.
 */
import { writeSync } from 'node:fs'
import { systemClock } from '../../lib/clock.ts'
import { openDatabase } from '../../storage/database.ts'
import { createLedgerStore } from '../../storage/ledger.ts'
import { createLedger } from '../ledger.ts'
import { stepOf } from './payer-steps.ts'

type Task = { readonly url?: string; readonly dataDir?: string; readonly next: readonly number[] }

const { url, dataDir, next } = JSON.parse(process.argv[2]!) as Task
const db = await openDatabase({ url, dataDir, log: { info() {}, error() {} } })
const mint = { accountDayMicro: 10n ** 15n, dayMicro: 10n ** 15n }
const ledger = createLedger({ store: createLedgerStore(db), clock: systemClock }, { mint })

/** Straight to the pipe: nothing said may be lost in a buffer. */
const say = (line: string) => writeSync(1, `${line}\n`)

async function postForEver(payer: number, first: number) {
  for (let n = first; ; n++) {
    const results = await ledger.transfer(stepOf(payer, n))
    const refused = results.find((result) => result.status === 'refused')
    say(refused ? `refused ${payer} ${n} ${refused.reason}` : `${payer} ${n}`)
  }
}

await Promise.all(next.map((n, payer) => postForEver(payer, n)))
