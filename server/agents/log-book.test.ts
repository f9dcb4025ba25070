import { expect, test } from 'vitest'
import { createSandbox } from '../sandbox/pool.ts'
import type { Sandbox } from '../sandbox/types.ts'
import { agentBench, quiet, type SimWorld, simWorld } from './fixtures.ts'
import { createLogBook } from './log-book.ts'
import { createMemoryAgentStore, createMemoryProjectStore } from './memory-store.ts'
import type { AgentStore, StoredLine } from './store.ts'

const ann = 'player_ann'
/** Two lines a turn, and now and then a handler that fails. */
const source = `import { me, on } from 'academy'
let n = 0
let told = 0
on('tide', () => {
  if (n % 4 !== 0 || told === n) return
  told = n
  throw new Error('oops ' + n)
})
export default async function main() {
  for (;;) {
    n++
    console.log('a ' + n)
    console.warn('b ' + n)
    me.memory.n = n
    await me.wait(2)
  }
}`

/** Which of its writes a life ends with. `appendLog` is the log's own, when nothing else of the agent is stored for a while. */
type Death = { readonly at: number; readonly when: 'before' | 'after'; readonly write?: 'appendLog' }
const WRITES: ReadonlySet<unknown> = new Set(['save', 'checkpoint', 'appendTurns', 'appendLog'])
const never = () => new Promise<never>(() => {})

/** A node's life that ends at a write to its store, before it has happened or after: from then on nothing more comes of it. */
function mortal(store: AgentStore, sim: SimWorld, sandbox: Sandbox, dies: Death) {
  let writes = 0
  let dead = false
  const guarded = <T extends object>(part: T): T =>
    new Proxy(part, {
      get(target, name) {
        const value = Reflect.get(target, name)
        if (typeof value !== 'function') return value
        return (...args: unknown[]) => {
          if (dead) return never()
          const alive = args.map((arg) =>
            typeof arg === 'function' ? (...heard: unknown[]) => (dead ? undefined : arg(...heard)) : arg,
          )
          const counts = dies.write ? name === dies.write : WRITES.has(name)
          if (!counts || target !== (store as object)) return value.apply(target, alive)
          const isLast = ++writes === dies.at
          if (isLast && dies.when === 'before') dead = true
          if (dead) return never()
          const written = value.apply(target, alive)
          dead = isLast
          return dead ? never() : written
        }
      },
    })
  return { store: guarded(store), sim: guarded(sim), sandbox: guarded(sandbox), isDead: () => dead }
}

test('AG2 killed at any write, before it or after, a node has every log line of its agents exactly once', {
  timeout: 120_000,
}, async () => {
  const store = createMemoryAgentStore()
  const sim = simWorld()
  const projectStore = createMemoryProjectStore()
  let id = ''
  const lives: readonly Death[] = [
    { at: 6, when: 'before' },
    { at: 5, when: 'after' },
    { at: 1, when: 'after' },
    { at: 1, when: 'after', write: 'appendLog' },
    { at: 2, when: 'before' },
    { at: 1, when: 'before' },
    { at: 9, when: 'after' },
    { at: 1, when: 'before', write: 'appendLog' },
    { at: 4, when: 'before' },
    { at: 1, when: 'after', write: 'appendLog' },
    { at: 12, when: 'after' },
    { at: Number.POSITIVE_INFINITY, when: 'after' },
  ]
  for (const [round, dies] of lives.entries()) {
    await using sandbox = createSandbox({ log: quiet, clock: { now: () => performance.now() } })
    const one = mortal(store, sim, sandbox, dies)
    const b = await agentBench({ sandbox: one.sandbox, sim: one.sim, store: one.store, projectStore })
    if (round === 0) {
      await b.person(ann)
      ;({ id } = await b.newAgent(ann, source))
      void b.agents.start(ann, id)
    } else void b.agents.resume()
    const isLast = round === lives.length - 1
    for (let beat = 0; isLast ? beat < 12 : !one.isDead(); beat++) {
      if (beat > 2_000) throw new Error('it never came to that write')
      // Without tides an agent has no turn, and its log is written by the clock.
      if (!dies.write || b.lines.length < 5) sim.beat()
      await expect.poll(() => one.isDead() || b.sandbox.out() === 0).toBe(true)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    if (isLast) await b.agents[Symbol.asyncDispose]()
  }
  const lines = await store.log(id, 0, 1_000)
  expect(lines.map((line) => line.id)).toEqual(lines.map((_, i) => i + 1))
  const numbers = (mark: string) =>
    lines.flatMap(({ level, text }) =>
      level !== 'system' && text.includes(mark) ? Number(/\d+/.exec(text.slice(text.indexOf(mark)))) : [],
    )
  const said = numbers('a ')
  expect(said.length).toBeGreaterThan(12)
  expect(said).toEqual(said.map((_, i) => i + 1))
  expect(numbers('b ')).toEqual(said)
  const failed = numbers('oops ')
  expect(failed).toEqual(failed.map((_, i) => (i + 1) * 4))
  expect(failed.length).toBeGreaterThanOrEqual(Math.floor((said.length - 1) / 4))
})

test('AG2 a line that comes while others are being written is written too, once, and what cannot be stored as text harms nothing', async () => {
  const stored: StoredLine[] = []
  const gates: (() => void)[] = []
  const put = async (lines: readonly StoredLine[]) => {
    await new Promise<void>((open) => gates.push(open))
    for (const line of lines) if (!stored.some(({ id }) => id === line.id)) stored.push(line)
  }
  const memory = createMemoryAgentStore()
  const book = createLogBook({
    log: quiet,
    store: { ...memory, appendLog: put, appendTurns: (_, lines = []) => put(lines), lastLog: async () => undefined },
  })
  await book.open('agent_1')
  const add = (text: string) => book.add('agent_1', 1, [{ level: 'log', text }])
  add('first')
  const flushed = book.flush()
  add('second \0 \ud800')
  const journalled = book.store.appendTurns([{ agent: 'agent_1', tick: 2, seed: 1, inputs: [] }])
  add('third')
  for (let opened = 0; stored.length < 3; ) {
    await expect.poll(() => gates.length).toBeGreaterThan(opened)
    gates[opened++]!()
    await new Promise(setImmediate)
  }
  for (const open of gates) open()
  await Promise.all([flushed, journalled])
  expect(stored.map(({ id, text }) => [id, text])).toEqual([
    [1, 'first'],
    [2, 'second \uFFFD \uFFFD'],
    [3, 'third'],
  ])
})
