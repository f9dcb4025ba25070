import { once } from 'node:events'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { cellOf, inMain, programOf, textOf, turnOf } from '../fixtures.ts'
import { startHost } from '../host-process.ts'

test('S33 a host has no environment, files, processes, threads or network, and gives way to the node', async () => {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const told = await new Promise<Record<string, unknown>>((resolve) => {
    const host = startHost(
      (message) => {
        if ('environment' in message) {
          host.kill()
          resolve(message)
        } else host.send({ port, file: join(tmpdir(), 'academy-escape') } as never)
      },
      fileURLToPath(new URL('./from-host.ts', import.meta.url)),
    )
  })
  server.close()
  expect(told).toMatchObject({
    environment: 0,
    read: 'ERR_ACCESS_DENIED',
    write: 'ERR_ACCESS_DENIED',
    process: 'ERR_ACCESS_DENIED',
    thread: 'ERR_ACCESS_DENIED',
  })
  if (process.platform === 'linux') expect(told.network).toBe('EMFILE')
})

test('S33 a program has none of them either, by any name', () => {
  const names = [
    'process require module exports __filename global Buffer fetch XMLHttpRequest WebSocket Worker navigator location document',
    'window self setTimeout setInterval setImmediate queueMicrotask structuredClone performance crypto Deno Bun WebAssembly',
    'SharedArrayBuffer Atomics ivm _ivm',
  ]
    .join(' ')
    .split(' ')
  const cell = cellOf(
    programOf(
      inMain(`const all = globalThis as any
console.log(${JSON.stringify(names)}.filter((name) => typeof all[name] !== 'undefined').join())`),
    ),
  )
  const { logs } = JSON.parse(cell.run(textOf(turnOf(1))).text!)
  cell.dispose()
  expect(logs[0].text).toBe('')
})
