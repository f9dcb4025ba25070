import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ConfigError } from './config.ts'
import { checkPorts, readNodeConfig } from './settings-check.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'academy-settings-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const problemsOf = (env: Record<string, string>, flags = {}): readonly string[] => {
  try {
    readNodeConfig(env, flags)
    return []
  } catch (error) {
    return (error as ConfigError).problems
  }
}

describe('settings that name something outside the program', () => {
  test('what is not there is named together with every other wrong setting', async () => {
    const file = join(dir, 'file')
    await writeFile(file, '')
    const problems = problemsOf(
      { ACADEMY_SWARM_KEY: join(dir, 'nothing'), ACADEMY_INVITE: `academy-${'A'.repeat(30)}` },
      { port: '99999', model: join(dir, 'nope.gguf'), world: dir, dataDir: join(file, 'data'), ownerKey: dir },
    )
    expect(problems).toHaveLength(7)
    expect(problems.join('\n')).toMatch(/--port must be a port number/)
    expect(problems.join('\n')).toMatch(/--model must be a file; nothing is there; it is ".*nope.gguf"/)
    expect(problems.join('\n')).toMatch(/--world must be a world; its directory holds no world.yaml/)
    expect(problems.join('\n')).toMatch(/--data must be a directory; .*file is a file/)
    expect(problems.join('\n')).toMatch(/ACADEMY_SWARM_KEY must be a file; nothing is there/)
    expect(problems.join('\n')).toMatch(/--owner-key must be a file; something else is there/)
    expect(problems.join('\n')).toMatch(/ACADEMY_INVITE must be an invitation .*; it is \(not shown\)/)
  })

  test('a data directory need not be there yet; files that are there are fine', async () => {
    const model = join(dir, 'model.gguf')
    await writeFile(model, 'GGUF')
    expect(problemsOf({}, { dataDir: join(dir, 'a/b/c'), model })).toEqual([])
  })

  test('a path that cannot even be looked at is a problem like any other', () => {
    expect(problemsOf({}, { model: 'x'.repeat(5_000) })[0]).toMatch(/^--model cannot be looked at \(ENAMETOOLONG\)/)
    expect(problemsOf({}, { dataDir: join(dir, 'x'.repeat(5_000)) })[0]).toMatch(/^--data cannot be looked at/)
  })

  test('a port that is taken, or an address of another machine, is refused before anything starts', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const { port } = holder.address() as AddressInfo
    const config = (flags: object) => readNodeConfig({}, { dataDir: dir, host: '127.0.0.1', port: '0', ...flags })
    await expect(checkPorts(config({ port: String(port) }))).rejects.toMatchObject({ code: 'EADDRINUSE', port })
    await expect(checkPorts(config({ p2pPort: String(port) }))).rejects.toThrow(`--p2p-port ${port} is taken`)
    await expect(checkPorts(config({ p2pPort: String(port) }))).rejects.toThrow(ConfigError)
    await checkPorts(config({ p2p: 'off', p2pPort: String(port) }))
    await expect(checkPorts(config({ host: '203.0.113.9' }))).rejects.toThrow(
      /--host must be an address of this machine/,
    )
    await checkPorts(config({}))
    holder.close()
  })
})
