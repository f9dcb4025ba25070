/** A node that belongs to one author: they are in at once, the folder is a project of theirs, and its agent runs and follows each save. */
import { join } from 'node:path'
import type { Accounts } from '../accounts/types.ts'
import type { AgentInfo, Agents, OutsideChange, ProjectInfo, Projects } from '../agents/types.ts'
import type { AgentId, Locale, PlayerId, ProjectId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import { message } from '../protocol/text/index.ts'
import { errorSentence } from '../protocol/text/program.ts'
import { compile } from '../sandbox/compile.ts'
import { diagnosticLine } from './check.ts'
import { ownerOf } from './owner.ts'
import { AuthorProblem } from './problem.ts'
import { KEPT_DIR, readManifest } from './project.ts'
import { createSync, type Side } from './sync.ts'
import { watchFolders } from './watch.ts'

export type WorkshopParts = { readonly accounts: Accounts; readonly projects: Projects; readonly agents: Agents }
export type Workshop = {
  /** The same parts, with the author let in and the folder kept in step. */
  readonly accounts: Accounts
  readonly projects: Projects
  /** Runs the agent and follows the folder; once the node can be reached. */
  open(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
export type WorkshopOptions = {
  readonly dir: string
  readonly locale: Locale
  /** A line for the author's terminal. */
  readonly print: (line: string) => void
}

export async function createWorkshop(
  { accounts, projects, agents }: WorkshopParts,
  { dir, locale, print }: WorkshopOptions,
): Promise<Workshop> {
  const { name } = await readManifest(dir)
  const owner = await ownerOf(accounts, join(dir, KEPT_DIR, 'owner.json'), locale)
  const me = owner.person.id
  const project = await projectOf(projects, me, name)
  const listeners = new Set<(change: OutsideChange) => void>()
  const sync = createSync({
    dir,
    node: sideOf(projects, me, project.id),
    changed(paths) {
      for (const listener of listeners) listener({ owner: me, project: project.id, name, paths })
      void reload(paths)
    },
    complain: print,
  })
  let stop = (): void => {}
  let agent: AgentId | undefined
  let isOpen = false

  async function start(why: string): Promise<void> {
    const sources = await projects.sources(me, project.id)
    const compiled = compile(sources.ok ? sources.value : {})
    if (!compiled.ok) {
      for (const diagnostic of compiled.diagnostics) print(diagnosticLine(diagnostic))
      return
    }
    const started = await agents.start(me, agent!)
    print(started.ok ? `${name}: ${why}` : `${name}: ${sentence(started.refusal)}`)
  }

  async function reload(paths: readonly string[]): Promise<void> {
    if (!isOpen) return
    if (paths.some((path) => !path.endsWith('.md')))
      await start(`reloaded with its memory kept (${paths.join(', ')})`)
  }

  /** One that was going when the node was stopped goes on where it was, if its program is still this one. */
  async function begin(): Promise<void> {
    const mine = await agentOf(agents, me, project.id, name)
    agent = mine.id
    const isGoing = mine.status === 'running' || mine.status === 'resting'
    if (isGoing && (await runs(mine.id))) print(`${name}: goes on where it was`)
    else await start('runs')
  }

  async function runs(id: AgentId): Promise<boolean> {
    const [running, sources] = await Promise.all([
      agents.replay(me, id, Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
      projects.sources(me, project.id),
    ])
    if (!running.ok || !sources.ok) return false
    const compiled = compile(sources.value)
    return compiled.ok && compiled.program.hash === running.value.program.hash
  }

  return {
    accounts: { ...accounts, guest: owner.guest },
    projects: {
      ...watched(
        projects,
        (id, job) => (id === project.id ? sync.between(job) : job()),
        (id, path) => {
          if (id === project.id) void sync.toDisk(path)
        },
      ),
      onOutside(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    async open() {
      await sync.fromDisk()
      const unlisten = agents.onChange((_, change) => {
        if (change.agent.id === agent) tell(print, change)
      })
      await begin()
      isOpen = true
      const watch = await watchFolders(dir, () => void sync.fromDisk().catch(() => {}))
      stop = () => {
        unlisten()
        watch.stop()
      }
      // What was saved before anybody watched.
      await sync.fromDisk()
    },
    async [Symbol.asyncDispose]() {
      isOpen = false
      stop()
      await sync.settled()
    },
  }
}

const sentence = ({ code, params }: Refusal): string =>
  message('en', `refusal.${code}`, params as Record<string, string>)

async function projectOf(projects: Projects, me: PlayerId, name: string): Promise<ProjectInfo> {
  const found = (await projects.list(me)).find((each) => each.name === name)
  if (found) return found
  const made = await projects.create(me, { name, template: 'empty' })
  if (made.ok) return made.value
  throw new AuthorProblem('no_project', `The project ${name} could not be made: ${sentence(made.refusal)}`)
}

async function agentOf(agents: Agents, me: PlayerId, projectId: ProjectId, name: string): Promise<AgentInfo> {
  const found = (await agents.list(me)).find((each) => each.projectId === projectId)
  if (found) return found
  const made = await agents.create(me, { projectId, name })
  if (made.ok) return made.value
  throw new AuthorProblem('no_agent', `The agent ${name} could not be made: ${sentence(made.refusal)}`)
}

const sideOf = (projects: Projects, me: PlayerId, id: ProjectId): Side => ({
  async read() {
    const sources = await projects.sources(me, id)
    return sources.ok ? sources.value : {}
  },
  async write(path, text) {
    const written = await projects.write(me, id, path, text)
    return written.ok ? undefined : sentence(written.refusal)
  },
  async remove(path) {
    const removed = await projects.remove(me, id, path)
    return removed.ok ? undefined : sentence(removed.refusal)
  },
})

type Between = <T>(id: ProjectId, job: () => Promise<T>) => Promise<T>

/** Tells of each write and delete that went through; none falls into the middle of what is done with the folder. */
const watched = (projects: Projects, between: Between, touched: (id: ProjectId, path: string) => void): Projects => ({
  ...projects,
  async write(owner, id, path, text) {
    const written = await between(id, () => projects.write(owner, id, path, text))
    if (written.ok) touched(id, path)
    return written
  },
  async replace(owner, id, change) {
    const replaced = await between(id, () => projects.replace(owner, id, change))
    if (replaced.ok) for (const path of [...change.remove, ...Object.keys(change.put)]) touched(id, path)
    return replaced
  },
  async remove(owner, id, path) {
    const removed = await between(id, () => projects.remove(owner, id, path))
    if (removed.ok) touched(id, path)
    return removed
  },
})

type Change = Parameters<Parameters<Agents['onChange']>[0]>[1]

/** What the agent logs, and how it ended, with the author's own file and line. */
function tell(print: (line: string) => void, { agent, log = [] }: Change): void {
  for (const { tick, level, text } of log)
    print(`${agent.name} ${tick} ${level === 'log' ? '' : `${level}: `}${text}`)
  const error = agent.error ?? agent.rolledBack
  if (!error || log.length === 0) return
  const { file = 'main.ts', line = 1, column = 1 } = error
  print(`${file}:${line}:${column} error: ${errorSentence('en', error)}`)
}
