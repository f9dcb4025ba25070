/** An agent's call, a name and a list of arguments, as a command's input: `me.give('oil', 'keeper')`. */
import type { Json } from '../protocol/ids.ts'

/** The names of the arguments, in the order of the call. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  look: ['at'],
  go: ['to'],
  say: ['text'],
  tell: ['to', 'text'],
  take: ['what', 'from'],
  drop: ['what'],
  give: ['what', 'to'],
  use: ['what', 'with'],
  wait: ['ticks'],
}

/** Views name things and people by id; a program may hand in the whole view of one, or a plain word. */
const plain = (value: Json): Json => {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value
  const view = value as { readonly [key: string]: Json }
  return view.direction ?? view.id ?? view.place ?? value
}

/** Undefined for an action that is no command of the world. Its shape is checked where it is run. */
export function agentInput(action: string, args: readonly Json[]): { readonly [key: string]: Json } | undefined {
  const names = ARGUMENTS[action]
  if (!names) return undefined
  return Object.fromEntries(
    names.flatMap((name, i) => (args[i] === undefined || args[i] === null ? [] : [[name, plain(args[i]!)]])),
  )
}
