/** Workspaces from the prompt: projects kept together, shared and cloned. */
import { normalise } from '../../commands/index.ts'
import type { Adapted, SharedReach, WorkspaceInfo, Workspaces } from '../../library/types.ts'
import { no, type Reply, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'
import { subcommand } from '../subcommand.ts'

const ACTS = {
  list: ['list', 'список', 'все'],
  new: ['new', 'make', 'create', 'новое', 'создать'],
  add: ['add', 'put', 'добавить', 'положить'],
  share: ['share', 'поделиться', 'открыть'],
  unshare: ['unshare', 'закрыть', 'перестать'],
  shared: ['shared', 'общие', 'вокруг'],
  clone: ['clone', 'клонировать'],
  run: ['run', 'start', 'пуск', 'запустить'],
} as const
const IN = /^(.+?)\s+(?:in|into|to|в|во)\s+(.+)$/iu
const WORLD = /\s+(?:world|with the world|мир|миру|всем)$/iu

type Parts = { readonly workspaces: Workspaces; readonly session: SessionContext }

export const workspace: SessionVerb = {
  name: 'workspace',
  verbs: { en: ['workspace', 'workspaces'], ru: ['пространство', 'пространства'] },
  async run(args, session) {
    const { workspaces } = session.services
    if (!workspaces) return no('not_here')
    const parts = { workspaces, session }
    const act = subcommand(args, ACTS)
    if (args.trim() === '' || act?.[0] === 'list') return list(parts)
    if (!act) return usage(session)
    const [name, rest] = [act[0], act[1].trim()]
    if (name === 'shared') return shared(parts)
    if (rest === '') return usage(session)
    return { new: make, add, share, unshare, clone, run }[name](parts, rest)
  },
}

const usage = (session: SessionContext): Reply =>
  no('bad_arguments', { usage: session.words('help.workspace').split('\n')[0]! })

async function named({ workspaces, session }: Parts, name: string): Promise<WorkspaceInfo | undefined> {
  const all = await workspaces.list(session.person().id)
  return all.find((each) => each.id === name || normalise(each.name) === normalise(name))
}

async function list({ workspaces, session }: Parts): Promise<Reply> {
  const all = await workspaces.list(session.person().id)
  if (all.length === 0) return reply(session.words('workspace.none'))
  const lines = all.map(({ name, projects, shared: share }) =>
    session.words('workspace.line', { name, projects: projects.length, reach: share?.reach ?? 'none' }),
  )
  return reply([session.words('workspace.head'), ...lines.map((each) => `  ${each}`)].join('\n'))
}

async function make({ workspaces, session }: Parts, name: string): Promise<Reply> {
  const made = await workspaces.create(session.person().id, name)
  return made.ok ? reply(session.words('workspace.made', { name: made.value.name })) : { refusal: made.refusal }
}

async function add(parts: Parts, text: string): Promise<Reply> {
  const { workspaces, session } = parts
  const [, wanted, into] = IN.exec(text) ?? []
  if (wanted === undefined || into === undefined) return usage(session)
  const found = await named(parts, into)
  if (!found) return no('no_such_workspace', { name: into })
  const me = session.person().id
  const project = (await session.services.projects?.list(me))?.find(
    (each) => normalise(each.name) === normalise(wanted),
  )
  if (!project) return no('no_such_project', { name: wanted })
  const done = await workspaces.put(me, found.id, project.id)
  return done.ok
    ? reply(session.words('workspace.added', { project: project.name, name: found.name }))
    : { refusal: done.refusal }
}

async function share(parts: Parts, text: string): Promise<Reply> {
  const { workspaces, session } = parts
  // A workspace may be called so itself.
  const whole = await named(parts, text)
  const reach: SharedReach = !whole && WORLD.test(text) ? 'world' : 'lan'
  const found = whole ?? (await named(parts, text.replace(WORLD, '')))
  if (!found) return no('no_such_workspace', { name: text })
  const { id, name } = session.person()
  const done = await workspaces.share({ id, name }, found.id, reach)
  if (!done.ok) return { refusal: done.refusal }
  const { info, left } = done.value
  return reply(
    session.words('workspace.is_shared', {
      name: info.name,
      reach,
      left: told(session, left),
      told: info.shared?.told === false ? 'no' : 'yes',
    }),
  )
}

async function unshare(parts: Parts, text: string): Promise<Reply> {
  const found = await named(parts, text)
  if (!found) return no('no_such_workspace', { name: text })
  const done = await parts.workspaces.unshare(parts.session.person().id, found.id)
  return done.ok
    ? reply(parts.session.words('workspace.not_shared', { name: found.name }))
    : { refusal: done.refusal }
}

async function shared({ workspaces, session }: Parts): Promise<Reply> {
  const { shares, silent } = await workspaces.shared({})
  const lines = shares.map(({ name, by, projects }) =>
    session.words('workspace.shared_line', {
      name,
      by: by.name,
      projects: projects.length,
      tests: projects.reduce((sum, project) => sum + project.tests, 0),
    }),
  )
  return reply(
    [
      session.words(lines.length === 0 ? 'workspace.shared_none' : 'workspace.shared_head'),
      ...lines.map((each) => `  ${each}`),
      ...(silent.length === 0 ? [] : [session.words('library.silent', { count: silent.length })]),
    ].join('\n'),
  )
}

async function clone({ workspaces, session }: Parts, wanted: string): Promise<Reply> {
  const { id, name } = session.person()
  const done = await workspaces.clone({ id, name }, wanted)
  if (!done.ok) return { refusal: done.refusal }
  const { info, adapted } = done.value
  return reply(
    session.words('workspace.cloned', {
      name: info.name,
      projects: info.projects.length,
      adapted: told(session, adapted),
    }),
  )
}

const told = (session: SessionContext, all: readonly Adapted[]): string =>
  all.length === 0 ? 'none' : all.map((one) => session.words(`workspace.adapted.${one.what}`, one)).join('; ')

async function run(parts: Parts, text: string): Promise<Reply> {
  const { session } = parts
  const { agents } = session.services
  const [, wanted, into] = IN.exec(text) ?? []
  if (!agents || wanted === undefined || into === undefined) return usage(session)
  const found = await named(parts, into)
  if (!found) return no('no_such_workspace', { name: into })
  const project = found.projects.find((each) => normalise(each.name) === normalise(wanted))
  if (!project) return no('no_such_project', { name: wanted })
  const me = session.person().id
  const known = (await agents.list(me)).find(({ projectId }) => projectId === project.id)
  const made = known ?? (await agents.create(me, { projectId: project.id, name: project.name }))
  if ('ok' in made && !made.ok) return { refusal: made.refusal }
  const started = await agents.start(me, 'ok' in made ? made.value.id : made.id)
  return started.ok
    ? reply(session.words('workspace.runs', { name: started.value.name }), 'agent')
    : { refusal: started.refusal }
}
