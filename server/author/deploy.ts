/** Brings a project to a node: what differs is uploaded, what is gone is deleted, and its agent is made and started. */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import * as api from '../protocol/api.ts'
import type { Hub } from './hub.ts'
import { AuthorProblem } from './problem.ts'
import { isSource, KEPT_DIR, type Project } from './project.ts'

export type Deployed = {
  readonly agent: api.Agent
  readonly uploaded: readonly string[]
  readonly deleted: readonly string[]
  readonly isNew: boolean
}

const where = z.object({ hub: z.string(), agent: z.string(), name: z.string() })
export type Where = z.output<typeof where>
const noteOf = (dir: string): string => join(dir, KEPT_DIR, 'deployed.json')

/** Where the project in `dir` was deployed last. */
export async function lastDeployed(dir: string): Promise<Where | undefined> {
  const text = await readFile(noteOf(dir), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return where.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

export async function deploy(hub: Hub, project: Project): Promise<Deployed> {
  const { project: there, isNew } = await projectThere(hub, project.name)
  const changes = await upload(hub, there, project)
  const agent = await agentThere(hub, there, project.name)
  const isSame = changes.uploaded.length === 0 && changes.deleted.length === 0
  const isGoing = agent.status === 'running' || agent.status === 'resting'
  // One that runs these very files is left in peace.
  const started = isSame && isGoing ? agent : await hub.send('POST', `/api/v1/agents/${agent.id}/start`, api.Agent)
  const note: Where = { hub: hub.url, agent: started.id, name: started.name }
  await mkdir(dirname(noteOf(project.dir)), { recursive: true, mode: 0o700 })
  await writeFile(noteOf(project.dir), `${JSON.stringify(note)}\n`)
  return { agent: started, isNew, ...changes }
}

/** Brings files to a project of that name on a node, tests and all, and starts nothing. */
export async function bringProject(
  hub: Hub,
  { name, files }: { readonly name: string; readonly files: Project['sources'] },
): Promise<api.Project> {
  const { project } = await projectThere(hub, name)
  await upload(hub, project, { sources: files })
  return project
}

async function projectThere(hub: Hub, name: string): Promise<{ project: api.Project; isNew: boolean }> {
  const { projects } = await hub.get('/api/v1/projects', api.ProjectList)
  const project = projects.find((each) => each.name === name)
  if (project) return { project, isNew: false }
  return {
    project: await hub.send('POST', '/api/v1/projects', api.Project, { name, template: 'empty' }),
    isNew: true,
  }
}

const pathOf = (id: string, file: string): string =>
  `/api/v1/projects/${id}/files/${file.split('/').map(encodeURIComponent).join('/')}`

/** Deletes first, so that a project at its limit has room. */
async function upload(hub: Hub, there: api.Project, { sources }: Pick<Project, 'sources'>) {
  const deleted = there.files
    .map(({ path }) => path)
    .filter((path) => isSource(path) && !Object.hasOwn(sources, path))
  for (const path of deleted) await hub.send('DELETE', pathOf(there.id, path), api.Project)
  const uploaded: string[] = []
  for (const [path, text] of Object.entries(sources)) {
    const known = there.files.find((each) => each.path === path)
    if (known?.bytes === Buffer.byteLength(text)) {
      const same = await hub.get(pathOf(there.id, path), api.FileAnswer)
      if (same.text === text) continue
    }
    await hub.send('PUT', pathOf(there.id, path), api.Project, { text })
    uploaded.push(path)
  }
  return { uploaded, deleted }
}

async function agentThere(hub: Hub, { id }: api.Project, name: string): Promise<api.Agent> {
  const { agents } = await hub.get('/api/v1/agents', api.AgentList)
  const mine = agents.find((agent) => agent.projectId === id)
  return mine ?? hub.send('POST', '/api/v1/agents', api.Agent, { projectId: id, name })
}

/** The author's agent of that name or id there. */
export async function findAgent(hub: Hub, wanted: string): Promise<api.Agent> {
  const { agents } = await hub.get('/api/v1/agents', api.AgentList)
  const found = agents.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted.toLowerCase())
  if (found) return found
  const names = agents.map(({ name }) => name).join(', ')
  throw new AuthorProblem(
    'no_such_agent',
    `${hub.player.name} has no agent called ${wanted} at ${hub.url}${names === '' ? '' : `; there are ${names}`}.`,
  )
}
