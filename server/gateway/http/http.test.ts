import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Agents, Projects } from '../../agents/types.ts'
import type { Ledger, Transfer, TransferInput } from '../../ledger/types.ts'
import type { Lessons } from '../../lessons/types.ts'
import { Problem } from '../../protocol/api.ts'
import { quietLog, startGateway } from '../fixtures.ts'
import { templateOf } from './openapi.ts'
import { allRoutes } from './routes/index.ts'

const mine = {
  id: 'project_1',
  name: 'lamp',
  owner: 'player_0001',
  files: [{ path: 'main.ts', bytes: 3 }],
  updatedAtMs: 1,
}
const agent = {
  id: 'agent_1',
  name: 'Wick',
  owner: 'player_0001',
  projectId: 'project_1',
  status: 'running',
  node: 'self',
  epoch: 0,
  fuel: { used: 1, limit: 2 },
  memory: { a: [1] },
} as const
const no = { ok: false, refusal: { code: 'no_such_project' } } as const

function fakeParts() {
  const files = new Map<string, string>()
  const owned = <T>(owner: string, value: T) => (owner === 'player_0001' ? ({ ok: true, value } as const) : no)
  const projects: Projects = {
    list: async () => [mine],
    create: async (owner) => owned(owner, mine),
    read: async (owner, _id, path) => (files.has(path) ? owned(owner, files.get(path)!) : no),
    write: async (owner, _id, path, text) => owned(owner, files.set(path, text) && mine),
    remove: async (owner) => owned(owner, mine),
    replace: async (owner) => owned(owner, mine),
    discard: async (owner) => owned(owner, mine),
    sources: async (owner) => owned(owner, { 'main.ts': 'x' }),
    check: async (owner) =>
      owned(owner, [{ file: 'main.ts', line: 1, column: 2, severity: 'error', code: 'TS1', message: 'no' }]),
  }
  const agents: Agents = {
    list: async () => [agent],
    get: async (owner) => owned(owner, agent),
    create: async (owner) => owned(owner, agent),
    start: async (owner) => owned(owner, agent),
    stop: async (owner) => owned(owner, agent),
    remove: async (owner) => owned(owner, agent),
    pause: async (owner) => owned(owner, { ...agent, status: 'paused' as const }),
    step: async (owner) => owned(owner, { ...agent, status: 'paused' as const }),
    goOn: async (owner) => owned(owner, agent),
    migrate: async (owner) => owned(owner, { ...agent, status: 'moved' as const }),
    evaluate: async (owner) => owned(owner, { ok: true as const, text: '2' }),
    log: async (owner) => owned(owner, [{ id: 7, tick: 1, level: 'log', text: 'hi' }]),
    recording: async (owner) => owned(owner, [{ agent: 'agent_1', tick: 1, seed: 2, inputs: [] }]),
    replay: async (owner) =>
      owned(owner, {
        self: { id: 'agent_1', name: 'Wick', owner: 'player_0001', place: 'harbor:dock' },
        program: { hash: 'h', entry: 'main.ts', sources: { 'main.ts': 'x' } },
        limits: { fuelPerTurn: 1, fuelBurst: 1, memoryMb: 1, maxMemoryBytes: 1 },
        memory: '{}',
        checkpointTick: 0,
        turns: [{ agent: 'agent_1', tick: 1, seed: 2, inputs: [] }],
        end: { tick: 1, memory: '{}' },
      }),
    onChange: () => () => {},
  }
  const kept = new Map<string, Transfer>()
  const ledger = {
    transfer: async ([input]: readonly TransferInput[]) => {
      const before = kept.get(input!.id)
      if (before) return [{ status: 'exists', transfer: before }]
      if (input!.amountMicro > 1000n) return [{ status: 'refused', reason: 'insufficient_funds' }]
      const { from = '', to = '', amountMicro = 0n, code = 'desk' as const } = input! as Partial<TransferInput>
      const transfer = {
        ...input!,
        from,
        to,
        amountMicro,
        code,
        kind: 'transfer' as const,
        index: kept.size,
        atMs: 1,
      }
      kept.set(input!.id, transfer)
      return [{ status: 'created', transfer }]
    },
    balance: async () => 1000n,
    account: async () => undefined,
    supply: async () => ({
      atMs: 1,
      entries: 1,
      totals: [{ code: 'reward', way: 'minted', entries: 1, amountMicro: 5n }],
      mintedMicro: 5n,
      returnedMicro: 0n,
      burntMicro: 0n,
      outstandingMicro: 5n,
      heldMicro: 5n,
      pendingMicro: 0n,
      mintedTodayMicro: 5n,
      limits: { accountDayMicro: 10n, dayMicro: 100n },
    }),
    statement: async () => [...kept.values()],
  } as unknown as Ledger
  const lesson = {
    id: 'lesson_1',
    slug: 'loops',
    course: 'js',
    title: 'Loops',
    order: 1,
    minutes: 5,
    status: 'open',
    rewardMicro: '5000000',
  } as const
  const detail = {
    ...lesson,
    text: '# hi',
    tasks: [{ id: 1, text: 'do', done: false }],
    hintsShown: [],
    hintsLeft: 3,
    attempts: 0,
    starter: { 'main.ts': '' },
  }
  const lessons: Lessons = {
    list: async () => [lesson],
    detail: async () => ({ ok: true, value: detail }),
    start: async () => ({ ok: true, value: detail }),
    check: async () => ({
      ok: true,
      value: { passed: false, tasks: [{ id: 1, passed: false, message: 'not yet' }] },
    }),
    hint: async () => ({ ok: true, value: { text: 'look', left: 2 } }),
    badges: async () => [{ id: 'loops', name: 'Loops', text: 'done', atMs: 1 }],
    onProgress: () => () => {},
  }
  const ops = {
    live: () => ({ ok: true }),
    ready: () => ({ ok: false, checks: { database: 'down' } }),
    metrics: async () => ({ contentType: 'text/plain; version=0.0.4', text: '# EOF\n' }),
  }
  return { projects, agents, ledger, lessons, ops, kept }
}

type Options = { method?: string; token?: string; body?: unknown; raw?: string; headers?: Record<string, string> }
async function call(url: string, path: string, { method = 'GET', token, body, raw, headers = {} }: Options = {}) {
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body))
  const response = await fetch(`${url}${path}`, {
    method,
    body: sent,
    headers: {
      ...(sent !== undefined && { 'content-type': 'application/json' }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text === '' ? undefined : (JSON.parse(text.startsWith('{') ? text : '{}') as Record<string, unknown>),
  }
}

describe('problem documents', () => {
  test.each<[string, string, Options, number, string]>([
    ['JSON that is none', '/auth/guest', { method: 'POST', raw: '{"name":' }, 400, 'malformed_json'],
    ['JSON that is no object', '/auth/guest', { method: 'POST', raw: '"hello"' }, 400, 'malformed_json'],
    ['a body of the wrong shape', '/auth/login', { method: 'POST', body: { name: 5 } }, 400, 'invalid_body'],
    ['a body that is missing', '/auth/login', { method: 'POST' }, 400, 'invalid_body'],
    [
      'a character that no database holds',
      '/auth/login',
      { method: 'POST', body: { name: 'a\0b', password: 'correct horse' } },
      400,
      'invalid_body',
    ],
    [
      'a body too large',
      '/auth/guest',
      { method: 'POST', raw: `{"name":"${'x'.repeat(600_000)}"}` },
      413,
      'body_too_large',
    ],
    [
      'a body in another format',
      '/auth/guest',
      { method: 'POST', raw: '<a/>', headers: { 'content-type': 'text/xml' } },
      415,
      'unsupported_media_type',
    ],
    [
      'a compressed body',
      '/auth/guest',
      { method: 'POST', raw: '{}', headers: { 'content-encoding': 'gzip' } },
      415,
      'unsupported_encoding',
    ],
    [
      'a charset nobody has',
      '/auth/guest',
      { method: 'POST', raw: '{}', headers: { 'content-type': 'application/json; charset=klingon' } },
      415,
      'unsupported_encoding',
    ],
    ['a path nobody has', '/api/v1/nothing', {}, 404, 'not_found'],
    ['a path that cannot be decoded', '/api/v1/nodes/%E0%A4%A', {}, 400, 'bad_request'],
    ['another method', '/auth/guest', { method: 'DELETE' }, 405, 'method_not_allowed'],
    ['no token', '/api/v1/me', {}, 401, 'unauthorized'],
    ['a token in the wrong form', '/api/v1/me', { headers: { authorization: 'Basic abc' } }, 401, 'unauthorized'],
    ['a spent token', '/api/v1/me', { token: 'old' }, 401, 'token_expired'],
    [
      'a wrong password',
      '/auth/login',
      { method: 'POST', body: { name: 'ada', password: 'wrong' } },
      401,
      'bad_credentials',
    ],
    [
      'too many attempts',
      '/auth/login',
      { method: 'POST', body: { name: 'ada', password: 'locked out' } },
      429,
      'too_many_attempts',
    ],
    ['a bug of ours', '/auth/login', { method: 'POST', body: { name: 'ada', password: 'crash' } }, 500, 'internal'],
  ])('%s is answered with a stable code', async (_, path, options, status, code) => {
    await using node = await startGateway()
    const answer = await call(node.url, path, options)
    expect(answer).toMatchObject({ status, json: { code, status } })
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    expect(Problem.parse(answer.json).instance).toBe(answer.headers.get('x-request-id'))
    expect(node.accounts.writes).toEqual([])
    expect((await call(node.url, '/healthz/live')).status).toBe(200)
  })

  test('a refusal says when to come back, and a method not allowed says which are', async () => {
    await using node = await startGateway()
    const locked = await call(node.url, '/auth/login', {
      method: 'POST',
      body: { name: 'ada', password: 'locked out' },
    })
    expect(locked.headers.get('retry-after')).toBe('2')
    expect((await call(node.url, '/auth/guest', { method: 'PUT' })).headers.get('allow')).toBe('POST, OPTIONS')
  })

  test("an error of ours says nothing of itself, and is logged with the request's id", async () => {
    await using node = await startGateway()
    quietLog.errors.length = 0
    const answer = await call(node.url, '/auth/login', {
      method: 'POST',
      body: { name: 'ada', password: 'crash' },
      headers: { 'x-request-id': 'mine-7' },
    })
    expect(answer.text).not.toMatch(/bug of ours|TypeError|gateway/)
    expect(answer.headers.get('x-request-id')).toBe('mine-7')
    expect(quietLog.errors).toContainEqual(expect.objectContaining({ requestId: 'mine-7' }))
  })

  test('the words are in the asked language', async () => {
    await using node = await startGateway()
    const answer = await call(node.url, '/api/v1/nothing', { headers: { 'accept-language': 'ru-RU,ru;q=0.9' } })
    expect(answer.json?.title).toBe('Здесь ничего нет')
  })

  test('a request id that could spoil a log is replaced', async () => {
    await using node = await startGateway()
    const answer = await call(node.url, '/healthz/live', { headers: { 'x-request-id': '<script>' } })
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test.each([
    ['GET / HTTP/9.9\r\n\r\n', 400, 'bad_request'],
    ['\u0016\u0003\u0001 hello', 400, 'bad_request'],
    [`GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`, 431, 'headers_too_large'],
  ])('bytes that are no request (%#) get a document and the connection is closed', async (bytes, status, code) => {
    await using node = await startGateway()
    const socket = connect(Number(new URL(node.url).port), '127.0.0.1')
    socket.end(bytes)
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    await once(socket, 'close')
    const [head, body] = Buffer.concat(chunks).toString().split('\r\n\r\n')
    expect(head).toContain(`HTTP/1.1 ${status}`)
    expect(JSON.parse(body!)).toMatchObject({ code })
  })

  test.each(['/nowhere', '/zone/made-up?sessionId=x', '//[', '/socket.io/?EIO=4&transport=websocket&sid=made-up'])(
    'an upgrade to %s is refused at once',
    async (path) => {
      await using node = await startGateway()
      const socket = connect(Number(new URL(node.url).port), '127.0.0.1')
      socket.write(
        `GET ${path} HTTP/1.1\r\nhost: a\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
      )
      const [bytes] = (await once(socket, 'data')) as [Buffer]
      expect(bytes.toString()).toMatch(/^HTTP\/1\.1 40[04]/)
      socket.destroy()
    },
  )
})

describe('who may do what', () => {
  test("a person sees themselves, others' things are refused, staff's doors are shut", async () => {
    const { projects, agents, ledger, lessons } = fakeParts()
    await using node = await startGateway({ projects, agents, ledger, lessons })
    const ada = node.accounts.addPerson('Ada')
    const bob = node.accounts.addPerson('Bob')
    const admin = node.accounts.addPerson('Root', ['admin'])
    expect((await call(node.url, '/api/v1/me', { token: ada.token })).json).toMatchObject({
      player: { name: 'Ada' },
      place: null,
      balanceMicro: '1000',
      lessons: [{ slug: 'loops' }],
    })
    expect((await call(node.url, '/api/v1/agents/agent_1', { token: ada.token })).status).toBe(200)
    expect((await call(node.url, '/api/v1/agents/agent_1', { token: bob.token })).status).toBe(404)
    expect((await call(node.url, '/api/v1/agents/a%00', { token: ada.token })).json).toMatchObject({
      code: 'bad_request',
    })
    expect(
      await call(node.url, `/api/v1/ledger/accounts/player:${ada.person.id}`, { token: bob.token }),
    ).toMatchObject({ status: 403, json: { code: 'forbidden' } })
    expect((await call(node.url, '/api/v1/ledger/accounts/agent:agent_1', { token: bob.token })).status).toBe(403)
    expect((await call(node.url, '/api/v1/ledger/accounts/academy:rewards', { token: bob.token })).status).toBe(403)
    expect((await call(node.url, '/api/v1/ledger/accounts/academy:rewards', { token: admin.token })).status).toBe(200)
    for (const [path, method] of [
      ['/api/v1/reports', 'GET'],
      ['/api/v1/moderation/ban', 'POST'],
      ['/api/v1/moderation/roles', 'POST'],
    ] as const) {
      const body = method === 'POST' ? { target: 'player_0001', reason: 'x', roles: ['admin'] } : undefined
      expect((await call(node.url, path, { method, token: bob.token, body })).status, path).toBe(403)
    }
    expect(node.accounts.writes).toEqual([])
    expect(
      (
        await call(node.url, '/api/v1/moderation/ban', {
          method: 'POST',
          token: admin.token,
          body: { target: 'player_0001', reason: 'x' },
        })
      ).json,
    ).toEqual({ ok: true })
    expect(node.accounts.writes).toEqual(['ban'])
  })

  test("a transfer is paid once under its id, from one's own account, to a person who exists", async () => {
    const { ledger, kept } = fakeParts()
    await using node = await startGateway({ ledger })
    const ada = node.accounts.addPerson('Ada')
    const bob = node.accounts.addPerson('Bob')
    const send = (body: object, { token } = ada) =>
      call(node.url, '/api/v1/ledger/transfers', { method: 'POST', token, body })
    const gift = { id: 'gift-1', to: `player:${bob.person.id}`, amountMicro: '10' }
    expect(await send(gift)).toMatchObject({
      status: 201,
      json: { status: 'created', transfer: { id: 'gift-1', from: `player:${ada.person.id}`, amountMicro: '10' } },
    })
    expect(await send(gift)).toMatchObject({ status: 200, json: { status: 'exists' } })
    expect(await send({ ...gift, to: `player:${ada.person.id}` }, bob)).toMatchObject({ status: 201 })
    expect([...kept.keys()]).toEqual([`by:${ada.person.id}:gift-1`, `by:${bob.person.id}:gift-1`])
    expect(await send({ ...gift, id: 'g2', to: 'player:nobody' })).toMatchObject({
      status: 404,
      json: { code: 'unknown_account' },
    })
    expect(await send({ ...gift, id: 'g3', to: 'academy:rewards' })).toMatchObject({ status: 404 })
    expect(await send({ ...gift, id: 'g4', amountMicro: '5000' })).toMatchObject({
      status: 409,
      json: { code: 'insufficient_funds' },
    })
    for (const amountMicro of ['-1', '0', '1.5', '1e9', 5, ''])
      expect((await send({ ...gift, id: 'g5', amountMicro })).status).toBe(400)
    expect(kept.size).toBe(2)
  })

  test('entering wakes the person and gives a seat; the wrong zone is told', async () => {
    await using node = await startGateway()
    const { token, person } = node.accounts.addPerson('Ada')
    expect((await call(node.url, '/api/v1/zones/enter', { method: 'POST', token })).json).toMatchObject({
      name: 'zone',
      zone: 'harbor',
      roomId: 'harbor-1',
    })
    expect(node.zones.awakeIds.has(person.id)).toBe(true)
    expect(
      await call(node.url, '/api/v1/zones/enter', { method: 'POST', token, body: { zone: 'moon' } }),
    ).toMatchObject({ status: 409, json: { code: 'wrong_zone', params: { zone: 'harbor' } } })
  })
})

describe('limits', () => {
  const few = { perAccount: 3, perAddress: 5, perKnownAddress: 100, windowS: 60 }

  test('a person is limited by account, so a class behind one address gets in', async () => {
    await using node = await startGateway({}, { rateLimits: few })
    const people = Array.from({ length: 10 }, (_, i) => node.accounts.addPerson(`P${i}`))
    for (const { token } of people)
      for (let i = 0; i < 3; i++) expect((await call(node.url, '/api/v1/nodes', { token })).status).toBe(200)
    const limited = await call(node.url, '/api/v1/nodes', { token: people[0]!.token })
    expect(limited).toMatchObject({ status: 429, json: { code: 'too_many_requests' } })
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
  })

  test('strangers are limited by address, and guessing tokens counts', async () => {
    await using node = await startGateway({}, { rateLimits: few })
    for (let i = 0; i < 5; i++) expect((await call(node.url, '/api/v1/me', { token: `guess-${i}` })).status).toBe(401)
    expect((await call(node.url, '/api/v1/me', { token: 'guess-6' })).status).toBe(429)
    expect((await call(node.url, '/auth/guest', { method: 'POST' })).status).toBe(429)
    expect((await call(node.url, '/healthz/live')).status).toBe(200)
  })

  test("the address is the proxy's last word only where a proxy is trusted", async () => {
    for (const [trustProxy, status] of [
      [true, 200],
      [false, 429],
    ] as const) {
      await using node = await startGateway({ config: { trustProxy } as never }, { rateLimits: few })
      for (let i = 0; i < 5; i++)
        await call(node.url, '/auth/guest', { method: 'POST', headers: { 'x-forwarded-for': '10.0.0.1, 192.0.2.1' } })
      expect(
        (
          await call(node.url, '/auth/guest', {
            method: 'POST',
            headers: { 'x-forwarded-for': '192.0.2.1, 192.0.2.9' },
          })
        ).status,
      ).toBe(status)
    }
  })
})

describe('the OpenAPI document', () => {
  test('names every route, and every answer is of the shape it promises', async () => {
    const parts = fakeParts()
    await using node = await startGateway(parts)
    const { token } = node.accounts.addPerson('Ada', ['learner', 'moderator', 'admin'])
    const document = (await call(node.url, '/openapi.json')).json as {
      openapi: string
      paths: Record<string, Record<string, { responses: object }>>
    }
    expect(document.openapi).toBe('3.1.0')
    const pointers = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) =>
      path!.split('/'),
    )
    expect(pointers.length).toBeGreaterThan(0)
    for (const path of pointers)
      expect(
        path.reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], document),
        path.join('/'),
      ).toBeDefined()
    const routes = allRoutes(
      {
        ...node,
        ...parts,
        log: quietLog,
        config: { port: 0, host: '', trustProxy: false, node: { name: 'T', role: 'initial', version: '0' } },
      } as never,
      { enter: async () => {}, draining: () => false, startedAtMs: 0 },
    )
    const bodies: Record<string, unknown> = {
      'POST /auth/register': { name: 'ada', password: 'right' },
      'POST /auth/login': { name: 'ada', password: 'right' },
      'POST /auth/refresh': { refresh_token: 'r' },
      'POST /auth/logout': { refresh_token: 'r' },
      'POST /auth/password': { password: 'right', new_password: 'right again' },
      'PATCH /api/v1/me': { name: 'Ada' },
      'POST /api/v1/reports': { text: 'rude' },
      'POST /api/v1/reports/:id/close': { note: 'done' },
      'POST /api/v1/blocks': { target: 'player_0001', on: true },
      'POST /api/v1/moderation/mute': { target: 'player_0001', reason: 'x' },
      'POST /api/v1/moderation/ban': { target: 'player_0001', reason: 'x', forMs: 5 },
      'POST /api/v1/moderation/lift': { target: 'player_0001', kind: 'ban' },
      'POST /api/v1/moderation/kick': { target: 'player_0001', reason: 'x' },
      'POST /api/v1/moderation/roles': { target: 'player_0001', roles: ['mentor'] },
      'POST /api/v1/projects': { name: 'lamp' },
      'PUT /api/v1/projects/:id/files/*path': { text: 'let a' },
      'POST /api/v1/agents': { projectId: 'project_1', name: 'Wick' },
      'POST /api/v1/agents/:id/eval': { source: '1 + 1' },
      'POST /api/v1/agents/:id/migrate': { node: 'home' },
      'POST /api/v1/ledger/accounts/:id/freeze': { id: 'f', frozen: true, reason: 'x' },
      'POST /api/v1/ledger/transfers': { id: 't1', to: 'player:player_0001', amountMicro: '1' },
      'POST /matchmake/reconnect/:roomId': { reconnectionToken: 'x' },
    }
    const order = ['put', 'get', 'post', 'patch', 'delete']
    for (const route of [...routes].sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method))) {
      const name = `${route.method.toUpperCase()} ${route.path}`
      expect(document.paths[templateOf(route.path)]?.[route.method], name).toBeDefined()
      const path = route.path
        .replace('*path', 'main.ts')
        .replace(':peerId', 'self')
        .replace(/:slug/, 'loops')
        .replace('accounts/:id', 'accounts/me')
        .replace(/:\w+/, 'project_1')
      const answer = await call(node.url, path, { method: route.method.toUpperCase(), token, body: bodies[name] })
      if (name.startsWith('POST /matchmake')) continue
      const schema = route.answers[answer.status]
      expect(schema, `${name} answered ${answer.status} ${answer.text}`).toBeDefined()
      if (typeof schema === 'object') expect(schema.safeParse(answer.json).error, name).toBeUndefined()
    }
    // The page is a file beside the routes.
    expect(document.paths['/']).toHaveProperty('get')
    expect(Object.values(document.paths).flatMap((path) => Object.keys(path))).toHaveLength(routes.length + 1)
  })

  test('a replay that would end before it begins is refused', async () => {
    await using node = await startGateway(fakeParts())
    const { token } = node.accounts.addPerson('Ada')
    const at = (query: string) => call(node.url, `/api/v1/agents/agent_1/replay?${query}`, { token })
    expect(await at('from=9&to=3')).toMatchObject({ status: 400, json: { code: 'invalid_parameter' } })
    expect((await at('from=3&to=3')).status).toBe(200)
  })

  test('a part this node does not have brings no routes', async () => {
    await using node = await startGateway()
    const { paths } = (await call(node.url, '/openapi.json')).json as { paths: object }
    expect(
      Object.keys(paths).filter((path) => /agents|projects|ledger|lessons|jobs|models|metrics/.test(path)),
    ).toEqual([])
  })
})

describe('the page', () => {
  test('hashed assets are kept for ever, the rest is asked for again, nothing outside is served and no path is made up', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'academy-page-'))
    try {
      await mkdir(join(dir, 'client', 'assets'), { recursive: true })
      await writeFile(join(dir, 'secret.txt'), 'secret')
      await writeFile(join(dir, 'client', 'index.html'), '<!doctype html>hello')
      await writeFile(join(dir, 'client', 'assets', 'main-BxY12_aZ.js'), `/* ${'x'.repeat(5000)} */`)
      await writeFile(join(dir, 'client', '.env'), 'secret')
      await using node = await startGateway({ config: { clientDir: join(dir, 'client') } as never })
      const page = await call(node.url, '/')
      expect([page.status, page.text, page.headers.get('cache-control')]).toEqual([
        200,
        '<!doctype html>hello',
        'no-cache',
      ])
      expect(page.headers.get('content-security-policy')).toMatch(/default-src 'self'.*frame-ancestors 'none'/)
      expect(page.headers.get('content-security-policy')).not.toContain("'unsafe-eval'")
      const asset = await call(node.url, '/assets/main-BxY12_aZ.js')
      expect(asset.headers.get('cache-control')).toContain('immutable')
      expect(asset.headers.get('content-encoding')).toMatch(/gzip|br/)
      for (const path of ['/../secret.txt', '/%2e%2e/secret.txt', '/.env', '/learn', '/assets'])
        expect((await call(node.url, path)).status, path).toBe(404)
    } finally {
      await rm(dir, { recursive: true, force: true })
    }
  })
})

describe('whatever comes in', () => {
  test('is answered with JSON below 500, and changes nothing that was not asked properly', {
    timeout: 60_000,
  }, async () => {
    await using node = await startGateway(fakeParts(), {
      rateLimits: { perAccount: 1e6, perAddress: 1e6, perKnownAddress: 1e6, windowS: 1 },
    })
    const { token } = node.accounts.addPerson('Ada')
    const paths = [
      '/auth/login',
      '/auth/register',
      '/auth/refresh',
      '/api/v1/me',
      '/api/v1/zones/enter',
      '/api/v1/ledger/transfers',
      '/api/v1/projects',
      '/api/v1/agents',
      '/api/v1/agents/x/log',
      '/api/v1/lessons/x/check',
      '/api/v1/reports',
      '/matchmake/create/zone',
      '/matchmake/reconnect/x',
    ]
    const header = fc.string({ unit: fc.constantFrom(...'abcXYZ019 ,;="/*.%{}[]-_'), maxLength: 40 })
    const request = fc.record({
      path: fc.oneof(
        fc.constantFrom(...paths),
        fc.webPath().map((path) => `/${path.replace(/^\/+/, '')}`),
        fc.webQueryParameters().map((query) => `/api/v1/agents/x/log?${query}`),
      ),
      method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'),
      raw: fc.oneof(
        fc.json(),
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.constant('{"__proto__":{"name":"x"},"constructor":1}'),
      ),
      headers: fc.dictionary(
        fc.constantFrom(
          'accept-language',
          'x-request-id',
          'x-forwarded-for',
          'content-type',
          'authorization',
          'range',
          'if-none-match',
          'cookie',
        ),
        header,
        { maxKeys: 3 },
      ),
      signedIn: fc.boolean(),
    })
    const legal = new Set(['guest', 'register', 'logout', 'rename', 'report'])
    await fc.assert(
      fc.asyncProperty(request, async ({ path, method, raw, headers, signedIn }) => {
        const hasBody = method !== 'GET' && method !== 'HEAD'
        const trimmed = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.trim()]))
        const answer = await fetch(`${node.url}${path}`, {
          method,
          body: hasBody ? raw : undefined,
          headers: {
            'content-type': 'application/json',
            ...trimmed,
            ...(signedIn && { authorization: `Bearer ${token}` }),
          },
        })
        const text = await answer.text()
        expect(answer.status, `${method} ${path}`).toBeLessThan(500)
        if (answer.status >= 400 && method !== 'HEAD') Problem.parse(JSON.parse(text))
      }),
      { numRuns: 400 },
    )
    expect(node.accounts.writes.filter((what) => !legal.has(what))).toEqual([])
    expect((await call(node.url, '/api/v1/me', { token })).status).toBe(200)
  })
})
