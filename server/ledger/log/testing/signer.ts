/** A process that pays, makes leaves and signs, and dies by SIGKILL at a place of its choosing; it says each head that it published. */
import { writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../../lib/clock.ts'
import { encodeEntry } from '../../../protocol/ledger-entry.ts'
import { openDatabase } from '../../../storage/database.ts'
import { createLedgerStore } from '../../../storage/ledger.ts'
import { createEvidenceStore, createLogStore } from '../../../storage/tlog.ts'
import { createLedger } from '../../ledger.ts'
import { createGuard } from '../guard.ts'
import { loadIdentity } from '../identity.ts'
import { createLog } from '../log.ts'

const [dir, url, place, passes, shared] = process.argv.slice(2) as [string, string, string, string, string?]
const quiet = { info() {}, warn() {}, error() {} }
/** Straight to the pipe: nothing said may be lost in a buffer. */
const say = (line: object) => writeSync(1, `${JSON.stringify(line)}\n`)

const db = await openDatabase({ ...(url === '' ? { dataDir: `${dir}/database` } : { url }), log: quiet })
const ledger = createLedger({ store: createLedgerStore(db), clock: systemClock })
let left = Number(passes)
const step = (at: string) => {
  if (at === place && --left < 0) process.kill(process.pid, 'SIGKILL')
}
const { log: signer } = await loadIdentity(`${dir}/log`)
const log = await createLog({
  source: {
    read: async (from, limit) => (await ledger.entries(from, limit)).map(encodeEntry),
    onCommitted: (listener) => ledger.onCommitted(() => listener()),
  },
  store: createLogStore(db),
  evidence: createEvidenceStore(db),
  guard: createGuard(`${dir}/log`, step),
  signer,
  clock: systemClock,
  log: quiet,
  signEveryMs: shared ? 100 : 1,
  step,
  ...(shared && { isShared: true, leaseMs: 1_500 }),
})
say({ state: log.mayPost(), note: log.checkpoint() ?? '' })
log.onCheckpoint((note) => say({ note, signs: log.status().signs }))
for (let n = 0; ; n++) {
  const id = `${process.pid}-${n}`
  // Those that share a database leave each other room.
  if (shared) await sleep(20)
  await ledger.transfer([{ id, from: 'academy:rewards', to: `player:${n % 4}`, amountMicro: 3n, code: 'reward' }])
}
