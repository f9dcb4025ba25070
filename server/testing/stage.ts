/** Parts for tests of the terminal: people who talk, and services that answer from memory. */
import type { Accounts, Moderation, Person, Sanction } from '../accounts/types.ts'
import type { AgentInfo, Agents, Projects } from '../agents/types.ts'
import type { Ledger, Transfer } from '../ledger/types.ts'
import type { LessonDetail, Lessons } from '../lessons/types.ts'
import { createFakeClock } from '../lib/clock.ts'
import type { Locale, PlayerId, Role } from '../protocol/ids.ts'
import type { LineAck, OutputDraft } from '../protocol/terminal.ts'
import { createTerminal } from '../terminal/index.ts'
import { memoryPreferences } from '../terminal/kept.ts'
import type { Session, TerminalOptions, TerminalServices } from '../terminal/types.ts'
import { createTestZones } from './zones.ts'

/** One person at a terminal: `type` answers what was shown because of the line. */
export type Typist = {
  readonly id: PlayerId
  readonly session: Session
  readonly batches: readonly (readonly OutputDraft[])[]
  type(...lines: readonly string[]): Promise<string>
  ack(line: string, id?: string): Promise<LineAck>
  /** Everything shown since the last asking. */
  seen(): string
  drafts(): readonly OutputDraft[]
}

export function createStage(given: Partial<TerminalServices> = {}, options: TerminalOptions = {}) {
  const clock = createFakeClock()
  const zones = createTestZones()
  const preferences = memoryPreferences()
  const faults: unknown[] = []
  const services: TerminalServices = { zones, clock, preferences, report: (error) => faults.push(error), ...given }
  const terminal = createTerminal(services, { sleep: async (ms) => clock.advance(ms), ...options })

  async function open(name: string, locale: Locale = 'en', roles: readonly Role[] = ['learner']): Promise<Typist> {
    const person = personOf(name, locale, roles)
    const batches: OutputDraft[][] = []
    let read = 0
    const session = await terminal.open({ person, locale, send: (drafts) => void batches.push([...drafts]) })
    const drafts = () => batches.slice(read).flat()
    const seen = () => {
      const text = drafts()
        .map((d) => d.text)
        .join('\n')
      read = batches.length
      return text
    }
    return {
      id: person.id,
      session,
      batches,
      drafts,
      seen,
      async type(...lines) {
        seen()
        for (const line of lines) await session.line(line)
        return seen()
      },
      ack: async (line, id) => session.line(line, id),
    }
  }
  return { terminal, services, zones, clock, preferences, faults, open }
}

/** Ids are of plain letters whatever the name is. */
const idOf = (name: string): PlayerId =>
  `player_${/^\w+$/.test(name) ? name.toLowerCase() : Buffer.from(name).toString('hex')}`

export const personOf = (name: string, locale: Locale = 'en', roles: readonly Role[] = ['learner']): Person => ({
  id: idOf(name),
  name,
  guest: true,
  roles,
  locale,
})

/** Accounts that know the given people and remember who blocks, mutes and reports whom. */
export function fakeAccounts(people: readonly Person[]) {
  const byId = new Map(people.map((p) => [p.id, p]))
  const blocks = new Set<string>()
  const sanctions = new Map<PlayerId, Sanction>()
  const filed: { by: string; target?: string; text: string; context: readonly string[] }[] = []
  const done: string[] = []
  const moderation: Moderation = {
    sanctions: async (id) => [sanctions.get(id)].filter((s) => s !== undefined),
    isMuted: (id) => sanctions.get(id),
    isBlocked: (listener, speaker) => blocks.has(`${listener} ${speaker}`),
    async mute(target, _by, reason, forMs) {
      sanctions.set(target, {
        kind: 'mute',
        reason,
        ...(forMs !== undefined && { untilMs: 1_700_000_000_000 + forMs }),
      })
    },
    ban: async (target, _by, reason, forMs) => void done.push(`ban ${target} ${forMs} ${reason}`),
    async lift(target, _by, kind) {
      sanctions.delete(target)
      done.push(`lift ${target} ${kind}`)
    },
    kick: async (target, _by, reason) => void done.push(`kick ${target} ${reason}`),
    async block(by, target, on) {
      if (on) blocks.add(`${by} ${target}`)
      else blocks.delete(`${by} ${target}`)
    },
    async report(by, target, text, context) {
      filed.push({ by, text, context, ...(target !== undefined && { target }) })
      return `report_${filed.length}`
    },
    reports: async () => filed.map((r, i) => ({ ...r, id: `report_${i + 1}`, atMs: 0 })),
    closeReport: async (id, _by, note) => void done.push(`close ${id} ${note}`),
    cleanTalk: (text) => text.replaceAll('darn', '****'),
    nameProblem: (name) => (name.length < 2 ? 'bad_name' : undefined),
  }
  const accounts = {
    moderation,
    person: async (id: PlayerId) => byId.get(id),
    findByName: async (name: string) => [...byId.values()].find((p) => p.name.toLowerCase() === name.toLowerCase()),
    async rename(id: PlayerId, name: string) {
      if ([...byId.values()].some((p) => p.name === name))
        throw Object.assign(new Error('name_taken'), { code: 'name_taken', params: {} })
      const person = { ...byId.get(id)!, name }
      byId.set(id, person)
      return person
    },
    setLocale: async () => {},
    audit: {
      verify: async () => ({ entries: 1 }),
      entries: async () => [
        { index: 0, atMs: 0, actor: 'node', action: 'start', subject: '-', details: '{}', prevHash: '', hash: '' },
      ],
    },
  } as unknown as Accounts
  return { accounts, filed, done, sanctions }
}

export function fakeLedger(transfers: readonly Transfer[], balanceMicro: bigint): Ledger {
  return {
    balance: async () => balanceMicro,
    account: async () => undefined,
    statement: async () => transfers,
  } as unknown as Ledger
}

const LESSON: LessonDetail = {
  id: 'lesson_1',
  slug: 'first-lamp',
  course: 'js',
  title: 'First lamp',
  order: 1,
  minutes: 3,
  status: 'open',
  rewardMicro: '5000000',
  text: 'Change **one** `word`.',
  tasks: [{ id: 1, text: 'Light the lamp', done: false, count: { have: 0, need: 1 } }],
  hintsShown: [],
  hintsLeft: 2,
  attempts: 0,
  starter: {},
}
export function fakeLessons() {
  const asked: unknown[] = []
  let listener: Parameters<Lessons['onProgress']>[0] = () => {}
  const lessons: Lessons = {
    list: async () => [LESSON, { ...LESSON, slug: 'say-hello', title: 'Say hello', order: 2, status: 'passed' }],
    detail: async (_player, slug) =>
      slug === 'first-lamp'
        ? { ok: true, value: LESSON }
        : { ok: false, refusal: { code: 'no_such_lesson', params: { name: slug } } },
    start: async (_player, slug) =>
      slug === 'first-lamp' ? { ok: true, value: LESSON } : { ok: false, refusal: { code: 'lesson_locked' } },
    async check(_player, _slug, sources) {
      asked.push(sources)
      return {
        ok: true,
        value: {
          passed: false,
          tasks: [{ id: 1, passed: false, message: 'That is the other lamp.', file: 'main.ts', line: 3 }],
        },
      }
    },
    hint: async () => ({ ok: true, value: { text: 'Look at the name.', left: 1 } }),
    badges: async () => [{ id: 'b', name: 'Lamplighter', text: 'Lit a lamp', atMs: 0 }],
    onProgress(listen) {
      listener = listen
      return () => {}
    },
  }
  return { lessons, asked, progress: (...args: Parameters<typeof listener>) => listener(...args) }
}

export function fakeAgents() {
  const mine: AgentInfo[] = []
  let listener: Parameters<Agents['onChange']>[0] = () => {}
  const info = (owner: PlayerId, name: string): AgentInfo => ({
    id: `agent_${name}`,
    name,
    owner,
    projectId: `project_${name}`,
    status: 'stopped',
    node: 'here',
    epoch: 1,
    place: 'harbor:dock',
    fuel: { used: 0, limit: 1000 },
    memory: {},
  })
  const found = (id: string) => mine.find((a) => a.id === id)
  const become = (id: string, status: AgentInfo['status']) => {
    const at = mine.findIndex((a) => a.id === id)
    mine[at] = { ...mine[at]!, status }
    return { ok: true as const, value: mine[at]! }
  }
  const agents: Agents = {
    list: async (owner) => mine.filter((a) => a.owner === owner),
    get: async (_owner, id) => ({ ok: true, value: found(id)! }),
    async create(owner, { name }) {
      mine.push(info(owner, name))
      return { ok: true, value: mine.at(-1)! }
    },
    start: async (_owner, id) => become(id, 'running'),
    stop: async (_owner, id) => become(id, 'stopped'),
    async remove(owner, id) {
      const [gone] = mine.splice(
        mine.findIndex((a) => a.id === id),
        1,
      )
      listener(owner, { agent: gone!, gone: true })
      return { ok: true, value: gone! }
    },
    pause: async (_owner, id) => become(id, 'paused'),
    step: async (_owner, id) => become(id, 'paused'),
    goOn: async (_owner, id) => become(id, 'running'),
    migrate: async (_owner, id) => become(id, 'moved'),
    evaluate: async () => ({ ok: true, value: { ok: true, text: '2' } }),
    replay: async () => ({ ok: false, refusal: { code: 'no_such_agent' } }),
    log: async () => ({ ok: true, value: [{ id: 1, tick: 7, level: 'log', text: 'I see a lamp' }] }),
    recording: async () => ({ ok: true, value: [] }),
    onChange(listen) {
      listener = listen
      return () => {}
    },
  }
  const projects = {
    list: async () => [{ id: 'project_1', name: 'first-lamp' }],
    create: async (_owner: PlayerId, { name }: { name: string }) => ({
      ok: true,
      value: { id: `project_${name}`, name },
    }),
    sources: async () => ({ ok: true, value: { 'main.ts': 'x' } }),
  } as unknown as Projects
  return { agents, projects, change: (...args: Parameters<typeof listener>) => listener(...args), info }
}
