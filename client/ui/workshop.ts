/** A person's projects and agents as the panes see them: loaded from the node, kept in step by live changes. */
import type { Agent, CheckReport, Lesson, LessonDetail, Project } from '../../server/protocol/api.ts'
import type { Diagnostic } from '../../server/protocol/diagnostics.ts'
import { t } from '../i18n.ts'
import type { PaneContext } from './panes.ts'

export type LogEntry = {
  readonly id: number
  readonly tick: number
  readonly level: 'log' | 'warn' | 'error' | 'system'
  readonly text: string
}
/** `gone`: it was deleted. */
export type AgentChange = { readonly agent: Agent; readonly log?: readonly LogEntry[]; readonly gone?: boolean }

export type Workshop = {
  /** One's projects; the keeper's lantern is made on the first visit. */
  projects(): Promise<readonly Project[]>
  createProject(name: string, template?: string): Promise<Project>
  read(project: string, path: string): Promise<string>
  write(project: string, path: string, text: string): Promise<Project>
  remove(project: string, path: string): Promise<Project>
  /** The whole project. */
  discardProject(project: string): Promise<Project>
  check(project: string): Promise<readonly Diagnostic[]>
  agents(): Promise<readonly Agent[]>
  /** Runs the project's program: in its agent, or in a new one. */
  run(project: Project): Promise<Agent>
  start(agent: string): Promise<Agent>
  stop(agent: string): Promise<Agent>
  discard(agent: string): Promise<void>
  log(agent: string, after: number): Promise<readonly LogEntry[]>
  /** Asks how the agents are, and tells the panes. */
  refresh(): Promise<void>
  lessons(): Promise<readonly Lesson[]>
  lesson(slug: string): Promise<LessonDetail>
  checkLesson(slug: string, project: string | undefined): Promise<CheckReport>
  onAgent(listener: (change: AgentChange) => void): () => void
  /** Files were saved outside of the page: in the author's own editor, beside a local node. */
  onFiles(listener: (project: string, paths: readonly string[]) => void): () => void
  /** Hears each verdict, whichever pane asked for it. */
  onReport(listener: (slug: string, report: CheckReport) => void): () => void
}

const FIRST_TEMPLATE = 'first-lamp'
const filePath = (project: string, path: string) =>
  `/api/v1/projects/${encodeURIComponent(project)}/files/${path.split('/').map(encodeURIComponent).join('/')}`
const agentPath = (agent: string, action = '') => `/api/v1/agents/${encodeURIComponent(agent)}${action}`
const lessonPath = (slug: string, action = '') => `/api/v1/lessons/${encodeURIComponent(slug)}${action}`

const workshops = new WeakMap<PaneContext, Workshop>()

/** One workshop for all panes of a page. */
export function workshopOf(context: PaneContext): Workshop {
  let workshop = workshops.get(context)
  if (!workshop) workshops.set(context, (workshop = createWorkshop(context)))
  return workshop
}

export function createWorkshop({ api, onOutput }: Pick<PaneContext, 'api' | 'onOutput'>): Workshop {
  const listeners = new Set<(change: AgentChange) => void>()
  const fileListeners = new Set<(project: string, paths: readonly string[]) => void>()
  const reportListeners = new Set<(slug: string, report: CheckReport) => void>()
  let first: Promise<readonly Project[]> | undefined
  const tell = (change: AgentChange): void => {
    for (const listen of listeners) listen(change)
  }
  onOutput(({ kind, data }) => {
    const files = kind === 'agent' ? (data as { project?: unknown; paths?: unknown } | undefined) : undefined
    if (typeof files?.project === 'string' && Array.isArray(files.paths))
      for (const listen of fileListeners) listen(files.project, files.paths.map(String))
    if (
      kind === 'agent' &&
      typeof data === 'object' &&
      data !== null &&
      'agent' in data &&
      typeof data.agent === 'object'
    )
      tell(data as unknown as AgentChange)
  })
  const told = (agent: Agent): Agent => {
    tell({ agent })
    return agent
  }
  const list = async () => (await api.get<{ projects: readonly Project[] }>('/api/v1/projects')).projects
  const create = (name: string, template?: string) =>
    api.post<Project>('/api/v1/projects', template === undefined ? { name } : { name, template })
  const agents = async () => (await api.get<{ agents: readonly Agent[] }>('/api/v1/agents')).agents
  const freeName = (taken: readonly Agent[]): string => {
    const base = t('panels.agent.name')
    const names = new Set(taken.map((agent) => agent.name))
    for (let i = 1; ; i++) if (!names.has(i === 1 ? base : `${base}-${i}`)) return i === 1 ? base : `${base}-${i}`
  }

  async function firstProjects(): Promise<readonly Project[]> {
    const found = await list()
    return found.length > 0 ? found : [await create(t('panels.project.first'), FIRST_TEMPLATE)]
  }

  return {
    async projects() {
      if (first) await first.catch(() => undefined)
      first = firstProjects()
      return first
    },
    createProject: create,
    read: async (project, path) => (await api.get<{ text: string }>(filePath(project, path))).text,
    write: (project, path, text) => api.put<Project>(filePath(project, path), { text }),
    remove: (project, path) => api.remove<Project>(filePath(project, path)),
    discardProject: (project) => api.remove<Project>(`/api/v1/projects/${encodeURIComponent(project)}`),
    check: async (project) =>
      (
        await api.post<{ diagnostics: readonly Diagnostic[] }>(
          `/api/v1/projects/${encodeURIComponent(project)}/check`,
        )
      ).diagnostics,
    agents,
    async run(project) {
      const all = await agents()
      const agent =
        all.find((one) => one.projectId === project.id) ??
        (await api.post<Agent>('/api/v1/agents', { projectId: project.id, name: freeName(all) }))
      return told(await api.post<Agent>(agentPath(agent.id, '/start')))
    },
    start: async (agent) => told(await api.post<Agent>(agentPath(agent, '/start'))),
    stop: async (agent) => told(await api.post<Agent>(agentPath(agent, '/stop'))),
    discard: async (agent) => tell({ agent: await api.remove<Agent>(agentPath(agent)), gone: true }),
    log: async (agent, after) =>
      (await api.get<{ entries: readonly LogEntry[] }>(`${agentPath(agent, '/log')}?after=${after}`)).entries,
    async refresh() {
      for (const agent of await agents()) tell({ agent })
    },
    lessons: async () => (await api.get<{ lessons: readonly Lesson[] }>('/api/v1/lessons')).lessons,
    lesson: (slug) => api.get<LessonDetail>(lessonPath(slug)),
    async checkLesson(slug, project) {
      const report = await api.post<CheckReport>(
        lessonPath(slug, '/check'),
        project === undefined ? {} : { projectId: project },
      )
      for (const listen of reportListeners) listen(slug, report)
      return report
    },
    onFiles(listener) {
      fileListeners.add(listener)
      return () => fileListeners.delete(listener)
    },
    onReport(listener) {
      reportListeners.add(listener)
      return () => reportListeners.delete(listener)
    },
    onAgent(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
