/** One's lanterns: made, edited, run, stopped, and what they wrote down. */
import type { AgentInfo, Agents, Projects } from '../../agents/types.ts'
import { normalise } from '../../commands/index.ts'
import { AGENT_LOG_LINES } from '../../limits.ts'
import { errorSentence } from '../../protocol/text/program.ts'
import { placeName } from '../../voice/index.ts'
import { no, type Reply, reply, silence } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'
import { subcommand } from '../subcommand.ts'
import { pricesOf } from './prices.ts'

const ACTS = {
  list: ['list', 'список', 'все'],
  new: ['new', 'make', 'create', 'новый', 'создать', 'сделать'],
  edit: ['edit', 'code', 'править', 'правка', 'код', 'изменить'],
  run: ['run', 'start', 'пуск', 'запуск', 'запустить', 'старт'],
  stop: ['stop', 'halt', 'стоп', 'остановить', 'погасить'],
  step: ['step', 'turn', 'шаг', 'ход'],
  pause: ['pause', 'hold', 'пауза', 'придержать'],
  eval: ['eval', 'вычислить', 'выполнить'],
  resume: ['resume', 'continue', 'дальше', 'продолжить'],
  prices: ['prices', 'costs', 'цены', 'расценки'],
  log: ['log', 'logs', 'журнал', 'лог'],
  hop: ['hop', 'send', 'migrate', 'отправить', 'послать'],
  return: ['return', 'home', 'recall', 'вернуть', 'домой', 'позвать'],
  delete: ['delete', 'remove', 'удалить', 'убрать'],
} as const

type Parts = { readonly agents: Agents; readonly projects: Projects; readonly session: SessionContext }

export const agent: SessionVerb = {
  name: 'agent',
  verbs: { en: ['agent', 'agents', 'lantern'], ru: ['агент', 'агенты', 'фонарь', 'фонари'] },
  async run(args, session) {
    const { agents, projects } = session.services
    if (!agents || !projects) return no('not_here')
    const parts = { agents, projects, session }
    const act = subcommand(args, ACTS)
    if (args === '' || act?.[0] === 'list') return list(parts)
    if (!act) return no('bad_arguments', { usage: session.words('agent.usage') })
    if (act[0] === 'new') return make(parts, act[1].trim())
    if (act[0] === 'prices') return pricesOf(session)
    if (act[0] === 'eval') return evaluate(parts, act[1].trim())
    if (act[0] === 'delete') return remove(parts, act[1].trim())
    if (act[0] === 'hop') return hop(parts, act[1].trim())
    const chosen = await choose(parts, act[1].trim())
    if ('refusal' in chosen) return chosen
    return WORK[act[0]](parts, chosen)
  },
}

async function list({ agents, session }: Parts): Promise<Reply> {
  const mine = await agents.list(session.person().id)
  if (mine.length === 0) return reply(session.words('agent.none'), 'agent')
  return reply([session.words('agent.head'), ...mine.map((a) => `  ${line(session, a)}`)].join('\n'), 'agent')
}

function line(session: SessionContext, { name, status, place, fuel, error }: AgentInfo): string {
  const where = place === undefined ? '' : (session.look((world) => placeName(world, place, session.locale())) ?? '')
  const said = session.words('agent.line', { name, status, where, used: fuel.used, limit: fuel.limit })
  return error
    ? `${said}\n    ${session.words('agent.error', { text: error.message, line: error.line ?? null })}`
    : said
}

/** By name, or the only one there is. */
async function choose(
  { agents, session }: Parts,
  name: string,
): Promise<AgentInfo | Extract<Reply, { refusal: unknown }>> {
  const mine = await agents.list(session.person().id)
  const wanted = normalise(name)
  const found =
    wanted === ''
      ? mine.length === 1
        ? mine[0]
        : undefined
      : (mine.find((a) => normalise(a.name) === wanted) ?? mine.find((a) => normalise(a.name).startsWith(wanted)))
  return found ?? { refusal: { code: 'no_such_agent', params: { name } } }
}

async function make({ agents, projects, session }: Parts, name: string): Promise<Reply> {
  if (name === '') return no('bad_arguments', { usage: session.words('agent.usage') })
  const owner = session.person().id
  const project = await projects.create(owner, { name, locale: session.locale() })
  if (!project.ok) return { refusal: project.refusal }
  const made = await agents.create(owner, { projectId: project.value.id, name })
  return made.ok
    ? reply(session.words('agent.made', { name }), 'agent', {
        action: 'edit',
        project: project.value.id,
        agent: made.value as never,
      })
    : { refusal: made.refusal }
}

/** `NAME CODE`; the name may be left out when there is only one. */
async function evaluate(parts: Parts, text: string): Promise<Reply> {
  const { agents, session } = parts
  const [first = '', rest = ''] = text.split(/\s+(.*)/s)
  const named = rest === '' ? undefined : await choose(parts, first)
  const only = named && !('refusal' in named) ? undefined : await choose(parts, '')
  const one = only ?? named!
  if ('refusal' in one) return text === '' ? no('bad_arguments', { usage: session.words('agent.usage') }) : one
  const result = await agents.evaluate(session.person().id, one.id, only ? text : rest)
  if (!result.ok) return { refusal: result.refusal }
  const { value } = result
  if (!value.ok) return reply(errorSentence(session.locale(), value.error), 'agent')
  return reply(value.pending ? session.words('replay.live.pending') : `= ${value.text}`, 'agent')
}

/** `NAME NODE`; the name may be left out when there is only one. Each step of the way is told in its log. */
async function hop(parts: Parts, text: string): Promise<Reply> {
  const { agents, session } = parts
  const [first = '', rest = ''] = text.split(/\s+(.*)/s)
  const one = await choose(parts, rest === '' ? '' : first)
  if (text === '') return no('bad_arguments', { usage: session.words('agent.usage') })
  if ('refusal' in one) return one
  return sent(parts, one, await agents.migrate(session.person().id, one.id, rest === '' ? first : rest))
}

function sent({ session }: Parts, { name }: AgentInfo, result: Awaited<ReturnType<Agents['migrate']>>): Reply {
  if (!result.ok) return { refusal: result.refusal }
  return reply(session.words('network.travel.sent', { name, node: result.value.node }), 'agent')
}

/** By its whole name only, since it cannot be undone. What comes of it is told as news. */
async function remove({ agents, session }: Parts, name: string): Promise<Reply> {
  if (name === '') return no('bad_arguments', { usage: session.words('agent.usage') })
  const owner = session.person().id
  const one = (await agents.list(owner)).find((each) => normalise(each.name) === normalise(name))
  if (!one) return no('no_such_agent', { name })
  const result = await agents.remove(owner, one.id)
  return result.ok ? silence : { refusal: result.refusal }
}

const WORK: Readonly<
  Record<
    'edit' | 'run' | 'stop' | 'step' | 'pause' | 'resume' | 'return' | 'log',
    (parts: Parts, one: AgentInfo) => Promise<Reply>
  >
> = {
  async edit({ session }, one) {
    return reply(session.words('agent.editing', { name: one.name }), 'agent', {
      action: 'edit',
      project: one.projectId,
    })
  },
  /** What comes of starting and stopping is told as news, to whoever did it too. */
  async run({ agents, session }, one) {
    const result = await agents.start(session.person().id, one.id)
    return result.ok ? silence : { refusal: result.refusal }
  },
  async stop({ agents, session }, one) {
    const result = await agents.stop(session.person().id, one.id)
    return result.ok ? silence : { refusal: result.refusal }
  },
  async step({ agents, session }, one) {
    const result = await agents.step(session.person().id, one.id)
    return result.ok
      ? reply(session.words('replay.live.step', { name: one.name }), 'agent')
      : { refusal: result.refusal }
  },
  async pause({ agents, session }, one) {
    const result = await agents.pause(session.person().id, one.id)
    return result.ok
      ? reply(session.words('replay.live.pause', { name: one.name }), 'agent')
      : { refusal: result.refusal }
  },
  async resume({ agents, session }, one) {
    const result = await agents.goOn(session.person().id, one.id)
    return result.ok
      ? reply(session.words('replay.live.resume', { name: one.name }), 'agent')
      : { refusal: result.refusal }
  },
  async return(parts, one) {
    return sent(parts, one, await parts.agents.migrate(parts.session.person().id, one.id, 'home'))
  },
  async log({ agents, session }, one) {
    const result = await agents.log(session.person().id, one.id, 0)
    if (!result.ok) return { refusal: result.refusal }
    const lines = result.value.slice(-AGENT_LOG_LINES).map((entry) => `  ${entry.tick}: ${entry.text}`)
    return reply(
      [session.words(lines.length ? 'agent.log' : 'agent.log_empty', { name: one.name }), ...lines].join('\n'),
      'agent',
    )
  },
}
