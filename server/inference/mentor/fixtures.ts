/** A mentor for tests: a model that says what it is told to, a desk with one lesson, and stores in memory. */
import { createFakeClock } from '../../lib/clock.ts'
import type { LessonId, PlayerId } from '../../protocol/ids.ts'
import { InferError } from '../errors.ts'
import type { Availability, InferEvent, InferRequest, ToolCall } from '../types.ts'
import { createApprovals } from './approvals.ts'
import { createMentor } from './mentor.ts'
import { createToolbox } from './toolbox.ts'
import type {
  Approval,
  ApprovalStore,
  Dialogue,
  DialogueLine,
  DialogueStore,
  MentorDesk,
  MentorEvent,
  OpenLesson,
  Rule,
} from './types.ts'

export const ann = 'player_ann' as PlayerId

/** As the world's own nouns would give them. */
export const NAMES: Readonly<Record<string, readonly string[]>> = {
  lamp: [
    'lamp',
    'lantern post',
    'лампа',
    'лампы',
    'лампе',
    'лампу',
    'лампой',
    'фонарь',
    'фонаря',
    'фонарю',
    'фонарём',
    'фонаре',
  ],
  crate: ['crate', 'box', 'ящик', 'ящика', 'ящику', 'ящиком', 'ящике'],
}

export const lampLesson: OpenLesson = {
  id: 'js-basics/first-lamp' as LessonId,
  slug: 'first-lamp',
  title: 'The first lamp',
  text: 'Make the lantern walk to the lamp.',
  tasks: [{ text: 'Light the lamp', done: false }],
  starter: { 'main.ts': "await me.go('west')\n" },
  solution: { 'main.ts': "await me.go('east')\nawait me.use('lamp')\n" },
  attempts: 0,
  hintsLeft: 2,
}

/** What the model does in each round: says something, calls tools, or fails. */
export type Round = {
  readonly say?: string
  readonly call?: readonly (readonly [name: string, args: object])[]
  readonly fail?: InferError
}

export function memoryApprovals(): ApprovalStore {
  const rows = new Map<string, Approval>()
  const change = (id: string, ok: (row: Approval) => boolean, status: Approval['status']) => {
    const row = rows.get(id)
    if (!row || !ok(row)) return false
    rows.set(id, { ...row, status })
    return true
  }
  return {
    add: async (row) => void rows.set(row.id, row),
    find: async (id) => rows.get(id),
    decide: async (id, player, status, nowMs) =>
      change(id, (row) => row.player === player && row.status === 'pending' && row.expiresAtMs > nowMs, status),
    use: async ({ id, player, tool, args }, nowMs) =>
      change(
        id,
        (row) =>
          row.player === player &&
          row.tool === tool &&
          row.args === args &&
          row.status === 'approved' &&
          row.expiresAtMs > nowMs,
        'used',
      ),
    pending: async (player, nowMs) =>
      [...rows.values()].filter(
        (row) => row.player === player && row.status === 'pending' && row.expiresAtMs > nowMs,
      ),
  }
}

export function memoryDialogues(): DialogueStore {
  const kept = new Map<PlayerId, { dialogue: Dialogue; lines: DialogueLine[] }>()
  return {
    open: async (player) => kept.get(player)?.dialogue,
    async save(dialogue, lines) {
      kept.set(dialogue.player, { dialogue, lines: [...(kept.get(dialogue.player)?.lines ?? []), ...lines] })
    },
    last: async (id, count) =>
      [...kept.values()].find(({ dialogue }) => dialogue.id === id)?.lines.slice(-count) ?? [],
    async sumUp(id, { before, after, tokens }) {
      const found = [...kept.values()].find(({ dialogue }) => dialogue.id === id && dialogue.summary === before)
      if (!found) return false
      found.dialogue = { ...found.dialogue, summary: after, tokens: found.dialogue.tokens + tokens }
      return true
    },
  }
}

export function testMentor({
  lesson = lampLesson as OpenLesson | undefined,
  rules = [] as Rule[],
  available = { ok: true, models: [] } as Availability,
  /** What the model answers when it is asked to sum up; absent: it fails. */
  summary = undefined as string | undefined,
  minor = false,
} = {}) {
  const clock = createFakeClock()
  const asked: InferRequest[] = []
  const did: string[] = []
  const files = new Map([['main.ts', "await me.go('west')\n"]])
  let script: Round[] = []
  let open = lesson
  const desk: MentorDesk = {
    lesson: async () => open,
    authoredHint: async () => 'Look at the map.',
    wouldPass: async (_, sources) => Object.values(sources).some((text) => /east|'ea' \+ 'st'/.test(text)),
    namesOf: (word) => NAMES[word] ?? [],
    files: async () => [...files.keys()].map((path) => ({ project: 'project_1', path })),
    readFile: async (_, __, path) => files.get(path),
    writeFile: async (_, __, path, text) => {
      did.push(`wrote ${path}`)
      files.set(path, text)
      return undefined
    },
    check: async () => 'main.ts:1:1 nothing wrong',
    runAgent: async (_, agent) => {
      did.push(`ran ${agent}`)
      return 'It runs.'
    },
    agents: async () => [{ id: 'agent_1', name: 'Wick', status: 'paused', error: 'main.ts:1 no_exit' }],
    log: async () => 'no_exit: no way west',
    replay: async () => 'turn 1: go west, refused',
  }
  async function* stream(request: InferRequest): AsyncGenerator<InferEvent> {
    asked.push(request)
    const round = script.shift() ?? { say: 'Hm.' }
    for (const piece of (round.say ?? '').match(/[\s\S]{1,5}/g) ?? []) yield { type: 'text', text: piece }
    if (round.fail) throw round.fail
    for (const [n, [name, args]] of (round.call ?? []).entries())
      yield { type: 'tool', call: { id: `call_${n}`, name, arguments: JSON.stringify(args) } satisfies ToolCall }
    yield { type: 'end', finish: 'stop', usage: { inTokens: 100, outTokens: 20, ms: 1 }, costMicro: 0n }
  }
  const approvals = createApprovals({ store: memoryApprovals(), clock })
  const toolbox = createToolbox({ desk, approvals, rules: async () => rules })
  const mentor = createMentor({
    inference: {
      stream,
      async complete(request) {
        if (summary === undefined) throw new InferError('no_model', 'none')
        asked.push(request)
        return {
          text: summary,
          toolCalls: [],
          finish: 'stop',
          usage: { inTokens: 50, outTokens: 10, ms: 1 },
          served: { model: 'm', node: 'here', privacy: request.privacy ?? 'open' },
          costMicro: 0n,
        }
      },
      availability: () => available,
    },
    desk,
    toolbox,
    approvals,
    dialogues: memoryDialogues(),
    rules: { read: async () => rules, async write() {} },
    principal: (player) => ({ tenant: `player:${player}`, playerId: player, ...(minor && { minor }) }),
    clean: (text) => text.replaceAll('darn', '****'),
    words: (_, key) => `[${key}]`,
    clock,
    log: { warn() {} },
  })
  return {
    mentor,
    clock,
    asked,
    did,
    files,
    setLesson: (next: OpenLesson | undefined) => {
      open = next
    },
    /** All events of one question, and the text in one. */
    async ask(question: string, ...rounds: Round[]) {
      script = rounds
      const events: MentorEvent[] = []
      for await (const event of mentor.ask(ann, 'en', question)) events.push(event)
      return { events, text: events.flatMap((event) => (event.type === 'text' ? [event.text] : [])).join('') }
    },
  }
}
