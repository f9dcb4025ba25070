/**
 * One project, run wherever a project runs: in the author's simulated world, in the living one, on a node of its own process, in a
 * replay on the author's machine and in a replay on a page. Turn by turn it is the same run, to the byte.
 */
import { setImmediate } from 'node:timers/promises'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchBrowser, type TestBrowser } from '../../../client/testing/browser.ts'
import { createAgents } from '../../agents/agents.ts'
import { type Recorded, type SimulationPlan, seeds, simulate } from '../../agents/simulation/simulation.ts'
import { watched } from '../../agents/watched.ts'
import { fetchRecording } from '../../author/fetch-recording.ts'
import type { Hub } from '../../author/hub.ts'
import { outcomeOf, type Recording, recordingOfTest } from '../../author/recording.ts'
import { replay } from '../../author/replay.ts'
import { openWorkbench, type Workbench } from '../../author/workbench.ts'
import { createFakeClock } from '../../lib/clock.ts'
import type { AgentTurn, AgentTurnResult } from '../../protocol/agent-io.ts'
import type { Agent, ReplayPlan } from '../../protocol/api.ts'
import type { AgentId, CharacterId, PlaceId, PlayerId, ProjectId } from '../../protocol/ids.ts'
import { createRooms } from '../../rooms/rooms.ts'
import { createAgentStore } from '../../storage/agents.ts'
import { createJournal } from '../../storage/journal.ts'
import { createProjectStore } from '../../storage/projects.ts'
import { createTestDatabase } from '../database.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'
import { join, type Player } from './player.ts'

/** Locals over awaits, chance, time, memory, refusals, other files, a handler beside `main`; and it tells what each step has cost. */
const SOURCES = {
  'main.ts': `import { me, on, now, random, Refusal } from 'academy'
import { type Step, summary } from './lib/steps'

const steps: Step[] = []
let heard = 0
on('hear', async ({ name, text }) => {
  heard += text.length
  console.log('heard', name, text, me.fuel)
  await me.say('I heard ' + heard)
})
on('arrive', ({ name }) => { me.memory.arrived = [...((me.memory.arrived as string[]) ?? []), name] })

export default async function main(): Promise<void> {
  const began = now()
  me.memory.kept = { visits: Number(me.memory.visits ?? 0) + 1, list: [] }
  for (let i = 0; i < 9; i++) {
    const here = await me.look()
    const way = random(here.exits)
    try {
      if (i % 4 === 3) await me.take('the moon')
      else await me.go(way ? way.direction : 'up')
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      console.warn(error.code, error.message)
    }
    if (i % 5 === 2) await me.wait(random(4) + 1)
    steps.push({ place: here.place, chance: Math.random(), at: now() - began })
    me.memory.steps = steps.length
    me.memory.last = steps.at(-1)
    ;(me.memory.kept as { list: unknown[] }).list.push(here.items.map(({ name }) => name).sort())
    console.log(summary(steps), me.id, me.fuel, JSON.stringify(me.memory))
  }
  me.memory.done = true
  await me.wait(100_000)
}
`,
  'lib/steps.ts': `export type Step = { place: string; chance: number; at: number }
export const summary = (steps: readonly Step[]): string =>
  steps.map(({ place, at }) => place + '@' + at).join(' ') + ' ' + steps.reduce((sum, { chance }) => sum + chance, 0)
`,
}

const PLACE = 'harbor:dock' as PlaceId
const PLAN: SimulationPlan = {
  sources: SOURCES,
  name: 'lantern',
  place: PLACE,
  ticks: 60,
  seed: 'the same everywhere',
  visitors: [
    {
      name: 'Mara',
      place: PLACE,
      acts: [
        { tick: 4, command: 'say', input: { text: 'good evening' } },
        { tick: 40, command: 'shout', input: { text: 'is anybody there?' } },
      ],
    },
  ],
  timeoutMs: 120_000,
}
const quiet = { info() {}, warn() {}, error() {}, debug() {} }

let bench: Workbench
let browser: TestBrowser
let node: NodeProcess
let player: Player
let page: Page
beforeAll(async () => {
  ;[bench, browser, node] = await Promise.all([openWorkbench(), launchBrowser(), startNodeProcess()])
  player = await join(node.url)
  page = await (await browser.context()).newPage()
  // A page of the node's own origin with nothing on it but what is put there.
  await page.route(`${node.url}/blank`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html>' }),
  )
  await page.goto(`${node.url}/blank`)
}, 300_000)
afterAll(async () => {
  player?.close()
  await browser?.[Symbol.asyncDispose]()
  await Promise.all([node?.[Symbol.asyncDispose](), bench?.[Symbol.asyncDispose]()])
})

/** Every promise that these hand out can be waited for. */
function counted() {
  let under = 0
  return {
    under: () => under,
    all<T extends object>(part: T): T {
      return new Proxy(part, {
        get(target, name) {
          const value = Reflect.get(target, name)
          if (typeof value !== 'function') return value
          return (...args: unknown[]) => {
            const came = value.apply(target, args)
            if (!(came instanceof Promise)) return came
            under++
            return came.finally(() => under--)
          }
        },
      })
    },
  }
}

/** The plan lived in real zones with a journal, agents kept in a real database, tides by hand: what each turn was given, and came to. */
async function lived(plan: SimulationPlan): Promise<Pick<Recorded, 'turns' | 'outcomes'>> {
  await using db = await createTestDatabase()
  const work = counted()
  await using rooms = await createRooms(
    {
      world: bench.world,
      journal: work.all(createJournal(db)),
      run: bench.run,
      log: quiet,
      settle: { script: work.all({ script: bench.script! }).script },
    },
    { seed: plan.seed, tideEveryMs: 0 },
  )
  const zones = work.all(rooms)
  const sandbox = watched(bench.sandbox)
  const turns: AgentTurn[] = []
  const outcomes: AgentTurnResult[] = []
  const id = 'agent_trial' as AgentId
  const stop = sandbox.onResult((results) => outcomes.push(...results.filter(({ agent }) => agent === id)))
  const owner = 'player_trial' as PlayerId
  const projectId = 'project_trial' as ProjectId
  await createProjectStore(db).insert({ id: projectId, name: 'p', owner, createdAtMs: 0, updatedAtMs: 0 }, {})
  await using agents = createAgents({
    store: work.all(createAgentStore(db)),
    sandbox: {
      ...sandbox,
      turn(list) {
        turns.push(...list)
        sandbox.turn(list)
      },
    },
    compile: bench.compile,
    voice: bench.voice,
    commandInput: bench.commandInput,
    zones,
    agentId: () => id,
    projects: { sources: async () => ({ ok: true, value: plan.sources }) },
    people: { person: async () => ({ name: 'trial', locale: 'en' }) },
    moderation: { isMuted: () => undefined, cleanTalk: (text) => text, nameProblem: () => undefined },
    clock: createFakeClock(),
    log: quiet,
    seed: seeds(plan.seed),
    node: 'here',
  })
  /** Nothing is out, nothing is being written, and what follows from it has been done. */
  const settled = async () => {
    for (let rounds = 0; rounds < 4; rounds++) {
      await sandbox.settled()
      if (work.under() > 0) rounds = 0
      await setImmediate()
    }
  }
  const enter = (id: string, name: string, place: PlaceId) =>
    zones.enter({ id: id as CharacterId, kind: 'player', name, locale: 'en', roles: [], place })
  await enter(owner, 'trial', plan.place)
  for (const { name, place } of plan.visitors ?? []) await enter('player_visitor', name, place)
  const made = await agents.create(owner, { projectId, name: plan.name! })
  expect(made.ok && (await agents.start(owner, id)).ok).toBe(true)
  for (let tick = 0; tick < plan.ticks; tick++) {
    for (const act of plan.visitors![0]!.acts)
      if (act.tick === tick) await zones.submit('player_visitor' as CharacterId, act.command, act.input)
    rooms.beat()
    await settled()
  }
  await agents.stop(owner, id)
  stop()
  return { turns, outcomes }
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
/** What each turn came to, its memory whole: of one that changed none, what it was. */
function wholes(memory: string, outcomes: readonly AgentTurnResult[]) {
  let last = memory
  return outcomes.map((result) => ({ ...outcomeOf(result), memory: (last = result.memory ?? last) }))
}

async function replayed(recording: Recording) {
  const outcomes: object[] = []
  const came = await replay(bench.sandbox, recording, ({ outcome, memory }) => outcomes.push({ ...outcome, memory }))
  return { ...came, outcomes }
}

type Told = { readonly type: string; readonly text?: string; readonly why?: string; readonly detail?: string }

/** The same recording in the frame that the page replays in, from the node's own answers: what its worker tells of each turn. */
async function onPage({ self, program, memory, limits, turns }: Recording): Promise<readonly unknown[]> {
  const asked = { self, sources: program.sources, lines: [], memory, limits }
  const { body } = await player.api<{ plan: ReplayPlan }>('POST', '/api/v1/replays', asked)
  expect(body.plan.hash).toBe(program.hash)
  const given = turns.map(({ tick, seed, inputs }, index) => ({
    index,
    tick,
    seed,
    inputs: JSON.stringify(inputs),
    follow: index % 2 === 0,
  }))
  const told = await page.evaluate(
    ([plan, turns]) =>
      new Promise<readonly Told[]>((done) => {
        const frame = document.createElement('iframe')
        frame.setAttribute('sandbox', 'allow-scripts')
        const heard: Told[] = []
        const post = (message: object) => frame.contentWindow!.postMessage(message, '*')
        addEventListener('message', function hear({ source, data }: MessageEvent<Told>) {
          if (source !== frame.contentWindow) return
          if (data.type === 'ready') post({ type: 'open', ...(plan as object) })
          else if (data.type === 'opened') post({ type: 'turns', turns })
          else heard.push(data)
          if (heard.length < (turns as object[]).length && data.type !== 'failed') return
          removeEventListener('message', hear)
          frame.remove()
          done(heard)
        })
        frame.src = '/replay/frame.html'
        document.body.append(frame)
      }),
    [body.plan, given] as const,
  )
  let last = memory
  return told.map(({ text, why, detail }, index) => {
    if (text === undefined) return { why, detail }
    const { fuelUsed, calls, logs, ...rest } = JSON.parse(text)
    return { tick: turns[index]!.tick, fuelUsed, calls, logs, memory: (last = rest.memory ?? last) }
  })
}

describe('the same project', { timeout: 300_000 }, () => {
  test('S20 S21 in a test’s world, in the living one, in a replay and on a page: inputs, calls, log, fuel and memory of each turn are the same to the byte', async () => {
    const { recorded } = await simulate(bench, PLAN)
    const tested = recorded!
    const living = await lived(PLAN)
    expect(living.turns.length).toBeGreaterThan(15)
    expect(plain(living.turns)).toEqual(plain(tested.turns))
    const expected = wholes(tested.memory, tested.outcomes)
    expect(JSON.stringify(wholes(tested.memory, living.outcomes))).toBe(JSON.stringify(expected))
    // The run is worth comparing: it went far, was refused, heard and was met by chance.
    expect(JSON.parse(expected.at(-1)!.memory)).toMatchObject({ done: true, steps: 9 })
    expect(expected.some(({ logs }) => logs.some(({ level }) => level === 'warn'))).toBe(true)
    expect(expected.some(({ logs }) => logs.some(({ text }) => text.startsWith('heard Mara')))).toBe(true)
    const recording = recordingOfTest(SOURCES, tested)
    expect(await replayed(recording)).toMatchObject({ differences: [], outcomes: expected })
    expect(await onPage(recording)).toEqual(expected)
  })

  test('S20 S21 a live agent of a real node, fetched: what it logged, used and remembers is what comes of it on the author’s machine and on a page', async () => {
    const project = await player.api<{ id: string }>('POST', '/api/v1/projects', { name: 'same' })
    for (const [path, text] of Object.entries(SOURCES))
      await player.api('PUT', `/api/v1/projects/${project.body.id}/files/${path}`, { text })
    const made = await player.api<Agent>('POST', '/api/v1/agents', { projectId: project.body.id, name: 'Wick' })
    const at = `/api/v1/agents/${made.body.id}`
    await player.api('POST', `${at}/start`)
    const memory = async () => (await player.api<Agent>('GET', at)).body.memory
    await expect.poll(memory, { timeout: 120_000, interval: 300 }).toMatchObject({ done: true })
    const hub = {
      get: async (path, answer) => answer.parse((await player.api('GET', path)).body),
    } satisfies Pick<Hub, 'get'> as Hub
    const recording = await fetchRecording(hub, made.body)
    const { outcomes, ...came } = await replayed(recording)
    // Held against the node's own: the log of each turn with the fuel and the memory at it, all fuel, and the memory at the end.
    expect(came.differences).toEqual([])
    expect(recording.log!.filter(({ level }) => level === 'log').length).toBeGreaterThanOrEqual(9)
    expect(came.fuelUsed).toBe(recording.end!.fuelUsed)
    expect(await onPage(recording)).toEqual(outcomes)
  })
})
