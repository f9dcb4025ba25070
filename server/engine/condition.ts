/** Conditions: text to data once at load, data to yes or no at play. Whatever cannot be worked out is no. */
import type { CharacterRecord, ItemRecord } from '../protocol/events.ts'
import type { Json } from '../protocol/ids.ts'
import { CONDITION_NAMES, type Condition, type ConditionName } from './types.ts'

/** What a condition may ask about; a ZoneView has more than enough. */
export type ConditionWorld = {
  itemsOf(holder: string): readonly ItemRecord[]
  itemsIn(place: string): readonly ItemRecord[]
  itemsOfThing(thing: string): Iterable<ItemRecord>
  charactersIn(place: string): readonly CharacterRecord[]
  zoneVar(key: string): Json | undefined
}

type Call = (world: ConditionWorld, actor: CharacterRecord | undefined, args: readonly string[]) => boolean

const isSet = (value: Json | undefined, wanted: string | undefined) =>
  wanted === undefined ? value !== undefined && value !== null && value !== false : String(value) === wanted

const CALLS: Readonly<Record<ConditionName, { readonly args: readonly [number, number]; readonly test: Call }>> = {
  has: { args: [1, 1], test: (w, a, [thing]) => !!a && w.itemsOf(a.id).some((i) => i.thing === thing) },
  wears: {
    args: [1, 1],
    test: (w, a, [thing]) => !!a && w.itemsOf(a.id).some((i) => i.thing === thing && 'worn' in i.at && !!i.at.worn),
  },
  role: { args: [1, 1], test: (_w, a, [role]) => !!a && (a.roles as readonly string[]).includes(role!) },
  flag: {
    args: [1, 2],
    test: (_w, a, [key, value]) => !!a && isSet(Object.hasOwn(a.vars, key!) ? a.vars[key!] : undefined, value),
  },
  state: {
    args: [2, 2],
    test: (w, _a, [thing, state]) => {
      for (const item of w.itemsOfThing(thing!)) if (item.state === state) return true
      return false
    },
  },
  zonevar: { args: [1, 2], test: (w, _a, [key, value]) => isSet(w.zoneVar(key!), value) },
  here: {
    args: [1, 1],
    test: (w, a, [id]) =>
      !!a && (w.itemsIn(a.place).some((i) => i.thing === id) || w.charactersIn(a.place).some((c) => c.npc === id)),
  },
  kind: { args: [1, 1], test: (_w, a, [kind]) => a?.kind === kind },
  always: { args: [0, 0], test: () => true },
  never: { args: [0, 0], test: () => false },
}

export function evaluate(condition: Condition, world: ConditionWorld, actor: CharacterRecord | undefined): boolean {
  switch (condition.op) {
    case 'and':
      return condition.of.every((c) => evaluate(c, world, actor))
    case 'or':
      return condition.of.some((c) => evaluate(c, world, actor))
    case 'not':
      return !evaluate(condition.of, world, actor)
    case 'call':
      return CALLS[condition.name]?.test(world, actor, condition.args) ?? false
    default:
      return false
  }
}

/** The same condition with each call's arguments changed, e.g. local names made global. */
export function mapArgs(
  condition: Condition,
  change: (name: ConditionName, args: readonly string[]) => readonly string[],
): Condition {
  if (condition.op === 'call') return { ...condition, args: change(condition.name, condition.args) }
  if (condition.op === 'not') return { op: 'not', of: mapArgs(condition.of, change) }
  return { op: condition.op, of: condition.of.map((part) => mapArgs(part, change)) }
}

export type ParsedCondition =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly message: string }

const TOKEN = /\s*(?:([()])|(,)|([A-Za-z0-9_:.-]+))/y
const DEPTH_MAX = 20

/** Grammar: or := and ('or' and)*; and := not ('and' not)*; not := 'not' not | '(' or ')' | name '(' arg, … ')'. */
export function parseCondition(text: string): ParsedCondition {
  const tokens = tokenize(text)
  if (typeof tokens === 'string') return { ok: false, message: tokens }
  const reader = { tokens, at: 0 }
  try {
    const condition = parseOr(reader, 0)
    if (reader.at < tokens.length) return { ok: false, message: `unexpected "${tokens[reader.at]}"` }
    return { ok: true, condition }
  } catch (error) {
    if (error instanceof ConditionError) return { ok: false, message: error.message }
    throw error
  }
}

class ConditionError extends Error {
  readonly code = 'bad_condition'
}

type Reader = { readonly tokens: readonly string[]; at: number }

function tokenize(text: string): string[] | string {
  const tokens: string[] = []
  const end = text.trimEnd().length
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < end) {
    const at = TOKEN.lastIndex
    const match = TOKEN.exec(text)
    if (!match) return `cannot read "${text.slice(at, at + 10).trim()}"`
    tokens.push(match[1] ?? match[2] ?? match[3]!)
  }
  return tokens
}

function expect(reader: Reader, token: string): void {
  const found = reader.tokens[reader.at]
  if (found !== token) throw new ConditionError(`"${token}" expected${found ? ` before "${found}"` : ' at the end'}`)
  reader.at++
}

function parseOr(reader: Reader, depth: number): Condition {
  if (depth > DEPTH_MAX) throw new ConditionError('too many brackets')
  return parseList(reader, 'or', () => parseList(reader, 'and', () => parseNot(reader, depth)))
}

function parseList(reader: Reader, op: 'and' | 'or', part: () => Condition): Condition {
  const of = [part()]
  while (reader.tokens[reader.at] === op) {
    reader.at++
    of.push(part())
  }
  return of.length === 1 ? of[0]! : { op, of }
}

function parseNot(reader: Reader, depth: number): Condition {
  if (reader.tokens[reader.at] === 'not') {
    if (depth > DEPTH_MAX) throw new ConditionError('too many nots')
    reader.at++
    return { op: 'not', of: parseNot(reader, depth + 1) }
  }
  if (reader.tokens[reader.at] === '(') {
    reader.at++
    const inner = parseOr(reader, depth + 1)
    expect(reader, ')')
    return inner
  }
  return parseCall(reader)
}

function parseCall(reader: Reader): Condition {
  const name = reader.tokens[reader.at]
  if (name === undefined) throw new ConditionError('something is missing at the end')
  if (!(CONDITION_NAMES as readonly string[]).includes(name)) throw new ConditionError(`unknown condition "${name}"`)
  reader.at++
  const args = parseArgs(reader)
  const [min, max] = CALLS[name as ConditionName].args
  if (args.length < min || args.length > max)
    throw new ConditionError(`${name}() takes ${min === max ? min : `${min} or ${max}`} in its brackets`)
  return { op: 'call', name: name as ConditionName, args }
}

function parseArgs(reader: Reader): string[] {
  expect(reader, '(')
  const args: string[] = []
  while (reader.tokens[reader.at] !== ')') {
    if (args.length > 0) expect(reader, ',')
    const arg = reader.tokens[reader.at]
    if (arg === undefined || arg === '(' || arg === ')' || arg === ',')
      throw new ConditionError('a name expected in the brackets')
    args.push(arg)
    reader.at++
  }
  reader.at++
  return args
}
