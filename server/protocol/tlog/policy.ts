/** Whom a log is watched by: keys of witnesses, each with the owner of its node, and how many different owners must have seen a head. */
import { type Checkpoint, cosignedBy } from './checkpoint.ts'
import { parseKey } from './note.ts'

export type WitnessKey = { readonly key: string; readonly owner: string }

/** Keys in signed-note's form: `<name>+<id>+<base64>`. */
export type Policy = {
  readonly log: string
  readonly witnesses: readonly WitnessKey[]
  /** Cosignatures of different owners; 0 where there are too few witnesses to ask for any. */
  readonly quorum: number
}

/** `atS`: seconds since 1970 by the witness's own clock. */
export type Sighting = { readonly name: string; readonly owner: string; readonly atS: number }

/** Who of the policy's witnesses cosigned the checkpoint: one for each owner, the first listed. */
export function sightings(checkpoint: Pick<Checkpoint, 'note'>, { witnesses }: Policy): readonly Sighting[] {
  const byOwner = new Map<string, Sighting>()
  for (const { key: text, owner } of witnesses) {
    const key = parseKey(text)
    const atS = key && cosignedBy(checkpoint, key)
    if (key && atS !== undefined && !byOwner.has(owner)) byOwner.set(owner, { name: key.name, owner, atS })
  }
  return [...byOwner.values()]
}
