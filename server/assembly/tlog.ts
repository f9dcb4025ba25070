/** The transparency log of a node and its witness: over the ledger from the start, among other nodes once there is a network. */
import { createHash } from 'node:crypto'
import { auditLog, type LogAudit } from '../ledger/log/auditor.ts'
import { createGuard } from '../ledger/log/guard.ts'
import { loadIdentity, logDirOf, renewIdentity } from '../ledger/log/identity.ts'
import { createLog, type OpenLog } from '../ledger/log/log.ts'
import { createMonitor } from '../ledger/log/monitor.ts'
import { createNeighbours, type Neighbours } from '../ledger/log/neighbours.ts'
import { openRoster } from '../ledger/log/roster.ts'
import type { EntrySource, HttpWitness, LogLog } from '../ledger/log/types.ts'
import { serveLog, serveWitness } from '../ledger/log/wire.ts'
import { createWitness } from '../ledger/log/witness.ts'
import { answerAddCheckpoint, httpWitness } from '../ledger/log/witness-http.ts'
import type { Ledger } from '../ledger/types.ts'
import type { Clock } from '../lib/clock.ts'
import { NEIGHBOURS_LOOK_EVERY_MS } from '../limits.ts'
import type { Wire } from '../link/types.ts'
import { encodeEntry } from '../protocol/ledger-entry.ts'
import { type NoteKey, parseKey } from '../protocol/tlog/note.ts'
import { memoOf, type ReceiptFile } from '../protocol/tlog/receipt.ts'
import type { Database } from '../storage/database.ts'
import { createEvidenceStore, createLogStore, createWitnessStore } from '../storage/tlog.ts'

export type TlogParts = {
  readonly database: Database
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: LogLog
}
export type TlogConfig = {
  readonly dataDir: string
  /** Where the log's keys and its guard are; absent: `log` in the data directory. */
  readonly logDir?: string
  readonly publicUrl?: string
  /** Witnesses beside those of the network, each `OWNER URL KEY`. */
  readonly logWitnesses: readonly { readonly owner: string; readonly url: string; readonly key: string }[]
  /** Keys of logs that are witnessed here beside those of the network. */
  readonly witnessedLogs: readonly string[]
}

export type TlogAssembly = {
  readonly tlog: OpenLog
  readonly witness: HttpWitness
  /** `owner`: whose node this is. */
  join(wire: Wire, owner: string): AsyncDisposable
  audit(progress: (line: string) => void): Promise<LogAudit>
  /** For whoever runs the node; `by` is the person whose own id it is. Throws, in words, when there is no such transfer, or no receipt yet. */
  receipt(transferId: string, by?: string): Promise<ReceiptFile>
  /** The name of the log that begins with the next start. */
  newLog(force: boolean): Promise<{ readonly origin: string }>
  [Symbol.asyncDispose](): Promise<void>
}

export async function assembleTlog(parts: TlogParts, config: TlogConfig): Promise<TlogAssembly> {
  const { database, ledger, clock, log } = parts
  await using stack = new AsyncDisposableStack()
  const dir = config.logDir ?? logDirOf(config.dataDir)
  const identity = await loadIdentity(dir, config.publicUrl)
  const roster = await openRoster(dir)
  let neighbours: Neighbours | undefined
  const fixed = config.logWitnesses.flatMap(({ owner, url, key }) => {
    const parsed = parseKey(key)
    return parsed ? [httpWitness(url, parsed, owner)] : []
  })
  const watched = new Map(config.witnessedLogs.flatMap((text) => entryOf(parseKey(text))))
  const logKey = (origin: string): NoteKey | undefined =>
    watched.get(origin) ?? neighbours?.logKey(origin) ?? (origin === identity.origin ? identity.log.key : undefined)
  const evidence = createEvidenceStore(database)

  const tlog = stack.use(
    await createLog({
      source: sourceOf(ledger),
      store: createLogStore(database),
      evidence,
      guard: createGuard(dir),
      signer: identity.log,
      clock,
      log,
      isShared: database.kind === 'postgres',
      witnesses: () => [...fixed, ...(neighbours?.links() ?? [])],
    }),
  )
  stack.defer(tlog.onStop(({ message }) => ledger.stop(message)))

  let compare: ((seen: string, shown: string) => void) | undefined
  const witness = createWitness({
    signer: identity.witness,
    store: createWitnessStore(database),
    clock,
    // Its own log is not for it to witness.
    logKey: (origin) => (origin === identity.origin ? undefined : logKey(origin)),
    onSuspect: (seen, shown) => compare?.(seen, shown),
  })
  const opened = stack.move()

  function join(wire: Wire, owner: string): AsyncDisposable {
    const joined = new AsyncDisposableStack()
    const meeting = joined.use(createNeighbours({ wire, roster, owner, log }))
    neighbours = meeting
    serveLog(wire, tlog)
    serveWitness(wire, witness)
    const monitor = joined.use(
      createMonitor({
        wire,
        log: tlog,
        logKey,
        logNode: meeting.logNode,
        onEvidence(origin, found) {
          log.error({ origin }, 'a transparency log has signed two histories; the evidence is kept and passed on')
          const id = createHash('sha256')
            .update(JSON.stringify([found.a, found.b]))
            .digest('hex')
          void evidence.add({ id, origin, evidence: found, atMs: clock.now() }).catch(() => {})
        },
      }),
    )
    compare = (seen, shown) => void monitor.compare(seen, shown).catch(() => {})
    const look = () => void meeting.look()
    const timer = setInterval(look, NEIGHBOURS_LOOK_EVERY_MS)
    timer.unref()
    joined.defer(() => {
      clearInterval(timer)
      compare = undefined
      neighbours = undefined
    })
    look()
    return joined
  }

  return {
    tlog,
    witness: { addCheckpoint: (body) => answerAddCheckpoint(witness, body) },
    join,
    audit: (progress) =>
      auditLog(
        { checkpoint: async () => tlog.checkpoint(), tile: tlog.tile, bundle: tlog.bundle },
        tlog.policy(),
        (done, of) => progress(`${done} of ${of} entries`),
      ),
    async receipt(transferId, by) {
      const entry = (by && (await ledger.find(`by:${by}:${transferId}`))) || (await ledger.find(transferId))
      if (!entry)
        throw new Error(
          `There is no transfer ${transferId}.${by ? '' : ' An id that a person chose is found with --by and their name.'}`,
        )
      const receipt = await tlog.receipt(entry.index, memoOf(entry))
      if (!receipt)
        throw new Error('No checkpoint with enough witnesses holds this transfer yet; try again in a moment.')
      return receipt
    },
    async newLog(force) {
      if (!force && tlog.mayPost().ok)
        throw new Error('The log goes on; nothing calls for another one. Say --force if you mean it.')
      return { origin: (await renewIdentity(dir)).origin }
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}

const entryOf = (key: NoteKey | undefined): readonly (readonly [string, NoteKey])[] => (key ? [[key.name, key]] : [])

const sourceOf = (ledger: Ledger): EntrySource => ({
  read: async (from, limit) => (await ledger.entries(from, limit)).map(encodeEntry),
  onCommitted: (listener) => ledger.onCommitted(() => listener()),
})
