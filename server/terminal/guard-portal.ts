/** Whoever is about to walk into a portal that leads nowhere is told so on this side of it, and stays where they are with all they carry. */
import { type EnterInput, portalNamed } from '../commands/index.ts'
import { isVisitor, type Json, type PlayerId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import type { SessionContext } from './session-verb.ts'
import type { TerminalServices } from './types.ts'

/** Undefined when there is nothing to say against it; the node over there still has its own word. */
export async function guardPortal(
  { visits }: Pick<TerminalServices, 'visits'>,
  look: SessionContext['look'],
  person: PlayerId,
  command: string,
  input: Json,
): Promise<Refusal | undefined> {
  // Every portal leads a visitor home.
  if (command !== 'enter' || !visits || isVisitor(person)) return undefined
  const { what, to = '' } = input as EnterInput
  const isPortal = what !== undefined && look((world, me) => portalNamed(world, me, what) !== undefined)
  return isPortal ? visits.shut(to) : undefined
}
