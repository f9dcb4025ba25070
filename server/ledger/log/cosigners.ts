/** Asks the witnesses for their cosignatures on a head: all at once, a round at a time, the newest head first. */
import { WITNESS_TIMEOUT_MS } from '../../limits.ts'
import { cosignedBy, parseCheckpoint } from '../../protocol/tlog/checkpoint.ts'
import type { Hash } from '../../protocol/tlog/merkle.ts'
import { formatNote, isBy, type Note, type NoteSignature } from '../../protocol/tlog/note.ts'
import type { LogLog } from './types.ts'
import type { WitnessLink } from './witness-link.ts'

type Parts = {
  readonly links: () => readonly WitnessLink[]
  readonly consistency: (oldSize: number, newSize: number) => Promise<readonly Hash[]>
  /** The note with the cosignatures collected so far: called again when there are more. */
  readonly onCosigned: (note: string) => Promise<void>
  /** A witness showed a note of this log that is not the one it was asked about. */
  readonly onSeen: (note: string) => Promise<void>
  /** A witness that shows no notes has cosigned so many entries, by its own word. */
  readonly onAhead: (witness: string, size: number) => Promise<void>
  readonly log: LogLog
  readonly timeoutMs?: number
}

export type Cosigners = {
  /** Begins a round, or the next one after the one under way; nothing is waited for. */
  ask(note: string): void
  /** What each witness saw last; of those that show no notes, how much. Unreachable ones are passed over. `empty` is the head of no entries. */
  recall(origin: string, empty: string): Promise<Recalled>
  idle(): Promise<void>
}

export type Recalled = {
  readonly notes: readonly string[]
  readonly sizes: readonly { readonly witness: string; readonly size: number }[]
}

const TRIES = 3

export function createCosigners({
  links,
  consistency,
  onCosigned,
  onSeen,
  onAhead,
  log,
  timeoutMs,
}: Parts): Cosigners {
  /** The size that each witness cosigned last, as far as known. */
  const sizes = new Map<string, number>()
  const refusals = new Map<string, string>()
  let next: string | undefined
  let round: Promise<void> | undefined
  const soon = () => AbortSignal.timeout(timeoutMs ?? WITNESS_TIMEOUT_MS)

  async function rounds(): Promise<void> {
    while (next !== undefined) {
      const note = next
      next = undefined
      await askAll(note).catch((error: unknown) => log.error({ err: error }, 'asking the witnesses failed'))
    }
    round = undefined
  }

  async function askAll(text: string): Promise<void> {
    const head = parseCheckpoint(text)!
    let note: Note = head.note
    await Promise.all(
      links().map(async (link) => {
        const signature = await askOne(link, head.origin, head.size, text).catch((error: unknown) =>
          refuse(link.key.name, String(error)),
        )
        if (!signature) return
        note = { ...note, signatures: [...note.signatures, signature] }
        await onCosigned(formatNote(note))
      }),
    )
  }

  async function askOne(link: WitnessLink, origin: string, size: number, text: string) {
    const { key } = link
    for (let tries = 0; tries < TRIES; tries++) {
      const oldSize = Math.min(sizes.get(key.name) ?? 0, size)
      const answer = await link.add(oldSize, await consistency(oldSize, size), text, soon())
      if (answer.kind === 'cosigned') {
        const signature = valid(link, text, answer.signatures)
        if (!signature) return refuse(key.name, 'its cosignature does not hold')
        sizes.set(key.name, size)
        refusals.delete(key.name)
        return signature
      }
      if (answer.kind === 'refused') return refuse(key.name, answer.why)
      if (answer.note !== undefined) await onSeen(answer.note)
      if (answer.size > size) {
        if (!link.latest) await onAhead(key.name, answer.size)
        return refuse(key.name, `it has seen ${answer.size} entries of ${origin}, of which ${size} are here`)
      }
      if (answer.size === sizes.get(key.name))
        return refuse(key.name, `it keeps to another head of ${answer.size} entries`)
      sizes.set(key.name, answer.size)
    }
    return refuse(key.name, 'it says another size each time')
  }

  /** Said once for each reason, until the witness cosigns again. */
  function refuse(witness: string, why: string): undefined {
    if (refusals.get(witness) !== why) log.warn({ witness, why }, 'a witness did not cosign')
    refusals.set(witness, why)
  }

  return {
    ask(note) {
      next = note
      round ??= rounds()
    },
    async recall(origin, empty) {
      const notes: string[] = []
      const known: Recalled['sizes'][number][] = []
      const look = async (link: WitnessLink): Promise<void> => {
        if (link.latest) {
          const note = await link.latest(origin, soon())
          if (note !== undefined) notes.push(note)
          return
        }
        // The head of no entries is true of every history; whoever has cosigned a longer one answers how long it is.
        const answer = await link.add(0, [], empty, soon())
        if (answer.kind !== 'conflict') return
        sizes.set(link.key.name, answer.size)
        known.push({ witness: link.key.name, size: answer.size })
      }
      await Promise.all(links().map((link) => look(link).catch(() => {})))
      return { notes, sizes: known }
    },
    async idle() {
      while (round) await round
    },
  }
}

/** The line of this witness that holds over the text. */
function valid({ key }: WitnessLink, text: string, signatures: readonly NoteSignature[]): NoteSignature | undefined {
  const body = parseCheckpoint(text)!.note.text
  return signatures.find(
    (one) => isBy(key, one) && cosignedBy({ note: { text: body, signatures: [one] } }, key) !== undefined,
  )
}
