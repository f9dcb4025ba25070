import { stat } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AgentList } from '../protocol/api.ts'
import { createCredentials, credentialsPath } from './credentials.ts'
import { type Folder, folder } from './fixtures.ts'
import { openHub } from './hub.ts'

/** A node that gives refresh tokens which count once, and access tokens that last so long. */
function fakeNode(lastsS: number) {
  const calls: string[] = []
  const state = { refresh: 0, spent: 0 }
  const tokens = () => ({
    access_token: `access-${++state.refresh}`,
    token_type: 'Bearer',
    expires_in: lastsS,
    refresh_token: `refresh-${state.refresh}`,
    player: { id: 'player_1', name: 'Ada', roles: ['learner'], guest: true },
  })
  const server: Server = createServer(async (req, res) => {
    let text = ''
    for await (const chunk of req) text += chunk
    calls.push(`${req.method} ${req.url}`)
    const answer = (status: number, body: object) => res.writeHead(status).end(JSON.stringify(body))
    if (req.url === '/auth/guest') return answer(200, tokens())
    if (req.url === '/auth/refresh') {
      if (JSON.parse(text).refresh_token !== `refresh-${state.refresh}`)
        return answer(401, { type: 'about:blank#x', title: 'spent', status: 401, code: 'unauthorized' })
      return answer(200, tokens())
    }
    // Said to be endless, and never sent.
    if (req.url === '/endless') return void res.writeHead(200, { 'content-length': 10 ** 12 }).write('{')
    if (req.url === '/elsewhere') return res.writeHead(302, { location: 'http://example.org/' }).end()
    if (req.headers.authorization !== `Bearer access-${state.refresh}`)
      return answer(401, { type: 'about:blank#x', title: 'who', status: 401, code: 'unauthorized' })
    return answer(200, { agents: [] })
  })
  return { server, calls }
}

let home: Folder
let node: ReturnType<typeof fakeNode>
let url: string
async function start(lastsS: number) {
  node = fakeNode(lastsS)
  await new Promise<void>((done) => node.server.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(node.server.address() as AddressInfo).port}`
}
beforeEach(async () => {
  home = await folder()
})
afterEach(async () => {
  node?.server.close()
  await home[Symbol.asyncDispose]()
})
const kept = () => createCredentials(join(home.dir, 'a/credentials.json'))

describe('who the author is on a node', () => {
  test('a guest stays the same guest from one command to the next, in a file that only they can read', async () => {
    await start(3600)
    for (let i = 0; i < 3; i++) await (await openHub(url, kept())).get('/api/v1/agents', AgentList)
    expect(node.calls.filter((call) => call.includes('/auth/'))).toEqual(['POST /auth/guest'])
    if (process.platform !== 'win32') expect((await stat(kept().path)).mode & 0o777).toBe(0o600)
  })

  test('each refresh token is spent once and its successor kept, within a command and between them', async () => {
    await start(1)
    for (let i = 0; i < 3; i++) {
      const hub = await openHub(url, kept())
      await hub.get('/api/v1/agents', AgentList)
      await hub.get('/api/v1/agents', AgentList)
    }
    expect(node.calls.filter((call) => call === 'POST /auth/guest')).toHaveLength(1)
    expect((await kept().read(url))?.player.name).toBe('Ada')
  })

  test('a session that does not count any more is said, and no new guest made in its place', async () => {
    await start(1)
    await openHub(url, kept())
    await kept().write(url, { ...(await kept().read(url))!, refreshToken: 'stolen' })
    await expect(openHub(url, kept())).rejects.toMatchObject({ code: 'signed_out' })
  })

  test('as somebody else a guest would be lost, and that is refused', async () => {
    await start(3600)
    await openHub(url, kept())
    await expect(openHub(url, kept(), { as: 'Grace', password: async () => 'x' })).rejects.toMatchObject({
      code: 'guest_would_be_lost',
    })
  })

  test('a node that is away, or no node at all, is named in words; nothing follows it elsewhere', async () => {
    await start(3600)
    const hub = await openHub(url, kept())
    await expect(hub.get('/elsewhere', AgentList)).rejects.toMatchObject({ code: 'hub_away' })
    node.server.close()
    node.server.closeAllConnections()
    await expect(openHub(url.replace('127.0.0.1', 'localhost'), kept())).rejects.toThrow(/cannot be reached/)
    await expect(openHub('not an address', kept())).rejects.toMatchObject({ code: 'bad_hub' })
  })

  test('an answer that is longer than any node’s is not read, and that is said in words', async () => {
    await start(3600)
    const hub = await openHub(url, kept())
    await expect(hub.get('/endless', AgentList)).rejects.toMatchObject({
      code: 'answer_too_long',
      message: expect.stringContaining('64 MiB'),
    })
    node.server.closeAllConnections()
  })

  test('the file lies where this person keeps settings', () => {
    if (process.platform !== 'win32')
      expect(credentialsPath({ XDG_CONFIG_HOME: '/x' })).toBe('/x/codecraft-academy/credentials.json')
  })
})
