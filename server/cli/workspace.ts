/** `academy workspace …`: projects kept together on a node, shared, cloned, and laid out in folders. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { bringProject } from '../author/deploy.ts'
import type { Hub } from '../author/hub.ts'
import { AuthorProblem } from '../author/problem.ts'
import { layOut, readFolder } from '../author/workspace-dir.ts'
import { Agent } from '../protocol/api.ts'
import * as api from '../protocol/library-api.ts'
import { type HubOptions, hubOf } from './hub.ts'
import { row, say, words } from './print.ts'

async function named(hub: Hub, wanted: string): Promise<api.Workspace> {
  const { workspaces } = await hub.get('/api/v1/workspaces', api.WorkspaceList)
  const found = workspaces.find(({ id, name }) => id === wanted || name.toLowerCase() === wanted.toLowerCase())
  if (found) return found
  throw new AuthorProblem(
    'no_such_workspace',
    `${hub.player.name} has no workspace called ${wanted} at ${hub.url}. Make one: academy workspace new ${JSON.stringify(wanted)}`,
  )
}

const show = ({ name, id, projects, shared }: api.Workspace): void =>
  row(name, `${projects.length} projects`, shared ? `shared: ${shared.reach}` : 'not shared', id)

export function addWorkspaceCommands(program: Command): void {
  const workspace = program.command('workspace').description('projects kept together, shared and cloned')
  const command = (name: string, description: string) =>
    workspace
      .command(name)
      .description(description)
      .option('--hub <url>', 'the node to ask; ACADEMY_HUB, or the one on this machine, without it')
      .option('--as <name>', 'sign in as this person')

  command('list', 'your workspaces').action(async (options: HubOptions) => {
    const { workspaces } = await (await hubOf(options)).get('/api/v1/workspaces', api.WorkspaceList)
    for (const each of workspaces) show(each)
    if (workspaces.length === 0) words('You have no workspaces yet.')
  })
  command('new', 'a new workspace')
    .argument('<name>')
    .action(async (name: string, options: HubOptions) =>
      show(await (await hubOf(options)).send('POST', '/api/v1/workspaces', api.Workspace, { name })),
    )
  command('put', 'bring the project in a folder, its tests too, into a workspace')
    .argument('<workspace>', 'its name or id')
    .argument('[dir]', 'this folder without it', '.')
    .action(async (wanted: string, dir: string, options: HubOptions) => {
      const folder = await readFolder(dir)
      const hub = await hubOf(options)
      const into = await named(hub, wanted)
      const project = await bringProject(hub, folder)
      const path = `/api/v1/workspaces/${into.id}/projects/${project.id}`
      show(await hub.send('PUT', path, api.Workspace, folder.environment))
    })
  command('share', 'share a workspace as it is now; secret settings stay here')
    .argument('<workspace>', 'its name or id')
    .option('--world', 'with everybody in the network, and not the local network alone')
    .action(async (wanted: string, options: HubOptions & { world?: boolean }) => {
      const hub = await hubOf(options)
      const { id } = await named(hub, wanted)
      const { workspace: shared, left } = await hub.send('POST', `/api/v1/workspaces/${id}/share`, api.Shared, {
        reach: options.world ? 'world' : 'lan',
      })
      for (const { project, from } of left) row(`left out: the setting ${from} of ${project}`)
      show(shared)
    })
  command('unshare', 'share it no more')
    .argument('<workspace>', 'its name or id')
    .action(async (wanted: string, options: HubOptions) => {
      const hub = await hubOf(options)
      const { id } = await named(hub, wanted)
      show(await hub.send('POST', `/api/v1/workspaces/${id}/unshare`, api.Workspace))
    })
  command('shared', 'what is shared around').action(async (options: HubOptions) => {
    const { shares, silent } = await (await hubOf(options)).get('/api/v1/shared-workspaces', api.SharedWorkspaces)
    for (const { name, by, reach, projects, id } of shares)
      row(name, `by ${by.name}`, `${projects.length} projects`, reach, id)
    if (shares.length === 0) words('Nobody in reach shares a workspace now.')
    if (silent.length > 0) say(`${silent.length} nodes did not answer.`)
  })
  command('clone', 'make a shared workspace your own')
    .argument('<workspace>', 'its name or id')
    .option('--dir <dir>', 'lay it out in this folder too')
    .action(async (wanted: string, options: HubOptions & { dir?: string }) => {
      const hub = await hubOf(options)
      const path = `/api/v1/shared-workspaces/${encodeURIComponent(wanted)}/clone`
      const { workspace: made, adapted } = await hub.send('POST', path, api.Cloned)
      for (const { project, what, from, to } of adapted) row(`${project}: ${what} ${from} -> ${to}`)
      show(made)
      if (options.dir !== undefined) await checkout(hub, made.id, options.dir)
    })
  command('checkout', 'lay a workspace of yours out in a folder')
    .argument('<workspace>', 'its name or id')
    .argument('<dir>')
    .action(async (wanted: string, dir: string, options: HubOptions) => {
      const hub = await hubOf(options)
      await checkout(hub, (await named(hub, wanted)).id, dir)
    })
  command('run', 'start the agent of a project in a workspace')
    .argument('<workspace>', 'its name or id')
    .argument('<project>', 'its name or id')
    .action(async (wanted: string, project: string, options: HubOptions) => {
      const hub = await hubOf(options)
      const { id, name, projects } = await named(hub, wanted)
      const found = projects.find((each) => each.id === project || each.name.toLowerCase() === project.toLowerCase())
      if (!found) throw new AuthorProblem('no_such_project', `There is no project ${project} in ${name}.`)
      const agent = await hub.send('POST', `/api/v1/workspaces/${id}/projects/${found.id}/run`, Agent)
      row(`${agent.name}: ${agent.status}`)
    })
}

async function checkout(hub: Hub, id: string, dir: string): Promise<void> {
  const content = await hub.get(`/api/v1/workspaces/${id}/content`, api.WorkspaceContent)
  for (const folder of await layOut(dir, content)) words(resolve(folder))
}
