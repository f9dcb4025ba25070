import { once } from 'node:events'
import fc from 'fast-check'
import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { LineAck, Output } from '../../protocol/terminal.ts'
import { startGateway } from '../fixtures.ts'

const failures: unknown[] = []
const note = (error: unknown) => void failures.push(error)
const open: { close(): void }[] = []
beforeEach(() => {
  process.on('uncaughtException', note)
  process.on('unhandledRejection', note)
})
afterEach(() => {
  process.off('uncaughtException', note)
  process.off('unhandledRejection', note)
  for (const each of open.splice(0)) each.close()
  expect(failures.splice(0)).toEqual([])
})

const until = (check: () => unknown) =>
  vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 10_000, interval: 5 })

async function page(
  url: string,
  token: string,
): Promise<{ socket: Socket; outputs: Output[]; line(message: unknown): Promise<LineAck> }> {
  const socket = io(`${url}/terminal`, {
    auth: { token },
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
  })
  open.push(socket)
  const outputs: Output[] = []
  socket.on('output', (output: Output) => outputs.push(output))
  await new Promise<void>((resolve, reject) => void socket.once('connect', resolve).once('connect_error', reject))
  return { socket, outputs, line: (message) => socket.emitWithAck('line', message) }
}

/** A bare WebSocket that has joined the namespace, to send what no client library would. */
async function bare(url: string, token: string): Promise<WebSocket> {
  const ws = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
  ws.on('error', () => {})
  open.push({ close: () => ws.terminate() })
  await once(ws, 'message')
  ws.send(`40/terminal,${JSON.stringify({ token })}`)
  await once(ws, 'message')
  return ws
}

describe('terminals that misbehave', () => {
  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['a number', 5],
    ['an object without text', { id: 'x' }],
    ['an id that is no text', { id: 5, text: 'look' }],
    ['an id beyond all measure', { id: 'x'.repeat(65), text: 'look' }],
    ['an array', ['look']],
  ])('a line that is %s is refused and nothing is done', async (_, line) => {
    await using node = await startGateway()
    const ada = await page(node.url, node.accounts.addPerson('Ada').token)
    expect(await ada.line(line)).toEqual({ ok: false, code: 'bad_arguments' })
    expect(node.terminal.done).toEqual([])
    expect(await ada.line('look')).toEqual({ ok: true })
  })

  test('whoever goes on sending rubbish is dropped, and does not come back by itself', async () => {
    await using node = await startGateway()
    const [ada, bob] = [
      await page(node.url, node.accounts.addPerson('Ada').token),
      await page(node.url, node.accounts.addPerson('Bob').token),
    ]
    const [ended, gone] = [once(ada.socket as never, 'end'), once(ada.socket as never, 'disconnect')]
    for (let i = 0; i < 20; i++) ada.socket.emit('nonsense', { i })
    expect((await ended)[0]).toEqual({ code: 'flood' })
    expect((await gone)[0]).toBe('io server disconnect')
    expect(await bob.line('look')).toEqual({ ok: true })
  })

  test("a frame too large closes the connection, nobody else's", async () => {
    await using node = await startGateway()
    const [ada, bob] = [
      await page(node.url, node.accounts.addPerson('Ada').token),
      await page(node.url, node.accounts.addPerson('Bob').token),
    ]
    const gone = once(ada.socket as never, 'disconnect')
    ada.socket.emit('line', 'x'.repeat(20_000))
    await gone
    expect(node.terminal.done).toEqual([])
    expect(await bob.line('look')).toEqual({ ok: true })
  })

  test("the namespace without a name is nobody's", async () => {
    await using node = await startGateway()
    const socket = io(node.url, {
      auth: { token: node.accounts.addPerson('Ada').token },
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    })
    open.push(socket)
    const [error] = (await once(socket as never, 'connect_error')) as [{ data: object }]
    expect(error.data).toMatchObject({ code: 'not_found' })
  })

  test('a flood is slowed, so that others have their answers, and in the end dropped', {
    timeout: 60_000,
  }, async () => {
    await using node = await startGateway({}, { floodMaxMs: 1_000 })
    const rude = await bare(node.url, node.accounts.addPerson('Rude').token)
    const ada = await page(node.url, node.accounts.addPerson('Ada').token)
    const gone = once(rude, 'close')
    let flooding = true
    void gone.then(() => {
      flooding = false
    })
    const shovel = () => {
      for (let i = 0; flooding && i < 2_000 && rude.bufferedAmount < 1_000_000; i++)
        rude.send('42/terminal,["line","dance"]')
      if (flooding) setTimeout(shovel, 5)
    }
    shovel()
    let answered = 0
    while (flooding) {
      expect(await ada.line('look')).toEqual({ ok: true })
      answered++
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    expect(answered).toBeGreaterThan(0)
    expect(await ada.line('look')).toEqual({ ok: true })
  })

  test('a client that does not read costs one write and its ring, is cut, and nobody else notices', {
    timeout: 60_000,
  }, async () => {
    await using node = await startGateway({}, { stallMaxMs: 500, sweepMs: 100 })
    const { token, person } = node.accounts.addPerson('Deaf')
    const deaf = await bare(node.url, token)
    const ada = await page(node.url, node.accounts.addPerson('Ada').token)
    deaf.pause()
    const before = process.memoryUsage().arrayBuffers
    const send = node.terminal.minds.get(person.id)!
    const startedAt = performance.now()
    for (let i = 0; node.gateway.terminals() === 2 && performance.now() - startedAt < 40_000; i++) {
      send([{ kind: 'event', text: 'wave '.repeat(800) }])
      if (i % 50 === 0) {
        expect(await ada.line('look')).toEqual({ ok: true })
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    }
    expect(node.gateway.terminals()).toBe(1)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024)
  })

  test('a client that does not read cannot hold the node open', async () => {
    const node = await startGateway()
    const deaf = await bare(node.url, node.accounts.addPerson('Deaf').token)
    deaf.pause()
    await node.gateway.close()
    await expect(fetch(node.url)).rejects.toThrow()
  })

  test('whatever bytes come, the node goes on, and nothing is done that is no line', {
    timeout: 60_000,
  }, async () => {
    await using node = await startGateway()
    const ada = await page(node.url, node.accounts.addPerson('Ada').token)
    const { token } = node.accounts.addPerson('Rude')
    const packet = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc
        .tuple(
          fc.constantFrom(
            '42/terminal,',
            '43/terminal,',
            '45/terminal,',
            '40/terminal,',
            '41/',
            '44',
            '42',
            '451-/terminal,',
            '2',
            '3',
            '6',
          ),
          fc.oneof(fc.json({ maxDepth: 3 }), fc.string()),
        )
        .map(([head, tail]) => head + tail),
      fc.json().map((json) => `42/terminal,7["line",${json}]`),
      fc.uint8Array({ maxLength: 60 }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(packet, { minLength: 1, maxLength: 12 }), async (packets) => {
        const rude = await bare(node.url, token)
        for (const each of packets) if (rude.readyState === WebSocket.OPEN) rude.send(each)
        expect(await ada.line('look')).toEqual({ ok: true })
        rude.terminate()
      }),
      { numRuns: 150 },
    )
    await until(() => node.gateway.terminals() === 1)
    expect(await ada.line('look')).toEqual({ ok: true })
  })
})
