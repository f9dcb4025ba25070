/**
 * Stands for llama-server in tests: sends the model to its rpc-servers, asks them all for each word, and dies without them as
 * llama.cpp does. `word N` for N = 0, 1, 2 … is what it says; it goes on after an assistant's text.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { messageOf } from './messages.ts'

const DIGEST_BYTES = 32
const PART_BYTES = 64 * 1024

const argument = (name: string) => process.argv[process.argv.indexOf(`--${name}`) + 1]!
const die = (why: string): never => {
  process.stderr.write(`Remote RPC server crashed or returned malformed response: ${why}\n`)
  process.exit(134)
}

async function open(address: string): Promise<Socket> {
  const [host, port] = address.split(':')
  const socket = connect(Number(port), host)
  await once(socket, 'connect').catch((error: Error) => die(error.message))
  socket.setNoDelay(true)
  for (const event of ['close', 'error']) socket.once(event, () => die(event))
  return socket
}

/** A message to one of them, whose answer must be its digest. */
async function compute(socket: Socket, message: Uint8Array): Promise<void> {
  socket.write(messageOf(message))
  let got = Buffer.alloc(0)
  while (got.length < DIGEST_BYTES) got = Buffer.concat([got, ((await once(socket, 'data')) as [Buffer])[0]])
  if (!createHash('sha256').update(message).digest().equals(got)) die('another digest')
}

let rpcs: readonly Socket[] | undefined
let turn: Promise<unknown> = Promise.resolve()
/** One word at a time, as a batch is. */
function word(n: number): Promise<string> {
  const said = turn.then(async () => {
    for (const rpc of rpcs!) await compute(rpc, Buffer.from(`word ${n}`))
    return `word ${n} `
  })
  turn = said
  return said
}

createServer((req, res) => void answer(req, res)).listen(Number(argument('port')), '127.0.0.1')
const sockets = await Promise.all(argument('rpc').split(',').map(open))
const model = readFileSync(argument('model'))
for (let at = 0; at < model.length; at += PART_BYTES)
  for (const socket of sockets) await compute(socket, model.subarray(at, at + PART_BYTES))
rpcs = sockets

async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const json = (status: number, body: object) =>
    res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  if (req.url === '/health') return void json(rpcs ? 200 : 503, {})
  if (req.headers.authorization !== `Bearer ${process.env.LLAMA_API_KEY}`) return void json(401, { error: 'key' })
  if (req.url === '/v1/models') return void json(200, { data: [{ id: argument('alias') }] })
  let text = ''
  for await (const chunk of req) text += chunk
  const { messages, max_tokens: most = 8 } = JSON.parse(text) as {
    messages: { role: string; content: string }[]
    max_tokens?: number
  }
  const last = messages.at(-1)!
  const first = last.role === 'assistant' ? last.content.split('word').length - 1 : 0
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  const send = (body: object) => res.write(`data: ${JSON.stringify(body)}\n\n`)
  for (let n = first; n < first + most && !res.destroyed; n++)
    send({ choices: [{ delta: { content: await word(n) } }] })
  send({ choices: [{ delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 3, completion_tokens: most } })
  res.end('data: [DONE]\n\n')
}
