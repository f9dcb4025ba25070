/** The entity library from the prompt: looked through, shown, installed and taken out again. */
import { normalise } from '../../commands/index.ts'
import type { ItemSummary, Library } from '../../library/types.ts'
import { LIBRARY_LINES } from '../../limits.ts'
import type { ProjectId } from '../../protocol/ids.ts'
import { no, type Reply, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'
import { subcommand } from '../subcommand.ts'

const ACTS = {
  list: ['list', 'список', 'все'],
  search: ['search', 'find', 'искать', 'найти'],
  show: ['show', 'look', 'показать', 'что'],
  install: ['install', 'add', 'установить', 'поставить'],
  remove: ['remove', 'uninstall', 'убрать', 'снять'],
  installed: ['installed', 'установленные', 'поставленные'],
} as const
/** `bell in mill`, `bell to harbor dock`, `bell from mill` */
const WHERE = /^(\S+)\s+(?:in|into|to|from|at|в|во|к|из|от)\s+(.+)$/iu
const REF = /^(?:([0-9a-f]{4,64})\/)?([a-z][a-z0-9-]*)(?:@([0-9][\w.-]*))?$/i

type Parts = { readonly library: Library; readonly session: SessionContext }

export const library: SessionVerb = {
  name: 'library',
  verbs: { en: ['library'], ru: ['библиотека'] },
  async run(args, session) {
    const { library: shelf } = session.services
    if (!shelf) return no('not_here')
    const parts = { library: shelf, session }
    const act = subcommand(args, ACTS)
    if (!act || act[0] === 'list' || act[0] === 'search') return list(parts, (act?.[1] ?? args).trim())
    const [name, rest] = [act[0], act[1].trim()]
    if (name === 'installed') return installed(parts)
    if (rest === '') return usage(session)
    return { show, install, remove }[name](parts, rest)
  },
}

const usage = (session: SessionContext): Reply =>
  no('bad_arguments', { usage: session.words('help.library').split('\n')[0]! })

const refOf = (text: string) => {
  const match = REF.exec(text.trim())
  return match && { name: match[2]!, ...(match[1] && { owner: match[1] }), ...(match[3] && { version: match[3] }) }
}

async function list({ library: shelf, session }: Parts, q: string): Promise<Reply> {
  const { items, next, silent } = await shelf.list({ limit: LIBRARY_LINES, ...(q && { q }) })
  const locale = session.locale()
  const line = ({ name, version, title, kind, yanked }: ItemSummary) =>
    `  ${session.words('library.line', { name, version, kind, title: title[locale], yanked: yanked ? 'yes' : 'no' })}`
  const lines = [
    ...(items.length === 0 ? [session.words('library.none')] : [session.words('library.head'), ...items.map(line)]),
    ...(next === undefined ? [] : [session.words('library.more')]),
    ...(silent.length === 0 ? [] : [session.words('library.silent', { count: silent.length })]),
  ]
  return reply(lines.join('\n'), 'system', { items: items.map(({ name }) => name) })
}

async function show({ library: shelf, session }: Parts, text: string): Promise<Reply> {
  const ref = refOf(text)
  if (!ref) return no('no_such_item', { name: text.slice(0, 60) })
  const found = await shelf.show(ref)
  if (!found.ok) return { refusal: found.refusal }
  const locale = session.locale()
  const { name, title, summary, owner, publisher } = found.value[0]!.item
  const head = session.words('library.shown', {
    name,
    title: title[locale],
    summary: summary[locale],
    owner: owner.slice(0, 12),
    by: publisher.name,
  })
  const lines = found.value.slice(0, LIBRARY_LINES).map(({ item, yank, state }) =>
    session.words('library.version', {
      version: item.version,
      date: new Date(item.atMs).toISOString().slice(0, 10),
      yanked: yank?.yanked ? 'yes' : 'no',
      why: yank?.why || 'none',
      state: state ?? 'none',
    }),
  )
  return reply([head, ...lines.map((each) => `  ${each}`)].join('\n'))
}

/** A project of that name, one's own. */
async function projectNamed({ session }: Parts, name: string): Promise<{ id: ProjectId; name: string } | undefined> {
  const all = (await session.services.projects?.list(session.person().id)) ?? []
  return all.find((project) => normalise(project.name) === normalise(name))
}

async function install(parts: Parts, text: string): Promise<Reply> {
  const { library: shelf, session } = parts
  const [, item, where] = WHERE.exec(text) ?? []
  const ref = item === undefined ? undefined : refOf(item)
  if (!ref || where === undefined) return usage(session)
  const project = await projectNamed(parts, where)
  if (project) {
    const done = await shelf.projects.install(session.person().id, ref, project.id)
    if (!done.ok) return { refusal: done.refusal }
    const { version } = done.value[ref.name]!
    return reply(session.words('library.installed_project', { name: ref.name, version, project: project.name }))
  }
  if (!session.person().roles.includes('admin')) return no('no_such_project', { name: where })
  const [zone, place] = where.split(/[\s:]+/)
  const { id, name: by } = session.person()
  const done = await shelf.world.install({ id, name: by }, ref, { zone: zone!, ...(place && { place }) })
  if (!done.ok) return { refusal: done.refusal }
  const { name, version, place: at } = done.value
  return reply(session.words('library.installed_world', { name, version, zone: zone!, place: at ?? 'none' }))
}

async function remove(parts: Parts, text: string): Promise<Reply> {
  const { library: shelf, session } = parts
  const [, name, where] = WHERE.exec(text) ?? []
  if (name === undefined || where === undefined) return usage(session)
  const project = await projectNamed(parts, where)
  if (!project && !session.person().roles.includes('admin')) return no('no_such_project', { name: where })
  const done = project
    ? await shelf.projects.remove(session.person().id, name, project.id)
    : await shelf.world.remove(where, name)
  return done.ok ? reply(session.words('library.removed', { name, where })) : { refusal: done.refusal }
}

function installed({ library: shelf, session }: Parts): Reply {
  const items = shelf.world.list()
  if (items.length === 0) return reply(session.words('library.world_none'))
  const lines = items.map(({ name, version, zone, place, problems }) =>
    session.words('library.world_line', {
      name,
      version,
      zone,
      place: place ?? 'none',
      fits: problems ? 'no' : 'yes',
    }),
  )
  return reply([session.words('library.world_head'), ...lines.map((each) => `  ${each}`)].join('\n'))
}
