/** What the mentor may know and do of the rest of the node, on behalf of one person; each part checks the owner again. */
import type { Agents, Projects } from '../agents/types.ts'
import type { WorldDef } from '../engine/types.ts'
import type { MentorDesk, OpenLesson } from '../inference/mentor/types.ts'
import type { LessonService } from '../lessons/lessons.ts'
import type { AgentInput, AgentTurn } from '../protocol/agent-io.ts'
import type { AgentId, Locale, PlayerId, ProjectId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import { errorSentence, remarkSentence } from '../protocol/text/program.ts'
import { describeRefusal } from '../voice/index.ts'

export type DeskParts = {
  readonly lessons: LessonService
  readonly projects: Projects
  readonly agents: Agents
  readonly world: () => WorldDef
}

/** Tides before the last that are looked through for the turns that are asked for. */
const TIDES_BACK = 500

export function createMentorDesk({ lessons, projects, agents, world }: DeskParts): MentorDesk {
  const no = (refusal: Refusal, locale: Locale = 'en') => describeRefusal(refusal, locale)

  async function openLesson(player: PlayerId, locale: Locale): Promise<OpenLesson | undefined> {
    const started = (await lessons.list(player, locale)).findLast(({ status }) => status === 'started')
    const found = started && (await lessons.detail(player, started.slug, locale))
    if (!found?.ok) return undefined
    const { id, slug, title, text, tasks, starter, attempts, hintsLeft } = found.value
    return {
      id,
      slug,
      title,
      text,
      tasks,
      starter,
      attempts,
      hintsLeft,
      solution: lessons.solution(slug, locale) ?? {},
    }
  }

  return {
    lesson: openLesson,
    async authoredHint(player, slug, locale) {
      const next = await lessons.hint(player, slug, locale)
      if (next.ok) return next.value.text
      const detail = await lessons.detail(player, slug, locale)
      return detail.ok ? detail.value.hintsShown.at(-1) : undefined
    },
    namesOf(word) {
      const { things, npcs } = world()
      const called = [...things.values(), ...npcs.values()].filter(({ name: { en } }) =>
        [en.forms.nom, ...en.aliases].some((one) => one.toLowerCase() === word),
      )
      return called.flatMap(({ name }) =>
        Object.values(name).flatMap(({ forms, aliases }) => [...Object.values(forms), ...aliases]),
      )
    },
    wouldPass: ({ slug }, sources) => lessons.wouldPass(slug, sources),
    async files(player) {
      const all = [...(await projects.list(player))].sort((a, b) => b.updatedAtMs - a.updatedAtMs)
      return all.flatMap(({ id, files }) =>
        [...files]
          .sort((a, b) => Number(b.path.startsWith('main.')) - Number(a.path.startsWith('main.')))
          .map(({ path }) => ({ project: id, path })),
      )
    },
    async readFile(player, project, path) {
      const text = await projects.read(player, project as ProjectId, path)
      return text.ok ? text.value : undefined
    },
    async writeFile(player, project, path, text) {
      const written = await projects.write(player, project as ProjectId, path, text)
      return written.ok ? undefined : no(written.refusal)
    },
    async check(player, project, locale) {
      const checked = await projects.check(player, project as ProjectId)
      if (!checked.ok) return no(checked.refusal, locale)
      const lines = checked.value.map(
        (found) => `${found.file}:${found.line}:${found.column} ${found.severity}: ${remarkSentence(locale, found)}`,
      )
      return lines.join('\n') || 'No mistakes were found.'
    },
    async runAgent(player, agent) {
      const started = await agents.start(player, agent as AgentId)
      if (!started.ok) return no(started.refusal)
      return `${started.value.name}: ${started.value.status}`
    },
    async agents(player) {
      return (await agents.list(player)).map(({ id, name, status, error }) => ({
        id,
        name,
        status,
        ...(error && { error: `${error.file ?? 'main.ts'}:${error.line ?? 1} ${errorSentence('en', error)}` }),
      }))
    },
    async log(player, agent, lines) {
      const entries = await agents.log(player, agent as AgentId, 0)
      if (!entries.ok) return no(entries.refusal)
      return (
        entries.value
          .slice(-lines)
          .map(({ tick, level, text }) => `tide ${tick} ${level}: ${text}`)
          .join('\n') || 'Nothing was written.'
      )
    },
    async replay(player, agent, turns) {
      const id = agent as AgentId
      const whole = await agents.replay(player, id, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
      if (!whole.ok) return no(whole.refusal)
      const { tick } = whole.value.end
      const found = await agents.recording(player, id, Math.max(0, tick - TIDES_BACK), tick)
      if (!found.ok) return no(found.refusal)
      return found.value.slice(-turns).map(turnInWords).join('\n') || 'It has had no turns.'
    },
  }
}

const turnInWords = ({ tick, inputs }: AgentTurn): string =>
  `tide ${tick}: ${inputs.map(inputInWords).join('; ') || 'began'}`

function inputInWords(input: AgentInput): string {
  if (input.type === 'event') return `heard ${input.name} ${JSON.stringify(input.data)}`
  if (input.type === 'eval') return 'a line from its console'
  return input.ok
    ? `call ${input.call} came to ${JSON.stringify(input.value)}`
    : `call ${input.call} was refused: ${input.refusal.message}`
}
