/** The agent that the benchmarks of agents run: fifty things in sight, 20 kB of memory, a tenth of both changing each turn. */
import type { AgentInput, AgentTurn } from '../../protocol/agent-io.ts'
import type { AgentId, Json } from '../../protocol/ids.ts'
import { compile } from '../../sandbox/compile.ts'
import type { AgentLoad, Program, SandboxLimits } from '../../sandbox/types.ts'

export const OBJECTS = 50
const CHANGED_OBJECTS = OBJECTS / 10
/** Places remembered; about 100 characters of JSON each. */
const PLACES = 200
const CHANGED_PLACES = PLACES / 10
const STATES = ['open', 'closed', 'lit', 'dark', 'broken', 'oiled', 'empty']

export const LIMITS: SandboxLimits = {
  fuelPerTurn: 20_000,
  fuelBurst: 400_000,
  memoryMb: 32,
  maxMemoryBytes: 64 * 1024,
}

export type SeenThing = {
  readonly id: string
  readonly name: string
  readonly thing: string
  readonly state: string
  readonly fixed: boolean
}
const thing = (index: number, turn: number): SeenThing => ({
  id: `item_${1000 + index}`,
  name: `lantern number ${index}`,
  thing: `harbor-lantern-${index % 7}`,
  state: STATES[(index + turn) % STATES.length]!,
  fixed: index % 3 === 0,
})

export const thingsAt = (turn: number): readonly SeenThing[] =>
  Array.from({ length: OBJECTS }, (_, i) => thing(i, changedAt(i, turn)))
/** The last turn at or before this one that changed the thing. */
const changedAt = (index: number, turn: number): number => {
  const group = Math.floor(index / CHANGED_OBJECTS)
  const rounds = OBJECTS / CHANGED_OBJECTS
  return turn - ((turn - group + rounds) % rounds)
}

/** What has changed in sight since the turn before, as `on('item', …)` hears of it. */
export const changesAt = (turn: number): readonly AgentInput[] => {
  const first = (turn % (OBJECTS / CHANGED_OBJECTS)) * CHANGED_OBJECTS
  return Array.from({ length: CHANGED_OBJECTS }, (_, i) => {
    const { id, name, state } = thing(first + i, turn)
    return { type: 'event', name: 'item', data: { item: id, name, what: 'changed', state } }
  })
}

/** JSON of the memory to begin with: 20 kB. */
export const MEMORY = JSON.stringify({
  turns: 0,
  places: Array.from({ length: PLACES }, (_, i) => ({
    name: `the quay behind warehouse ${i}`,
    state: 'open',
    seen: 1_000 + i,
    visits: i % 9,
    exits: ['north', 'in'],
  })),
})

/** What is done each turn with what is remembered and seen; the same lines for us and for the model of the Screeps driver. */
export const THINKING = `
function remember(memory, turn, best) {
  memory.turns = turn
  const first = (turn % ${PLACES / CHANGED_PLACES}) * ${CHANGED_PLACES}
  for (let i = first; i < first + ${CHANGED_PLACES}; i++) {
    const place = memory.places[i]
    place.state = best.state
    place.seen = turn
    place.visits++
  }
}
function choose(things) {
  let best
  let score = -1
  for (const one of things) {
    const worth = (one.fixed ? 1 : 3) * (one.state === 'lit' ? 5 : 2) + one.name.length
    if (worth > score) { score = worth; best = one }
  }
  return best
}
`

const SOURCE = `import { me, on } from 'academy'
${THINKING}
const seen = new Map()
on('item', ({ item, state }) => {
  const known = seen.get(item)
  if (known) known.state = state
})
export default async function main() {
  const place = await me.look()
  for (const item of place.items) seen.set(item.id, item)
  for (let turn = 1; ; turn++) {
    const best = choose(seen.values())
    remember(me.memory, turn, best)
    await me.use(best.id)
  }
}`

export function programOf(source: string): Program {
  const compiled = compile({ 'main.js': source })
  if (!compiled.ok) throw new Error(compiled.diagnostics.map(({ line, message }) => `${line}: ${message}`).join('\n'))
  return compiled.program
}

export const benchProgram = (): Program => programOf(SOURCE)

export const benchLoad = (id: AgentId, program: Program, over: Partial<AgentLoad> = {}): AgentLoad => ({
  self: { id, name: 'Wick', owner: 'player_bench', place: 'harbor:dock' },
  program,
  memory: MEMORY,
  journal: [],
  limits: LIMITS,
  ...over,
})

const view = (): Json => ({
  place: 'harbor:dock',
  name: 'the dock',
  exits: [],
  characters: [],
  items: thingsAt(0) as unknown as Json,
})

/** Inputs of turn `n`, counted from 0: nothing, then what `look` shows, then what changes and that the last action is done. */
export function inputsAt(n: number): readonly AgentInput[] {
  if (n === 0) return []
  if (n === 1) return [{ type: 'result', call: 1, ok: true, value: view() }]
  return [{ type: 'result', call: n, ok: true, value: null }, ...changesAt(n)]
}

export const turnAt = (agent: AgentId, n: number): AgentTurn => ({
  agent,
  tick: n + 1,
  seed: (n + 1) * 7919,
  inputs: inputsAt(n),
})
