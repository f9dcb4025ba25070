import { once } from 'node:events'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { PGlite } from '@electric-sql/pglite'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPgliteServer } from './pglite-server.ts'

const STARTUP = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0])
const message = (type: string, body: Buffer) => {
  const header = Buffer.alloc(5)
  header.write(type, 0, 'latin1')
  header.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([header, body])
}
const sync = message('S', Buffer.alloc(0))
const terminate = message('X', Buffer.alloc(0))

/** A server over a database that writes down what it is handed and answers with one byte. */
async function createRecorder(fail?: Error) {
  const handed: string[] = []
  const db = {
    runExclusive: (run: () => Promise<void>) => run(),
    execProtocolRawStream: async (request: Uint8Array, { onRawData }: { onRawData: (data: Uint8Array) => void }) => {
      if (fail) throw fail
      handed.push(Buffer.from(request).toString('hex'))
      onRawData(new Uint8Array([handed.length]))
    },
    exec: async (sql: string) => void handed.push(sql),
  } as unknown as PGlite
  const broken: unknown[] = []
  const { server, close } = createPgliteServer(db, (error) => broken.push(error))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const join = async () => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
    await once(socket, 'connect')
    return socket
  }
  return { handed, broken, join, [Symbol.asyncDispose]: close }
}

const LEFT = ['ROLLBACK', 'DISCARD ALL']
const gone = (socket: Socket) => (socket.closed ? Promise.resolve() : once(socket.resume(), 'close'))

test('E1 however the bytes are cut on their way, the database is handed the same requests', async () => {
  const part = fc.tuple(fc.constantFrom('P', 'B', 'D', 'E'), fc.uint8Array({ maxLength: 40 }))
  const request = fc.tuple(fc.array(part, { maxLength: 4 }), fc.constantFrom('S', 'Q', 'H'))
  await fc.assert(
    fc.asyncProperty(
      fc.array(request, { maxLength: 5 }),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      async (plan, cuts) => {
        await using recorder = await createRecorder()
        const requests = plan.map(([parts, end]) =>
          Buffer.concat([
            ...parts.map(([type, body]) => message(type, Buffer.from(body))),
            message(end, Buffer.alloc(0)),
          ]),
        )
        const socket = await recorder.join()
        const bytes = Buffer.concat([STARTUP, ...requests, terminate])
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const length = cuts[i % cuts.length]!
          socket.write(bytes.subarray(at, at + length))
          at += length
        }
        await gone(socket)
        await recorder[Symbol.asyncDispose]()
        expect(recorder.handed).toEqual([
          STARTUP.toString('hex'),
          ...requests.map((one) => one.toString('hex')),
          ...LEFT,
        ])
      },
    ),
    { numRuns: 40 },
  )
})

test('E2 a second connection waits until the first is gone and its session emptied', async () => {
  await using recorder = await createRecorder()
  const first = await recorder.join()
  first.write(Buffer.concat([STARTUP, sync]))
  await once(first, 'data')
  const second = await recorder.join()
  second.write(Buffer.concat([STARTUP, sync]))
  first.end(sync)
  await once(second, 'data')
  const startup = STARTUP.toString('hex')
  const ready = sync.toString('hex')
  expect(recorder.handed.slice(0, 6)).toEqual([startup, ready, ready, ...LEFT, startup])
  second.destroy()
})

test('E3 a request that is cut off by the end of its connection is not handed over', async () => {
  await using recorder = await createRecorder()
  const socket = await recorder.join()
  socket.end(Buffer.concat([STARTUP, message('P', Buffer.from('half')), sync.subarray(0, 3)]))
  await gone(socket)
  await recorder[Symbol.asyncDispose]()
  expect(recorder.handed).toEqual([STARTUP.toString('hex'), ...LEFT])
})

test('E4 when the database itself fails its owner is told', async () => {
  const fail = new Error('memory access out of bounds')
  const recorder = await createRecorder(fail)
  const socket = await recorder.join()
  socket.write(STARTUP)
  await expect.poll(() => recorder.broken).toEqual([fail])
  await recorder[Symbol.asyncDispose]()
})
