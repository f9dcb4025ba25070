/** Which node a command means: the one that is named, the one the project was deployed to, or the sandbox that runs on it now. */
import { join, resolve } from 'node:path'
import type { Credentials } from '../author/credentials.ts'
import { lastDeployed, type Where } from '../author/deploy.ts'
import { type Hub, openHub, originOf } from '../author/hub.ts'
import { AuthorProblem } from '../author/problem.ts'
import { KEPT_DIR, readManifest } from '../author/project.ts'
import { askControl } from '../ops/control.ts'
import { say } from './print.ts'
import { askPassword } from './prompt.ts'

export type HubOptions = { readonly hub?: string; readonly as?: string; readonly dir?: string }
const DEFAULT_HUB = 'http://localhost:2567'
export type Meant = { readonly hub: Hub; readonly agent: string }

const LOOPBACK = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|$)/

export async function hubAt(given: string, as?: string): Promise<Hub> {
  const { createCredentials } = await import('../author/credentials.ts')
  const url = originOf(given)
  if (as !== undefined && url.startsWith('http:') && !LOOPBACK.test(url))
    say(`${url} is not encrypted: whoever is between can read what you send, the password too.`)
  return openHub(url, createCredentials(), { as, password: () => askPassword(as ?? '') })
}

/** The node that was named, or the one on this machine. */
export const hubOf = ({ hub, as }: HubOptions): Promise<Hub> =>
  hubAt(hub ?? process.env.ACADEMY_HUB ?? DEFAULT_HUB, as)

/** The agent is the one that was named, or the one deployed from here, or the one called like the project. */
export async function hubMeant(wanted: string | undefined, { hub, as, dir = '.' }: HubOptions): Promise<Meant> {
  const named = hub ?? process.env.ACADEMY_HUB
  const deployed = await lastDeployed(dir)
  const agent = async (note?: Where): Promise<string> => wanted ?? note?.agent ?? (await readManifest(dir)).name
  if (named) {
    const note = deployed?.hub === originOf(named) ? deployed : undefined
    return { hub: await hubAt(named, as), agent: await agent(note) }
  }
  if (deployed) return { hub: await hubAt(deployed.hub, as), agent: await agent(deployed) }
  const sandbox = await sandboxUrl(dir)
  if (sandbox) return { hub: await openHub(sandbox, nothingKept()), agent: await agent() }
  throw new AuthorProblem('no_hub', 'Which node? Name it with --hub URL, deploy first, or run "npx academy sandbox".')
}

/** The sandbox lets its author in by itself: nothing need be remembered. */
const nothingKept = (): Credentials => ({
  path: '',
  read: async () => undefined,
  write: async () => {},
  forget: async () => {},
})

async function sandboxUrl(dir: string): Promise<string | undefined> {
  try {
    return (await askControl<{ url?: string }>(join(resolve(dir), KEPT_DIR), 'status', {})).url
  } catch {
    return undefined
  }
}
