/** What a node's settings name outside the program, looked at before anything starts: files, directories, ports. */
import { accessSync, constants, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { linkPorts } from './assembly/link-ports.ts'
import { type Config, ConfigError, type Flags, type Look, readConfig } from './config.ts'
import { readInvite } from './link/registry/invite.ts'

const found = (path: string) => statSync(path, { throwIfNoEntry: false })
const may = (path: string, mode: number): boolean => {
  try {
    accessSync(path, mode)
    return true
  } catch {
    return false
  }
}

function fileProblem(path: string): string | undefined {
  const file = found(path)
  if (!file) return 'must be a file; nothing is there'
  if (!file.isFile()) return 'must be a file; something else is there'
  return may(path, constants.R_OK) ? undefined : 'must be a file that this user may read'
}

function worldProblem(dir: string): string | undefined {
  const there = found(dir)
  if (!there?.isDirectory()) return `must be a directory; ${there ? 'a file' : 'nothing'} is there`
  return found(`${dir}/world.yaml`)?.isFile() ? undefined : 'must be a world; its directory holds no world.yaml'
}

/** It is made where it is not there yet, below the nearest directory that is. */
function dataProblem(dir: string): string | undefined {
  let at = dir
  while (!found(at) && dirname(at) !== at) at = dirname(at)
  if (!found(at)?.isDirectory()) return `must be a directory; ${at} is a file`
  return may(at, constants.W_OK | constants.X_OK) ? undefined : `must be where this user may write; ${at} is not`
}

const look: Look = (setting, value) => {
  switch (setting) {
    case 'model':
    case 'swarmKey':
    case 'ownerKey':
      return quietly(fileProblem, String(value))
    case 'world':
      return quietly(worldProblem, String(value))
    case 'dataDir':
      return quietly(dataProblem, String(value))
    case 'invite':
      return readInvite(String(value))
        ? undefined
        : 'must be an invitation that "academy invite" made; it cannot be read'
    default:
      return undefined
  }
}

/** A path may be one that cannot even be looked at: below a file, too long, with a zero in it. */
function quietly(problemOf: (path: string) => string | undefined, path: string): string | undefined {
  try {
    return problemOf(path)
  } catch (error) {
    return `cannot be looked at (${(error as NodeJS.ErrnoException).code ?? 'error'})`
  }
}

/** `readConfig` for who is about to run a node: what is not there is a wrong setting like any other. */
export const readNodeConfig = (env: Readonly<Record<string, string | undefined>>, flags: Flags = {}): Config =>
  readConfig(env, flags, look)

/** Why nothing can listen there; undefined when it can. */
const listenError = (port: number, host: string): Promise<NodeJS.ErrnoException | undefined> =>
  new Promise((done) => {
    const probe = createServer()
    probe.once('error', done)
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => done(undefined)))
  })

/** Throws when a port that was asked for cannot be had, before anything is opened that would have to be closed again. */
export async function checkPorts(config: Config): Promise<void> {
  const error = await listenError(config.port, config.host)
  if (error?.code === 'EADDRNOTAVAIL' || error?.code === 'ENOTFOUND' || error?.code === 'EAI_AGAIN')
    throw new ConfigError([`--host must be an address of this machine; it is ${JSON.stringify(config.host)}`])
  if (error) throw error
  const taken: string[] = []
  for (const { flag, port, host } of linkPorts(config))
    if ((await listenError(port, host))?.code === 'EADDRINUSE')
      taken.push(`${flag} ${port} is taken by another program; stop it, or choose another (0 picks a free one)`)
  if (taken.length > 0) throw new ConfigError(taken)
}
