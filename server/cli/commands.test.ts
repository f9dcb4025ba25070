import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { folder } from '../author/fixtures.ts'
import { flagOf, readConfig } from '../config.ts'
import { openControl } from '../ops/control.ts'
import { addLibraryCommands } from './library.ts'
import { addModelCommands } from './model.ts'
import { addNetworkCommands } from './network.ts'
import { addNodeOptions } from './node-options.ts'
import { addShardCommands } from './shard.ts'
import { addWorkspaceCommands } from './workspace.ts'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

/** Runs a command in this process. Throws what it throws; a wrong argument throws `CommanderError`. */
async function academy(...args: string[]): Promise<string> {
  const lines: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  const program = new Command()
  const add = [addModelCommands, addShardCommands, addNetworkCommands, addLibraryCommands, addWorkspaceCommands]
  for (const each of add) each(program)
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: () => {} })
    for (const below of command.commands) quiet(below)
  }
  quiet(program)
  await program.parseAsync(args, { from: 'user' })
  return lines.join('\n')
}

describe('settings of a node on the command line', () => {
  const node = () => {
    const command = new Command().exitOverride().configureOutput({ writeErr: () => {} })
    return { command, flags: addNodeOptions(command) }
  }

  test('each setting but the secret key has an option, by the flag that its errors name', () => {
    const { command } = node()
    const offered = command.options.map(({ long }) => long)
    const settings = Object.keys(readConfig({})) as Parameters<typeof flagOf>[0][]
    expect(offered.toSorted()).toEqual(
      settings
        .filter((setting) => setting !== 'upstreamKey')
        .map(flagOf)
        .toSorted(),
    )
  })

  test('what is given arrives under the name of its setting, and nothing else does', () => {
    const { command, flags } = node()
    command.parse(['--data', 'here', '--visitors', 'none', '--line-rate', '7'], { from: 'user' })
    expect(flags()).toEqual({ dataDir: 'here', visitors: 'none', lineRate: '7' })
  })
})

describe('commands that ask a running node', () => {
  test('what was given is sent, numbers as numbers; what was not given is left out', async () => {
    await using data = await folder()
    const asked: object[] = []
    const keep = async (order: object) => asked.push(order)
    await using _node = await openControl(data.dir, { models: keep, network: keep })
    const at = ['--data', data.dir]
    await academy('shard', 'lend', '--memory', '512', '--to', 'gull, tern', ...at)
    await academy('key', 'new', 'Ada', 'editor', '--rate', '5', ...at)
    await academy('ping', 'gull', '--count', '3', ...at)
    await academy('invite', '--hours', '0.5', ...at)
    vi.stubEnv('A_KEY', 'sesame')
    await academy('model', 'upstream', 'claude', 'https://x.example/v1', '--key-env', 'A_KEY', ...at)
    expect(asked).toEqual([
      { do: 'shard-lend', memoryMb: 512, peers: ['gull', 'tern'] },
      { do: 'new-key', person: 'Ada', name: 'editor', requestsPerMinute: 5 },
      { op: 'ping', node: 'gull', count: 3 },
      { op: 'invite', role: 'trusted', uses: 1, hours: 0.5 },
      { do: 'upstream', name: 'claude', url: 'https://x.example/v1', kind: 'openai', key: 'sesame' },
    ])
  })

  test.each([
    ['shard', 'lend', '--memory', 'much', '--to', 'gull'],
    ['shard', 'lend', '--memory', '512', '--to', ','],
    ['key', 'new', 'Ada', 'editor', '--rate', '-1'],
    ['ping', 'gull', '--count', '1e3'],
    ['connect', 'rubbish'],
    ['connect', '/rubbish'],
    ['ban', 'gull', 'because'],
    ['unban', 'gull'],
    ['invite', '--hours', '0'],
    ['invite', '--role', 'boss'],
    ['model', 'gpu', 'metal'],
    ['model', 'upstream', 'x', 'http://x', '--kind', 'other'],
  ])('an argument of the wrong form is named before a node is asked: %s %s %s %s', async (...args) => {
    await expect(academy(...args)).rejects.toThrow(/ is invalid.*It must be/)
  })

  test('a variable that should hold a key and does not is named, with the way out', async () => {
    vi.stubEnv('A_KEY', '')
    const asking = academy('model', 'upstream', 'x', 'http://x.example', '--key-env', 'A_KEY')
    await expect(asking).rejects.toThrow('The variable A_KEY is empty. Set it')
  })
})

describe('lists of what others have made', () => {
  const WRITTEN = { en: 'A lamp\u001b[2J\nacademy 9.9.9\tentity\u009b31m', ru: 'Лампа' }
  const about = { version: '1.0.0', owner: 'ab'.repeat(32), kind: 'entity', cid: 'bafy', bytes: 1, atMs: 0 }
  const by = { id: 'player_1', name: 'Mallory\u001b]0;x\u0007' }
  const item = { ...about, name: 'lamp', title: WRITTEN, summary: WRITTEN, publisher: by, yanked: false }
  const answers: Readonly<Record<string, object>> = {
    '/auth/guest': {
      access_token: 'a',
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: 'r',
      player: { id: 'player_2', name: 'Ada', roles: ['learner'], guest: true },
    },
    '/api/v1/library?': { items: [{ ...item, versions: 1 }], silent: [] },
    '/api/v1/library/lamp': {
      name: 'lamp',
      versions: [{ ...item, yanked: true, why: WRITTEN.en, record: { body: '', key: '', sig: '' } }],
    },
    '/api/v1/shared-workspaces': {
      shares: [{ ...about, id: 'w', node: 'n', name: WRITTEN.en, by, reach: 'world', api: '1', projects: [] }],
      silent: [],
    },
  }

  test.each([
    ['library', 'list'],
    ['library', 'show', 'lamp'],
    ['workspace', 'shared'],
  ])('the terminal obeys nothing of it, and no line of it is somebody else’s: %s %s', async (...args) => {
    await using home = await folder()
    vi.stubEnv('XDG_CONFIG_HOME', join(home.dir, 'config'))
    const server = createServer((req, res) => res.end(JSON.stringify(answers[req.url ?? ''] ?? {})))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const lines = (await academy(...args, '--hub', url)).split('\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
      for (const line of lines) expect(line).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]|^academy/)
      expect(lines.join('\n')).toContain('A lamp[2J academy 9.9.9')
    } finally {
      server.close()
    }
  })
})
