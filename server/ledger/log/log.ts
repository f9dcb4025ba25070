/** The transparency log: follows the ledger, signs a head each second when it has grown, has it witnessed, and stops when it would fork. */
import { createHash, randomUUID } from 'node:crypto'
import type { Clock } from '../../lib/clock.ts'
import type { Step } from '../../lib/durable.ts'
import {
  RECEIPT_WAIT_MS,
  TLOG_EVIDENCE_MAX,
  TLOG_LEASE_MS,
  TLOG_SIGN_EVERY_MS,
  WITNESS_QUORUM,
  WITNESS_RETRY_MS,
} from '../../limits.ts'
import { sameBytes } from '../../protocol/tlog/bytes.ts'
import { formatHead, parseCheckpoint } from '../../protocol/tlog/checkpoint.ts'
import type { Evidence } from '../../protocol/tlog/evidence.ts'
import { provesFork } from '../../protocol/tlog/evidence.ts'
import { EMPTY_ROOT, type Hash, hashLeaf } from '../../protocol/tlog/merkle.ts'
import { formatKey, formatNote, parseKey } from '../../protocol/tlog/note.ts'
import { type Policy, sightings } from '../../protocol/tlog/policy.ts'
import { makeReceipt } from '../../protocol/tlog/receipt.ts'
import { createCosigners } from './cosigners.ts'
import { rootOf } from './edge.ts'
import { foreignLog } from './foreign.ts'
import type { Guard } from './guard.ts'
import type { LogSigner } from './identity.ts'
import { diverged, forked, guardMissing, judge, rolledBack, rolledBackBy } from './judge.ts'
import { createProving } from './proving.ts'
import { createTail } from './tail.ts'
import { createTurns } from './turns.ts'
import type {
  EntrySource,
  EvidenceStore,
  LogLog,
  LogState,
  LogStatus,
  LogStop,
  LogStore,
  TransparencyLog,
} from './types.ts'
import type { WitnessLink } from './witness-link.ts'

export type LogParts = {
  readonly source: EntrySource
  readonly store: LogStore
  readonly evidence: EvidenceStore
  readonly guard: Guard
  readonly signer: LogSigner
  readonly clock: Clock
  readonly log: LogLog
  /** Those known now; may grow. Witnesses of the log's own owner are left out by whoever gathers them. */
  readonly witnesses?: () => readonly WitnessLink[]
  /** Other processes may have the same database open: one of them signs, the others show what it signed. */
  readonly isShared?: boolean
  /** Tests stop the process at these places. */
  readonly step?: Step
  readonly signEveryMs?: number
  readonly leaseMs?: number
}

export type OpenLog = TransparencyLog & {
  /** A note that somebody showed; if it is ours and does not agree with what is here, the log stops. */
  see(note: string): Promise<void>
  /** Evidence that somebody published: kept when it holds; about this log it stops it. */
  accuse(evidence: Evidence): Promise<boolean>
  /** Everything that the ledger committed is a leaf and signed. For tests and closing. */
  settle(): Promise<void>
}

export async function createLog(parts: LogParts): Promise<OpenLog> {
  const { source, store, evidence, guard, signer, clock, log, step, witnesses = () => [] } = parts
  const signEveryMs = parts.signEveryMs ?? TLOG_SIGN_EVERY_MS
  const leaseMs = parts.leaseMs ?? TLOG_LEASE_MS
  const before = await store.standing()
  /** Of a log whose key this process has not: it shows it and never signs. */
  const foreign = parts.isShared ? foreignLog(before, signer) : undefined
  const key = foreign ? parseKey(foreign.log)! : signer.key
  const origin = key.name
  const holder = randomUUID()
  /** Of this process's lease; undefined while another one signs. */
  let epoch: number | undefined
  let told = foreign
  /** Whether what this process knows of its past has been held against the database since another one signed. */
  let hasLooked = true
  const proving = createProving(store)
  const stopListeners = new Set<(stop: LogStop) => void>()
  const checkpointListeners = new Set<(note: string) => void>()

  const tail = await createTail({ source, store, step })
  let state: LogState = { state: 'running' }
  let signed = before.origin === origin ? before.signed : ''
  let cosigned = before.origin === origin ? before.cosigned : ''
  let signedAtMs: number | undefined
  let askedAtMs = 0
  let seen: { readonly of: string; readonly is: boolean } | undefined
  if (foreign)
    log.warn(
      { origin },
      'another process signs the log of this database, and this one has not its key: it shows what that one signs',
    )
  else if (before.origin !== '' && before.origin !== origin)
    log.warn({ before: before.origin, now: origin }, 'the transparency log is another one from here on')
  let evidenceCount = (await evidence.list(TLOG_EVIDENCE_MAX)).filter((one) => one.origin === origin).length

  const cosigners = createCosigners({
    links: witnesses,
    consistency: proving.consistency,
    onCosigned: keepCosigned,
    onSeen: see,
    onAhead: heardOf,
    log,
  })

  function stop(why: LogStop): void {
    if (state.state === 'stopped') return
    state = { state: 'stopped', ...why }
    log.error({ code: why.code }, why.message)
    for (const listener of stopListeners) listener(why)
  }

  /** Before anything is signed: does the database hold all that was signed, and is it the same? */
  async function comeBack(): Promise<void> {
    if (foreign) return evidenceCount > 0 ? stop(forked(origin)) : undefined
    // In this order: another process may sign meanwhile, and what is signed was stored before.
    const last = await guard.read()
    await tail.catchUp()
    if (evidenceCount > 0) return stop(forked(origin))
    if (!last || last.origin !== origin) return stop(guardMissing(origin))
    if (last.size > tail.edge().size) return stop(rolledBack(last, tail.edge().size))
    if (!sameBytes(await proving.root(last.size), last.root)) return stop(diverged(last))
    const { notes, sizes } = await cosigners.recall(origin, signHead(0, EMPTY_ROOT))
    for (const note of notes) await see(note)
    for (const { witness, size } of sizes) await heardOf(witness, size)
  }

  /** A witness that the host has named has seen so many entries under signatures that only this log can have made. */
  async function heardOf(witness: string, size: number): Promise<void> {
    const stored = Math.max(tail.edge().size, (await store.standing()).size)
    if (size > stored) stop(rolledBackBy(origin, witness, size, stored))
  }

  async function see(note: string): Promise<void> {
    if (state.state === 'stopped') return
    const { size } = await store.standing()
    const found = await judge(note, { key, size, proving, signed })
    if (found.kind === 'forgotten') stop(rolledBack(found.checkpoint, size))
    if (found.kind === 'diverged') stop(diverged(found.checkpoint))
    if (found.kind === 'forked') await accuse(found.evidence)
  }

  async function accuse(found: Evidence): Promise<boolean> {
    if (!provesFork(found, key)) return false
    const id = createHash('sha256')
      .update(JSON.stringify([found.a, found.b]))
      .digest('hex')
    const isNew = await evidence.add({ id, origin, evidence: found, atMs: clock.now() })
    if (isNew) evidenceCount += 1
    stop(forked(origin))
    return isNew
  }

  function signHead(size: number, root: Hash): string {
    const text = formatHead({ origin, size, root })
    return formatNote({ text, signatures: [signer.sign(text)] })
  }

  /** The guard is on the disk before the note leaves this function. */
  async function sign(): Promise<void> {
    const { size } = tail.edge()
    const note = signHead(size, await rootOf(tail.edge()))
    await step?.('before guard')
    await guard.write(note)
    await step?.('after guard')
    const published = { origin, note, policy: JSON.stringify(policy()), epoch: epoch! }
    if (!(await store.setSigned(published))) return lostLead()
    await step?.('after publish')
    signed = note
    signedAtMs = clock.now()
    if (policy().quorum === 0) publish(note)
    askWitnesses(note)
  }

  /** Both know the same entries, so that whatever this one signed goes on from what the other one does. */
  function lostLead(): void {
    epoch = undefined
    log.warn({ origin }, 'another process signs the log from here on')
  }

  /** What the signer has published since; and the guard here knows of it, should this process be the next to sign. */
  async function showOthers(): Promise<void> {
    hasLooked = false
    const now = await store.standing()
    if (now.origin !== origin || state.state !== 'running') return
    if ((await evidence.list(TLOG_EVIDENCE_MAX)).some((one) => one.origin === origin)) return stop(forked(origin))
    if (now.policy !== '') told = JSON.parse(now.policy) as Policy
    const shown = checkpoint()
    if (now.signed !== '' && now.signed !== signed && !foreign) {
      const last = await guard.read()
      if (last && last.origin === origin && last.size < sizeOf(now.signed)) await guard.write(now.signed)
    }
    signed = now.signed
    cosigned = now.cosigned
    const note = checkpoint()
    if (note !== undefined && note !== shown) publish(note)
  }

  /** True while this process signs. One that comes to it looks first whether it may. */
  async function leads(): Promise<boolean> {
    if (foreign) return false
    if (epoch !== undefined && !parts.isShared) return true
    const mine = await store.lead(holder, leaseMs, !parts.isShared)
    if (mine !== undefined && mine !== epoch) {
      const now = await store.standing()
      if (now.origin === origin) {
        signed = now.signed
        cosigned = now.cosigned
      }
      if (!hasLooked) await comeBack()
      hasLooked = true
    }
    epoch = mine
    return mine !== undefined
  }

  function askWitnesses(note: string): void {
    askedAtMs = clock.now()
    cosigners.ask(note)
  }

  /** Witnesses may have been away, or have come only now. */
  const isUnwitnessed = (): boolean =>
    signed !== '' && policy().quorum > 0 && (sizeOf(cosigned) < sizeOf(signed) || !isSeen())

  /** Whether enough of the witnesses that are known now stand under what was cosigned: there may have been fewer of them then, or others. */
  function isSeen(): boolean {
    const now = policy()
    const of = JSON.stringify([cosigned, now])
    if (seen?.of !== of)
      seen = { of, is: cosigned !== '' && sightings(parseCheckpoint(cosigned)!, now).length >= now.quorum }
    return seen.is
  }

  async function keepCosigned(note: string): Promise<void> {
    const head = parseCheckpoint(note)!
    if (state.state === 'stopped' || head.size < sizeOf(cosigned)) return
    if (sightings(head, policy()).length < Math.max(1, policy().quorum)) return
    if (epoch === undefined || !(await store.setCosigned({ origin, note, policy: JSON.stringify(policy()), epoch })))
      return
    cosigned = note
    publish(note)
  }

  const publish = (note: string) => {
    for (const listener of checkpointListeners) listener(note)
  }

  function policy(): Policy {
    if (epoch === undefined && told) return told
    const links = witnesses()
    const owners = new Set(links.map(({ owner }) => owner)).size
    return {
      log: formatKey(key),
      witnesses: links.map((link) => ({ key: formatKey(link.key), owner: link.owner })),
      quorum: owners >= WITNESS_QUORUM ? WITNESS_QUORUM : 0,
    }
  }

  /** What others are shown: witnessed where there are witnesses enough. */
  const checkpoint = (): string | undefined => {
    if (policy().quorum > 0) return isSeen() ? cosigned : undefined
    return (sizeOf(cosigned) === sizeOf(signed) ? cosigned : '') || signed || undefined
  }
  const publishedSize = (): number => sizeOf(checkpoint() ?? '')

  const isDue = (): boolean => signed === '' || tail.edge().size > sizeOf(signed)

  await comeBack()
  const follower = createTurns({
    source,
    turn,
    isRunning: () => state.state === 'running',
    everyMs: signEveryMs,
    log,
  })
  await follower.first

  async function turn(): Promise<void> {
    if (!(await leads())) return showOthers()
    await tail.catchUp()
    if (state.state !== 'running') return
    if (isDue()) await sign()
    else if (isUnwitnessed() && clock.now() - askedAtMs >= WITNESS_RETRY_MS) askWitnesses(signed)
  }

  async function prove(index: number) {
    const note = checkpoint()
    const size = sizeOf(note ?? '')
    if (note === undefined || !Number.isSafeInteger(index) || index < 0 || index >= size) return undefined
    const [entry, hashes] = await Promise.all([proving.entry(index), proving.inclusion(index, size)])
    return { index, size, leaf: hashLeaf(entry), hashes, checkpoint: note }
  }

  return {
    see,
    accuse,
    async settle() {
      await follower.turn()
      await cosigners.idle()
    },
    status: (): LogStatus => ({
      origin,
      state: state.state,
      ...(state.state === 'stopped' ? { why: { code: state.code, message: state.message } } : {}),
      size: Math.max(tail.edge().size, sizeOf(signed)),
      signs: epoch === undefined ? 'elsewhere' : 'here',
      signedSize: sizeOf(signed),
      cosignedSize: sizeOf(cosigned),
      ...(signedAtMs === undefined ? {} : { signedAtMs }),
      policy: policy(),
      evidence: evidenceCount,
    }),
    mayPost: () =>
      state.state === 'stopped' ? { ok: false, code: state.code, message: state.message } : { ok: true },
    onStop(listener) {
      if (state.state === 'stopped') listener(state)
      stopListeners.add(listener)
      return () => stopListeners.delete(listener)
    },
    onCheckpoint(listener) {
      checkpointListeners.add(listener)
      return () => checkpointListeners.delete(listener)
    },
    checkpoint,
    policy,
    tile: (level, index, width) => proving.tile(level, index, width, publishedSize()),
    bundle: (index, width) => proving.bundle(index, width, publishedSize()),
    prove,
    async proveConsistency(oldSize, newSize) {
      if (!(oldSize >= 0 && oldSize <= newSize && newSize <= publishedSize())) return undefined
      return proving.consistency(oldSize, newSize)
    },
    async receipt(index, memo) {
      if (publishedSize() <= index) await arrival(index)
      // Of the same moment as the checkpoint.
      const now = policy()
      const proof = await prove(index)
      if (!proof) return undefined
      const entry = await proving.entry(index)
      return makeReceipt({
        entry,
        index,
        proof: proof.hashes,
        checkpoint: proof.checkpoint,
        policy: now,
        ...(memo && { memo }),
      })
    },
    evidence: () => evidence.list(TLOG_EVIDENCE_MAX),
    async [Symbol.asyncDispose]() {
      await follower.close()
      await cosigners.idle()
      if (epoch !== undefined && state.state === 'running') await store.resign(holder)
    },
  }

  /** Until a published checkpoint holds the entry, or the wait is over. */
  function arrival(index: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer)
        checkpointListeners.delete(look)
        resolve()
      }
      const look = () => publishedSize() > index && end()
      const timer = setTimeout(end, RECEIPT_WAIT_MS)
      checkpointListeners.add(look)
    })
  }
}

/** 0 for no note at all. */
const sizeOf = (note: string): number => (note === '' ? 0 : parseCheckpoint(note)!.size)
