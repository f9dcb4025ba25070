/** For tests: a ledger of made-up entries, stores in memory, and a log over them. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeEntry, type LedgerEntry } from '../../protocol/ledger-entry.ts'
import { entryAt } from '../../protocol/tlog/fixtures.ts'
import { beginGuard, createGuard, type Guard } from './guard.ts'
import { type LogSigner, logSigner, witnessSigner } from './identity.ts'
import { createLog, type LogParts, type OpenLog } from './log.ts'
import type {
  EntrySource,
  EvidenceStore,
  FoundEvidence,
  LogStanding,
  LogStore,
  WitnessedHead,
  WitnessStore,
} from './types.ts'
import { createWitness, type Witness } from './witness.ts'
import type { WitnessLink } from './witness-link.ts'

/** A ledger that commits what it is told to. */
export function memoryLedger(entries: LedgerEntry[] = []) {
  const listeners = new Set<() => void>()
  const source: EntrySource = {
    read: async (from, limit) => entries.slice(from, from + limit).map(encodeEntry),
    onCommitted(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return {
    source,
    entries,
    commit(count: number, more?: Partial<LedgerEntry>) {
      for (let i = 0; i < count; i++) entries.push(entryAt(entries.length, more))
      for (const listener of listeners) listener()
    },
  }
}

/** `copy` is a backup: the store as it is now. */
export function memoryLogStore(
  standing: LogStanding = { size: 0, origin: '', signed: '', cosigned: '', policy: '' },
) {
  let now = standing
  let lease = { holder: '', epoch: 0, untilMs: 0 }
  const tiles = new Map<string, Uint8Array>()
  const bundles = new Map<number, Uint8Array>()
  const store: LogStore & { copy(): LogStore; tiles: typeof tiles; bundles: typeof bundles } = {
    tiles,
    bundles,
    standing: async () => now,
    async append(expected, change) {
      if (now.size !== expected) return false
      for (const { level, index, hashes } of change.tiles) tiles.set(`${level}/${index}`, hashes)
      for (const { index, entries } of change.bundles) bundles.set(index, entries)
      now = { ...now, size: change.size }
      return true
    },
    tile: async (level, index) => tiles.get(`${level}/${index}`),
    bundle: async (index) => bundles.get(index),
    async lead(holder, leaseMs, exclusive) {
      if (lease.holder !== holder && lease.untilMs >= Date.now() && !exclusive) return undefined
      const epoch = lease.holder === holder ? lease.epoch : lease.epoch + 1
      lease = { holder, epoch, untilMs: Date.now() + leaseMs }
      return epoch
    },
    async resign(holder) {
      if (lease.holder === holder) lease = { ...lease, untilMs: 0 }
    },
    async setSigned({ origin, note, policy, epoch }) {
      if (epoch !== lease.epoch) return false
      now = { ...now, cosigned: now.origin === origin ? now.cosigned : '', origin, signed: note, policy }
      return true
    },
    async setCosigned({ origin, note, policy, epoch }) {
      if (epoch !== lease.epoch || now.origin !== origin) return false
      now = { ...now, cosigned: note, policy }
      return true
    },
    copy() {
      const other = memoryLogStore(now)
      for (const [key, value] of tiles) other.tiles.set(key, value)
      for (const [key, value] of bundles) other.bundles.set(key, value)
      return other
    },
  }
  return store
}

export function memoryEvidence(): EvidenceStore {
  const all: FoundEvidence[] = []
  return {
    async add(found) {
      if (all.some(({ id }) => id === found.id)) return false
      all.unshift(found)
      return true
    },
    list: async (limit) => all.slice(0, limit),
  }
}

export function memoryWitnessStore(): WitnessStore {
  const heads = new Map<string, WitnessedHead>()
  return {
    head: async (origin) => heads.get(origin),
    async replace(expected, next) {
      const now = heads.get(next.origin)
      if (now?.note !== expected?.note) return false
      heads.set(next.origin, next)
      return true
    },
    count: async () => heads.size,
  }
}

export const seed = (n: number): Uint8Array => new Uint8Array(32).fill(n)
export const quiet = { info() {}, warn() {}, error() {} }

/** A witness in the same process, and the link to it. */
export function testWitnessNode(n: number, log: LogSigner, store = memoryWitnessStore()) {
  const signer = witnessSigner(`w${n}.example`, seed(100 + n))
  const witness = createWitness({
    signer,
    store,
    clock: { now: () => Date.now() },
    logKey: (origin) => (origin === log.key.name ? log.key : undefined),
  })
  return { witness, link: linkTo(witness, signer.key, `owner${n}`) }
}

export const linkTo = (witness: Witness, key: WitnessLink['key'], owner: string): WitnessLink => ({
  key,
  owner,
  async add(oldSize, proof, note) {
    const answer = await witness.add({ oldSize, proof, note })
    if (answer.kind === 'cosigned') return { kind: 'cosigned', signatures: [answer.signature] }
    if (answer.kind === 'conflict') return answer
    return { kind: 'refused', why: answer.kind }
  },
  latest: (origin) => witness.latest(origin),
})

export type TestLog = {
  readonly log: OpenLog
  readonly signer: LogSigner
  readonly guard: Guard
  readonly ledger: ReturnType<typeof memoryLedger>
  readonly store: ReturnType<typeof memoryLogStore>
  readonly parts: LogParts
}

/** A directory of its own for the guard, removed when the test is over. */
export async function testGuard(signer: LogSigner, dispose: (end: () => Promise<void>) => void): Promise<Guard> {
  const dir = await mkdtemp(join(tmpdir(), 'academy-log-'))
  dispose(() => rm(dir, { recursive: true, force: true }))
  const guard = createGuard(dir)
  await beginGuard(guard, signer)
  return guard
}

export async function openTestLog(
  stack: AsyncDisposableStack,
  { count = 0, ...more }: Partial<LogParts> & { readonly count?: number } = {},
): Promise<TestLog> {
  const signer = more.signer ?? logSigner(`log-${randomBytes(3).toString('hex')}.example/tlog`, randomBytes(32))
  const ledger = memoryLedger()
  const store = memoryLogStore()
  const guard = more.guard ?? (await testGuard(signer, (end) => stack.defer(end)))
  ledger.commit(count)
  const parts: LogParts = {
    source: ledger.source,
    store,
    evidence: memoryEvidence(),
    clock: { now: () => Date.now() },
    log: quiet,
    signEveryMs: 1,
    ...more,
    guard,
    signer,
  }
  const log = stack.use(await createLog(parts))
  return { log, signer, guard, ledger, store, parts }
}
