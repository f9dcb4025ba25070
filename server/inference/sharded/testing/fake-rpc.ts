/** Stands for llama.cpp's rpc-server in tests: one client at a time, each message (length, bytes) answered with its SHA-256. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:net'
import { parseArgs } from 'node:util'
import { messagesIn } from './messages.ts'

const { values } = parseArgs({
  options: { host: { type: 'string' }, port: { type: 'string' }, threads: { type: 'string' } },
})
createServer((socket) => {
  socket.setNoDelay(true)
  socket.on('error', () => {})
  socket.on(
    'data',
    messagesIn((message) => socket.write(createHash('sha256').update(message).digest())),
  )
}).listen(Number(values.port), values.host)
