/** Listens to the heads that logs publish, holds each against the ones heard before, and makes a fork known to everybody. */
import { createInTurn } from '../../lib/in-turn.ts'
import { MONITOR_HEADS_KEPT, MONITOR_WEIGH_EVERY_MS, WITNESSED_LOGS_MAX } from '../../limits.ts'
import type { NodeId, Wire } from '../../link/types.ts'
import { sameBytes, toBase64 } from '../../protocol/tlog/bytes.ts'
import { type Checkpoint, parseCheckpoint, signedBy } from '../../protocol/tlog/checkpoint.ts'
import { type Evidence, provesFork } from '../../protocol/tlog/evidence.ts'
import type { Hash } from '../../protocol/tlog/merkle.ts'
import { hashRange } from '../../protocol/tlog/merkle.ts'
import { formatNote, type NoteKey } from '../../protocol/tlog/note.ts'
import { proveConsistency } from '../../protocol/tlog/proofs.ts'
import { readTiles } from '../../protocol/tlog/tiles.ts'
import { CHECKPOINT_TOPIC, decodeTopic, encodeTopic, LOG_PROTOCOL, logAnswer } from './frames.ts'
import type { OpenLog } from './log.ts'

type Parts = {
  readonly wire: Wire
  /** This node's own log, if it keeps one. */
  readonly log?: OpenLog
  readonly logKey: (origin: string) => NoteKey | undefined
  /** Who serves that log. */
  readonly logNode?: (origin: string) => NodeId | undefined
  /** Evidence that holds, new to this process. */
  readonly onEvidence: (origin: string, evidence: Evidence) => void
  readonly now?: () => number
}

export type Monitor = {
  /** A note of any log known here. */
  hear(note: string): Promise<void>
  /** Both were shown to this node as heads of one log. */
  compare(one: string, other: string): Promise<void>
  idle(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** What was heard of one log. */
type Memory = {
  readonly bySize: Map<number, Checkpoint>
  weighed?: Checkpoint
  weighedAtMs: number
}

export function createMonitor({
  wire,
  log,
  logKey,
  logNode = () => undefined,
  onEvidence,
  now = Date.now,
}: Parts): Monitor {
  const inTurn = createInTurn<string>()
  const over = new AbortController()
  const memories = new Map<string, Memory>()
  const published = new Set<string>()

  const unsubscribe = wire.subscribe(CHECKPOINT_TOPIC, (message) => {
    const heard = decodeTopic(message)
    if (heard?.type === 'CHECKPOINT') void hear(heard.note).catch(() => {})
    if (heard?.type === 'EVIDENCE') void accept(heard).catch(() => {})
  })
  const stopSharing = log?.onCheckpoint((note) => {
    void wire.publish(CHECKPOINT_TOPIC, encodeTopic({ type: 'CHECKPOINT', note })).catch(() => {})
  })

  // However the log came to know of it.
  const stopTelling = log?.onStop(({ code }) => {
    if (code === 'log_forked') void tellAll().catch(() => {})
  })

  async function tellAll(): Promise<void> {
    const found = (await log!.evidence()).find(({ origin }) => origin === log!.status().origin)
    if (found) await accept(found.evidence)
  }

  const read = (note: string): Checkpoint | undefined => {
    const head = parseCheckpoint(note)
    const key = head && logKey(head.origin)
    return head && key && signedBy(head, key) ? head : undefined
  }

  async function hear(note: string): Promise<void> {
    const head = read(note)
    if (!head) return
    if (log && head.origin === log.status().origin) return log.see(note)
    await inTurn(head.origin, () => hold(head))
  }

  /** Heads of one size are compared at once; whether a later one goes on from an earlier one is asked of the log now and then. */
  async function hold(head: Checkpoint): Promise<void> {
    const heard: Memory = memories.get(head.origin) ?? { bySize: new Map(), weighedAtMs: 0 }
    if (!memories.has(head.origin) && memories.size >= WITNESSED_LOGS_MAX) return
    memories.set(head.origin, heard)
    const same = heard.bySize.get(head.size)
    if (same) return weigh(same, head)
    heard.bySize.set(head.size, head)
    if (heard.bySize.size > MONITOR_HEADS_KEPT) heard.bySize.delete(heard.bySize.keys().next().value!)
    if (heard.weighed && now() - heard.weighedAtMs < MONITOR_WEIGH_EVERY_MS) return
    if (heard.weighed) await weigh(heard.weighed, head)
    heard.weighed = head
    heard.weighedAtMs = now()
  }

  async function compare(one: string, other: string): Promise<void> {
    const [a, b] = [read(one), read(other)]
    if (a && b && a.origin === b.origin) await inTurn(a.origin, () => weigh(a, b))
  }

  async function weigh(one: Checkpoint, other: Checkpoint): Promise<void> {
    const [a, b] = one.size <= other.size ? [one, other] : [other, one]
    if (a.size === b.size) {
      if (!sameBytes(a.root, b.root)) await accept(notesOf(a, b))
      return
    }
    if (a.size === 0) return
    const past = await pastOf(a.size, b)
    if (past && !sameBytes(past.root, a.root))
      await accept({ ...notesOf(a, b), root: toBase64(past.root), proof: past.proof.map(toBase64) })
  }

  /** What the tree of `b` was at an earlier size, by the tiles that the log serves; whether they belong to `b` is checked with the evidence. */
  async function pastOf(size: number, b: Checkpoint): Promise<{ root: Hash; proof: readonly Hash[] } | undefined> {
    const node = logNode(b.origin)
    if (node === undefined) return undefined
    const reader = readTiles(async ({ level, index, width }) => {
      const answer = logAnswer.parse(
        await wire.request(
          node,
          LOG_PROTOCOL.protocol,
          { type: 'GET_TILE', level, index, width },
          { signal: over.signal },
        ),
      )
      if (answer.type !== 'TILE') throw new Error('the log answered with something else than a tile')
      return answer.data
    }, b.size)
    try {
      return { root: await hashRange(reader, [0, size]), proof: await proveConsistency(reader, size, b.size) }
    } catch {
      return undefined
    }
  }

  async function accept({ a, b, root, proof }: Evidence): Promise<void> {
    const evidence: Evidence = { a, b, ...(root === undefined ? {} : { root }), ...(proof ? { proof } : {}) }
    const head = parseCheckpoint(a)
    const key = head && logKey(head.origin)
    if (!head || !key || !provesFork(evidence, key) || published.has(head.origin)) return
    // One finding for each log is enough: it never recovers under that name.
    published.add(head.origin)
    if (log && head.origin === log.status().origin) await log.accuse(evidence)
    onEvidence(head.origin, evidence)
    await wire.publish(CHECKPOINT_TOPIC, encodeTopic({ type: 'EVIDENCE', a, b, root, proof: proof && [...proof] }))
  }

  return {
    hear,
    compare,
    idle: () => inTurn.idle(),
    async [Symbol.asyncDispose]() {
      unsubscribe()
      stopSharing?.()
      stopTelling?.()
      over.abort(new Error('The node is closing.'))
      await inTurn.idle()
    },
  }
}

const notesOf = (a: Checkpoint, b: Checkpoint): Evidence => ({ a: formatNote(a.note), b: formatNote(b.note) })
