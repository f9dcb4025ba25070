/** `academy agent deploy`, `log`, `stop`, `migrate`, `return`, `logout`: the project's agent in a shared world. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Command } from 'commander'
import type { Hub } from '../author/hub.ts'
import { AUTHOR_FOLLOW_INTERVAL_MS } from '../limits.ts'
import type { Agent } from '../protocol/api.ts'
import type { HubOptions } from './hub.ts'
import { json, jsonLine, say, words } from './print.ts'

export function addDeployCommands(agent: Command): void {
  const onHub = (name: string, description: string) =>
    agent
      .command(name)
      .description(description)
      .option('--hub <url>', 'the node; else where it was deployed last, or the sandbox that runs here')
      .option('--as <name>', 'sign in as this person; else as before, or as a new guest')
  onHub('deploy', 'bring the project to a node and start its agent there')
    .argument('[dir]', 'the project', '.')
    .option('--json', 'for programs')
    .action(bring)
  onHub('log', 'what the agent has logged')
    .argument('[agent]', 'its name or id')
    .option('--dir <dir>', 'the project', '.')
    .option('--follow', 'go on until interrupted')
    .option('--json', 'a line of JSON for each entry')
    .action(showLog)
  onHub('stop', 'stop the agent there')
    .argument('[agent]', 'its name or id')
    .option('--dir <dir>', 'the project', '.')
    .action(stop)
  onHub('migrate', 'take the agent to another node; it goes on there in the middle of what it is at')
    .argument('<node>', 'its name or id')
    .argument('[agent]', 'its name or id')
    .option('--dir <dir>', 'the project', '.')
    .action((node: string, wanted: string | undefined, options: HubOptions) => migrate(node, wanted, options))
  onHub('return', 'call the agent home from the node it is at')
    .argument('[agent]', 'its name or id')
    .option('--dir <dir>', 'the project', '.')
    .action((wanted: string | undefined, options: HubOptions) => migrate('home', wanted, options))
  agent
    .command('logout')
    .description('forget who you are on a node; a guest never comes back')
    .requiredOption('--hub <url>', 'the node')
    .action(logout)
}

async function bring(dir: string, options: HubOptions & { json?: boolean }): Promise<void> {
  const [{ deploy, lastDeployed }, { readProject }, { checkProject, diagnosticLine }, { hubAt }, { AuthorProblem }] =
    await Promise.all([
      import('../author/deploy.ts'),
      import('../author/project.ts'),
      import('../author/check.ts'),
      import('./hub.ts'),
      import('../author/problem.ts'),
    ])
  const project = await readProject(dir)
  const { compile } = await import('../sandbox/compile.ts')
  if (!compile(project.sources).ok) {
    const { diagnostics } = await checkProject(project)
    throw new AuthorProblem('does_not_compile', diagnostics.map(diagnosticLine).join('\n'))
  }
  const url = options.hub ?? process.env.ACADEMY_HUB ?? (await lastDeployed(project.dir))?.hub
  if (!url) throw new AuthorProblem('no_hub', 'Which node? Name it with --hub URL.')
  const hub = await hubAt(url, options.as)
  const { agent, uploaded, deleted, isNew } = await deploy(hub, project)
  if (options.json) return json({ hub: hub.url, player: hub.player, agent, uploaded, deleted, isNew })
  for (const path of uploaded) words(`uploaded ${path}`)
  for (const path of deleted) words(`deleted ${path}`)
  words(`${statusLine(agent)}, as ${hub.player.name} at ${hub.url}`)
}

const statusLine = ({ name, id, status, place, error }: Agent): string =>
  `${name} (${id}) ${status}${place ? ` in ${place}` : ''}${error ? `: ${error.file ?? 'main.ts'}:${error.line ?? 1}:${error.column ?? 1} ${error.name}: ${error.message}` : ''}`

async function meant(wanted: string | undefined, options: HubOptions): Promise<{ hub: Hub; agent: Agent }> {
  const [{ hubMeant }, { findAgent }] = await Promise.all([import('./hub.ts'), import('../author/deploy.ts')])
  const { hub, agent } = await hubMeant(wanted, options)
  return { hub, agent: await findAgent(hub, agent) }
}

async function showLog(
  wanted: string | undefined,
  options: HubOptions & { follow?: boolean; json?: boolean },
): Promise<void> {
  const { AgentLog } = await import('../protocol/api.ts')
  const { hub, agent } = await meant(wanted, options)
  for (let after = 0; ; ) {
    const { entries, next } = await hub.get(`/api/v1/agents/${agent.id}/log?after=${after}`, AgentLog)
    for (const { id, tick, level, text } of entries)
      if (options.json) jsonLine({ id, tick, level, text })
      else words(`${tick} ${level === 'log' ? '' : `${level}: `}${text}`)
    if (next > after) after = next
    else if (!options.follow)
      return after === 0 && !options.json ? say(`${agent.name} has logged nothing yet.`) : undefined
    else await pause(AUTHOR_FOLLOW_INTERVAL_MS)
  }
}

async function stop(wanted: string | undefined, options: HubOptions): Promise<void> {
  const api = await import('../protocol/api.ts')
  const { hub, agent } = await meant(wanted, options)
  words(statusLine(await hub.send('POST', `/api/v1/agents/${agent.id}/stop`, api.Agent)))
}

async function migrate(node: string, wanted: string | undefined, options: HubOptions): Promise<void> {
  const api = await import('../protocol/api.ts')
  const { hub, agent } = await meant(wanted, options)
  const moved = await hub.send('POST', `/api/v1/agents/${agent.id}/migrate`, api.Agent, { node })
  words(`${statusLine(moved)}, at ${moved.node}, epoch ${moved.epoch}`)
}

async function logout({ hub: given }: { hub: string }): Promise<void> {
  const [{ createCredentials }, { ask, originOf }, { z }] = await Promise.all([
    import('../author/credentials.ts'),
    import('../author/hub.ts'),
    import('zod'),
  ])
  const credentials = createCredentials()
  const url = originOf(given)
  const known = await credentials.read(url)
  if (!known) return words(`Nobody is signed in at ${url}.`)
  // Here they are forgotten in any case; there the session ends if the node can be reached.
  await ask(url, 'POST', '/auth/logout', z.unknown(), { body: { refresh_token: known.refreshToken } }).catch(() => {})
  await credentials.forget(url)
  words(`${known.player.name} is signed out at ${url}.`)
}
