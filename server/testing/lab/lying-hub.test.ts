/** A hub that lies about what was published, and real nodes that install from it: each lie is refused in words, and nothing changes. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { BELL, bell } from '../../library/fixtures.ts'
import { askControl } from '../../ops/control.ts'
import { join as joinAs, json } from '../flow/player.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'
import type { FromHub, Lie } from './lying-hub.ts'

const POLL = { timeout: 90_000, interval: 250 }
const P2P = { ACADEMY_P2P_HOST: '127.0.0.1', ACADEMY_P2P_PORT: '0', ACADEMY_MDNS: 'false' }
const ADMIN = { name: 'ada', password: 'a lamp, a quay and a ferry' }

describe('a hub that lies', () => {
  const stack = new AsyncDisposableStack()
  let hub: ChildProcess
  let keeper: NodeProcess
  let token: string

  const said = async <T extends FromHub['is']>(is: T, tell: () => void = () => {}) => {
    const heard = new Promise<Extract<FromHub, { is: T }>>((done, fail) => {
      const hear = (message: FromHub) => {
        if (message.is !== is) return
        hub.off('message', hear).off('exit', ended)
        done(message as Extract<FromHub, { is: T }>)
      }
      const ended = () => fail(new Error('the hub has ended'))
      hub.on('message', hear).once('exit', ended)
    })
    tell()
    return heard
  }
  const lieAbout = (lie: Lie) => said('lying', () => hub.send(lie))
  const member = (name: string, invite: string) =>
    startNodeProcess({ env: { ...P2P, ACADEMY_ROLE: 'local', ACADEMY_INVITE: invite, ACADEMY_NAME: name } })
  const joined = (node: NodeProcess) =>
    vi.waitFor(async () => {
      const { state } = await askControl<{ state: { is: string } }>(node.dataDir, 'network', { op: 'peers' })
      expect(state.is).toBe('joined')
    }, POLL)

  /** Asked for in both languages. */
  async function install(wish: { version?: string; owner?: string } = {}) {
    const ask = async (locale: string) => {
      const answer = await fetch(new URL('/api/v1/library/bell/install', keeper.url), {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'accept-language': locale,
        },
        body: JSON.stringify({ zone: 'harbor', place: 'dock', ...wish }),
      })
      return { status: answer.status, body: (await answer.json()) as { code?: string; title?: string } }
    }
    return { en: await ask('en'), ru: await ask('ru') }
  }
  const refused = (status: number, code: string, en: RegExp, ru: RegExp) => ({
    en: { status, body: { code, title: expect.stringMatching(en) } },
    ru: { status, body: { code, title: expect.stringMatching(ru) } },
  })
  const unsigned = refused(
    422,
    'item_forged',
    /its owner did not sign it, or it was changed/,
    /владелец этого не подписывал/,
  )
  const repacked = refused(
    422,
    'item_forged',
    /its files are not those that were signed/,
    /файлы не те, что были подписаны/,
  )
  const installed = async () => {
    const { body } = await json<{ items: { name: string; version: string }[] }>(
      keeper.url,
      'GET',
      '/api/v1/world-items',
      undefined,
      token,
    )
    return body.items.map(({ name, version }) => `${name} ${version}`)
  }

  beforeAll(async () => {
    const dir = await mkdtemp(join(tmpdir(), 'academy-liar-'))
    stack.defer(() => rm(dir, { recursive: true, force: true }))
    hub = fork(join(import.meta.dirname, 'lying-hub.ts'), [], {
      execArgv: ['--disable-warning=ExperimentalWarning'],
      env: {
        PATH: process.env.PATH,
        TMPDIR: tmpdir(),
        ...P2P,
        ACADEMY_P2P: 'true',
        ACADEMY_ROLE: 'initial',
        ACADEMY_NAME: 'Liar',
        ACADEMY_DATA: dir,
        ACADEMY_HOST: '127.0.0.1',
        ACADEMY_PORT: '0',
        ACADEMY_LOG_LEVEL: 'warn',
      },
    })
    stack.defer(async () => {
      if (hub.exitCode !== null || hub.signalCode !== null) return
      const ended = once(hub, 'exit')
      hub.kill('SIGKILL')
      await ended
    })
    const { invite } = await said('ready')

    // An honest node publishes two versions, and is gone: only the hub can be asked.
    const maker = await member('Maker', invite)
    try {
      await joined(maker)
      const ann = await joinAs(maker.url)
      for (const [version, readme] of [
        ['1.0.0', 'As it was.'],
        ['1.1.0', 'Mended.'],
      ] as const) {
        const draft = bell(version, { ...BELL, 'README.md': readme })
        const done = await ann.api<{ state: string }>('POST', '/api/v1/library', draft)
        expect(done).toMatchObject({ status: 201, body: { state: 'listed' } })
      }
      ann.close()
    } finally {
      await maker[Symbol.asyncDispose]()
    }

    keeper = stack.use(await member('Keeper', invite))
    await joined(keeper)
    const guest = await joinAs(keeper.url)
    expect((await guest.api('POST', '/auth/register', ADMIN)).status).toBeLessThan(300)
    guest.close()
    await askControl(keeper.dataDir, 'set-role', { name: ADMIN.name, role: 'admin' })
    token = (await json<{ access_token: string }>(keeper.url, 'POST', '/auth/login', ADMIN)).body.access_token
  }, 480_000)
  afterAll(() => stack.disposeAsync(), 60_000)

  test.each([
    ['another title than was signed', 'title', {}, unsigned],
    ['a signature of its own under the owner’s key', 'signature', {}, unsigned],
    ['an older version under a higher number', 'number', {}, unsigned],
    ['a version by number, with another title', 'title', { version: '1.1.0' }, unsigned],
    ['the hash of other files', 'cid', { version: '1.1.0' }, unsigned],
    ['other bytes under the right hash', 'bytes', {}, repacked],
  ] as const)(
    'L6 L12 from a hub that hands on %s nothing is installed, and both languages say why',
    {
      timeout: 120_000,
    },
    async (_, lie, wish, expected) => {
      await lieAbout(lie)
      expect(await install(wish)).toMatchObject(expected)
      expect(await installed()).toEqual([])
    },
  )

  test('L6 L24 what is installed stays when the hub keeps the newer back, or says that the item is its own', {
    timeout: 120_000,
  }, async () => {
    await lieAbout('none')
    expect(await install()).toMatchObject({ en: { status: 200 }, ru: { status: 200 } })
    expect(await installed()).toEqual(['bell 1.1.0'])

    await lieAbout('newer')
    expect(await install()).toMatchObject(
      refused(409, 'item_older', /1\.0\.0 is older than 1\.1\.0, which is installed/, /1\.0\.0 старше, чем 1\.1\.0/),
    )
    await lieAbout('owner')
    expect(await install()).toMatchObject(
      refused(409, 'item_other_owner', /installed from another owner/, /установлен от другого владельца/),
    )
    expect(await installed()).toEqual(['bell 1.1.0'])

    // Whoever wants the older one says so.
    await lieAbout('newer')
    expect(await install({ version: '1.0.0' })).toMatchObject({ en: { status: 200 } })
    expect(await installed()).toEqual(['bell 1.0.0'])
  })
})
