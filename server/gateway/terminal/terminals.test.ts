import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { io, type Socket } from 'socket.io-client'
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { LineAck, Output } from '../../protocol/terminal.ts'
import type { OpenInput } from '../../terminal/types.ts'
import { fakeTerminal, startGateway } from '../fixtures.ts'

const open: Socket[] = []
afterEach(() => {
  for (const socket of open.splice(0)) socket.close()
})

type Page = {
  socket: Socket
  outputs: Output[]
  line(message: unknown): Promise<LineAck>
  last(): string | undefined
}

/** A page that keeps what it was shown. */
async function page(url: string, auth: object, { reconnection = false } = {}): Promise<Page> {
  const socket = io(`${url}/terminal`, {
    auth,
    transports: ['websocket'],
    reconnection,
    forceNew: true,
    reconnectionDelay: 10,
  })
  open.push(socket)
  const outputs: Output[] = []
  socket.on('output', (output: Output) => outputs.push(output))
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return { socket, outputs, line: (message) => socket.emitWithAck('line', message), last: () => outputs.at(-1)?.id }
}

const texts = ({ outputs }: Page) => outputs.map((output) => output.text)
const until = (check: () => unknown) =>
  vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 30_000, interval: 5 })

describe('terminal', () => {
  test('a line is acknowledged, and its outputs carry strictly increasing decimal ids', async () => {
    await using node = await startGateway()
    const { token } = node.accounts.addPerson('Ada')
    const ada = await page(node.url, { token })
    expect(await ada.line('look')).toEqual({ ok: true })
    expect(await ada.line({ id: 'l2', text: 'look' })).toEqual({ ok: true })
    expect(await ada.line('dance')).toEqual({ ok: false, code: 'unknown_command' })
    await until(() => ada.outputs.length === 2)
    const ids = ada.outputs.map((output) => BigInt(output.id))
    expect(ids[1]! > ids[0]!).toBe(true)
    expect(ada.outputs[0]).toMatchObject({ kind: 'place', text: 'A dark quay.' })
  })

  test.each([
    ['no token', {}, 'unauthorized'],
    ['a spent token', { token: 'old' }, 'token_expired'],
    ['a token of the wrong kind', { token: 5 }, 'unauthorized'],
    ['a token beyond all measure', { token: 'x'.repeat(5000) }, 'unauthorized'],
    ['a place to resume from that is no number', { token: 'old', after: 'DROP TABLE' }, 'unauthorized'],
  ])('%s is refused with a code and nobody is let in', async (_, auth, code) => {
    await using node = await startGateway()
    await expect(page(node.url, auth)).rejects.toMatchObject({ data: { code } })
    expect(node.gateway.terminals()).toBe(0)
    expect(node.terminal.minds.size).toBe(0)
  })

  test('a line sent again under its id is done once, while under way and after', async () => {
    await using node = await startGateway()
    const { token } = node.accounts.addPerson('Ada')
    const ada = await page(node.url, { token })
    const first = ada.line({ id: 'a', text: 'wait' })
    const second = ada.line({ id: 'a', text: 'wait' })
    await until(() => node.terminal.done.length === 1)
    node.terminal.release()
    expect(await first).toEqual({ ok: true })
    expect(await second).toEqual({ ok: true })
    expect(await ada.line({ id: 'a', text: 'wait' })).toEqual({ ok: true })
    expect(node.terminal.done).toEqual(['Ada:wait'])
  })

  test('a line id is remembered across a lost connection', async () => {
    await using node = await startGateway()
    const { token } = node.accounts.addPerson('Ada')
    const before = await page(node.url, { token })
    await before.line({ id: 'a', text: 'say once' })
    before.socket.io.engine.close()
    const after = await page(node.url, { token, after: before.last() })
    expect(await after.line({ id: 'a', text: 'say once' })).toEqual({ ok: true })
    expect(node.terminal.done).toEqual(['Ada:say once'])
  })

  test('a line sent the moment the page is connected is not lost, however long the opening takes', async () => {
    const terminal = fakeTerminal()
    const slowly = { open: (input: OpenInput) => sleep(100).then(() => terminal.open(input)) }
    await using node = await startGateway({ terminal: slowly })
    const ada = await page(node.url, { token: node.accounts.addPerson('Ada').token })
    expect(await ada.line('look')).toEqual({ ok: true })
    await until(() => ada.outputs.length === 1)
  })

  test('a page that goes away while the door is opened leaves nothing behind', async () => {
    const terminal = fakeTerminal()
    const slowly = { open: (input: OpenInput) => sleep(50).then(() => terminal.open(input)) }
    await using node = await startGateway({ terminal: slowly }, { resumeMs: 20 })
    const { token, person } = node.accounts.addPerson('Ada')
    const socket = io(`${node.url}/terminal`, {
      auth: { token },
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    })
    await until(() => node.zones.awakeIds.has(person.id))
    socket.close()
    await until(() => terminal.closed.includes(person.id))
  })

  test('lines of one person are done in order, one after the other', async () => {
    await using node = await startGateway()
    const { token } = node.accounts.addPerson('Ada')
    const ada = await page(node.url, { token })
    const all = Promise.all(['wait', 'look', 'say hi'].map((text) => ada.line(text)))
    await until(() => node.terminal.done.length === 1)
    expect(node.terminal.done).toEqual(['Ada:wait'])
    node.terminal.release()
    await all
    expect(node.terminal.done).toEqual(['Ada:wait', 'Ada:look', 'Ada:say hi'])
  })

  test('after a lost connection no output is lost or doubled', async () => {
    await using node = await startGateway()
    const ada = node.accounts.addPerson('Ada')
    const bob = await page(node.url, { token: node.accounts.addPerson('Bob').token })
    const before = await page(node.url, { token: ada.token })
    await bob.line('say one')
    await until(() => before.outputs.length === 1)
    before.socket.io.engine.close()
    await until(() => node.gateway.terminals() === 1)
    await bob.line('say two')
    await bob.line('say three')
    const after = await page(node.url, { token: ada.token, after: before.last() })
    await until(() => after.outputs.length === 2)
    expect([...texts(before), ...texts(after)]).toEqual(['Bob: one', 'Bob: two', 'Bob: three'])
  })

  test('what fell out of the memory is said to be lost, and what is left follows', async () => {
    await using node = await startGateway()
    const { token, person } = node.accounts.addPerson('Ada')
    const before = await page(node.url, { token })
    await before.line('look')
    before.socket.io.engine.close()
    await until(() => node.gateway.terminals() === 0)
    const send = node.terminal.minds.get(person.id)!
    for (let i = 0; i < 1000; i++) send([{ kind: 'event', text: `wave ${i}` }])
    const after = await page(node.url, { token, after: before.last() })
    await until(() => after.outputs.at(-1)?.text === 'wave 999')
    expect(after.outputs[0]).toMatchObject({ kind: 'system', data: { gap: true } })
    expect(texts(after).slice(1)).toEqual(
      Array.from({ length: after.outputs.length - 1 }, (_, i) => `wave ${1000 - after.outputs.length + 1 + i}`),
    )
    const ids = after.outputs.map((output) => Number(output.id))
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
  })

  test('a page that comes back to a restarted node is told of the gap, and its ids go on rising', async () => {
    let last: string | undefined
    {
      await using node = await startGateway()
      const ada = await page(node.url, { token: node.accounts.addPerson('Ada').token })
      await ada.line('look')
      last = ada.last()
    }
    await using node = await startGateway()
    const ada = await page(node.url, { token: node.accounts.addPerson('Ada').token, after: last })
    await ada.line('look')
    await until(() => ada.outputs.length === 2)
    expect(ada.outputs[0]).toMatchObject({ data: { gap: true } })
    expect(BigInt(ada.outputs[0]!.id) > BigInt(last!)).toBe(true)
  })

  test('all pages of a person show the same, whichever of them types', async () => {
    await using node = await startGateway()
    const { token } = node.accounts.addPerson('Ada')
    const [left, right] = [await page(node.url, { token }), await page(node.url, { token })]
    await left.line('look')
    await right.line('say hi')
    await until(() => left.outputs.length === 2 && right.outputs.length === 2)
    expect(left.outputs).toEqual(right.outputs)
    expect(node.terminal.minds.size).toBe(1)
  })

  test('the oldest page makes room for one too many', async () => {
    await using node = await startGateway()
    const { token } = node.accounts.addPerson('Ada')
    const first = await page(node.url, { token })
    const ended = once(first.socket as never, 'end')
    for (let i = 0; i < 8; i++) await page(node.url, { token })
    expect((await ended)[0]).toEqual({ code: 'replaced' })
    await until(() => node.gateway.terminals() === 8)
  })

  test("a kick ends every terminal of that person with the reason, and nobody else's", async () => {
    await using node = await startGateway()
    const ada = node.accounts.addPerson('Ada')
    const page1 = await page(node.url, { token: ada.token }, { reconnection: true })
    const page2 = await page(node.url, { token: ada.token }, { reconnection: true })
    const bob = await page(node.url, { token: node.accounts.addPerson('Bob').token })
    const ends = Promise.all([page1, page2].map(({ socket }) => once(socket as never, 'end')))
    const reason = once(page1.socket as never, 'disconnect')
    node.accounts.announce(ada.person.id, { kick: 'Enough.' })
    expect((await ends).map(([end]) => end)).toEqual([
      { code: 'kicked', text: 'Enough.' },
      { code: 'kicked', text: 'Enough.' },
    ])
    expect((await reason)[0]).toBe('io server disconnect')
    expect(node.terminal.closed).toEqual([ada.person.id])
    expect(await bob.line('look')).toEqual({ ok: true })
  })

  test('an error in a line is `internal` for its sender, logged for us, and the next line works', async () => {
    await using node = await startGateway()
    const ada = await page(node.url, { token: node.accounts.addPerson('Ada').token })
    expect(await ada.line('crash')).toEqual({ ok: false, code: 'internal' })
    expect(await ada.line('look')).toEqual({ ok: true })
  })

  test('completions are answered', async () => {
    await using node = await startGateway()
    const ada = await page(node.url, { token: node.accounts.addPerson('Ada').token })
    expect(await ada.socket.emitWithAck('complete', 'lo')).toEqual([{ text: 'look', kind: 'verb' }])
    for (const odd of [7, null, { text: 'lo' }])
      expect(await ada.socket.emitWithAck('complete', odd as never)).toEqual([])
  })

  test('a new token is taken for its own person only', async () => {
    await using node = await startGateway()
    const { token } = node.accounts.addPerson('Ada')
    const other = node.accounts.addPerson('Bob')
    const ada = await page(node.url, { token })
    expect(await ada.socket.emitWithAck('renew', token)).toEqual({ ok: true })
    expect(await ada.socket.emitWithAck('renew', other.token)).toEqual({ ok: false, code: 'forbidden' })
    expect(await ada.socket.emitWithAck('renew', 'gone')).toEqual({ ok: false, code: 'token_expired' })
    expect(ada.socket.connected).toBe(true)
  })

  test('an expired token cuts the connection, and the page that comes back with a new one misses nothing', async () => {
    await using node = await startGateway({}, { now: () => Date.now() })
    const { person } = node.accounts.addPerson('Ada')
    const jwt = (exp: number) => `${btoa('{}')}.${btoa(JSON.stringify({ exp }))}.x`
    const verify = node.accounts.verify
    node.accounts.verify = async (token) =>
      token.includes('.') ? { playerId: person.id, sessionId: 's', roles: [] } : verify(token)
    const spent = Date.now() / 1000 - 29.8
    let fresh = false
    const auth = (give: (auth: object) => void) =>
      give({ token: fresh ? jwt(Date.now() / 1000 + 900) : jwt(spent), after: ada?.last() })
    let ada: Page | undefined
    ada = await page(node.url, auth as never, { reconnection: true })
    fresh = true
    await ada.line('look')
    await once(ada.socket as never, 'disconnect')
    await once(ada.socket as never, 'connect')
    expect(await ada.line('look')).toEqual({ ok: true })
    await until(() => ada.outputs.length === 2)
  })

  test('the last connection gone, the person falls asleep; back again, they wake', async () => {
    await using node = await startGateway({}, { presenceGraceMs: 20 })
    const { token, person } = node.accounts.addPerson('Ada')
    const ada = await page(node.url, { token })
    const second = await page(node.url, { token })
    expect(node.zones.awakeIds.has(person.id)).toBe(true)
    ada.socket.close()
    await until(() => node.gateway.terminals() === 1)
    await second.line('look')
    expect(node.zones.slept).toEqual([])
    second.socket.close()
    await until(() => node.zones.slept.length === 1)
    await page(node.url, { token })
    expect(node.zones.awakeIds.has(person.id)).toBe(true)
  })

  test('a forgotten session is closed', async () => {
    await using node = await startGateway({}, { resumeMs: 10 })
    const { token, person } = node.accounts.addPerson('Ada')
    const ada = await page(node.url, { token })
    ada.socket.close()
    await until(() => node.terminal.closed.includes(person.id))
  })

  test('closing the gateway lets pages come back by themselves', async () => {
    const node = await startGateway()
    const ada = await page(node.url, { token: node.accounts.addPerson('Ada').token })
    const gone = once(ada.socket as never, 'disconnect')
    await node.gateway.close()
    expect((await gone)[0]).toBe('transport close')
  })
})
