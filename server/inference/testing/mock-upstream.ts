/**
 * A server of models that says what the last message tells it to: for tests, and at a fixed rate for the benchmark.
 *
 * The words it understands: `fail STATUS`, `break N` (cuts the connection after N pieces), `error N` (a typed error after N
 * pieces), `hang` (never answers), `hang N` (falls silent after N pieces), `tool NAME JSON`, `say N` (N pieces).
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type MockUpstream = AsyncDisposable & {
  /** With `/v1`. */
  readonly url: string
  /** What came in, newest last; at most the last thousand. */
  readonly seen: {
    readonly path: string
    readonly headers: IncomingMessage['headers']
    readonly body: Record<string, unknown>
  }[]
  /** Requests whose connection was closed by the other side before their answer was whole. */
  hungUp(): number
  open(): number
}
export type MockOptions = {
  readonly pieces?: number
  readonly pieceEveryMs?: number
  readonly key?: string
  readonly remembers?: boolean
}

export const PIECE = 'word '

export async function startMockUpstream(options: MockOptions = {}): Promise<MockUpstream> {
  const { pieces = 8, pieceEveryMs = 0, key, remembers = true } = options
  const seen: MockUpstream['seen'] = []
  let hungUp = 0
  let open = 0

  const server = createServer((req, res) => {
    const path = req.url ?? ''
    if (path === '/v1/models') return void json(res, 200, { object: 'list', data: [{ id: 'mock', object: 'model' }] })
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>
      if (remembers) {
        seen.push({ path, headers: req.headers, body })
        if (seen.length > 1_000) seen.shift()
      }
      open++
      res.on('close', () => {
        open--
        if (!res.writableFinished) hungUp++
      })
      if (key !== undefined && req.headers.authorization !== `Bearer ${key}` && req.headers['x-api-key'] !== key)
        return void json(res, 401, { error: { message: `wrong key ${String(req.headers.authorization)}` } })
      if (path === '/v1/embeddings')
        return void json(res, 200, {
          data: (body.input as string[]).map((text, index) => ({ index, embedding: [text.length, 1, 0] })),
          usage: { prompt_tokens: 3 },
        })
      if (path === '/v1/messages') return void answerAnthropic(res, body)
      answerOpenai(res, body)
    })
  })

  function answerOpenai(res: ServerResponse, body: Record<string, unknown>): void {
    const order = orderOf(body)
    if (order.status)
      return void json(
        res,
        order.status,
        { error: { message: 'as ordered', type: 'test' } },
        order.status === 429 ? { 'retry-after': '7' } : {},
      )
    if (order.hangs && order.after === undefined) return
    const count = order.after ?? order.pieces ?? pieces
    const sample = sampleFor(body.response_format)
    const usage = { prompt_tokens: 5, completion_tokens: count, total_tokens: 5 + count }
    const call = order.tool && {
      id: 'call_1',
      type: 'function',
      function: { name: order.tool[0], arguments: order.tool[1] },
    }
    if (body.stream !== true) {
      const message = call
        ? { role: 'assistant', content: null, tool_calls: [call] }
        : { role: 'assistant', content: sample ?? PIECE.repeat(count) }
      const finish_reason = call ? 'tool_calls' : 'stop'
      return void json(res, 200, {
        id: 'x',
        object: 'chat.completion',
        choices: [{ index: 0, message, finish_reason }],
        usage,
      })
    }
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    const event = (value: unknown) => res.write(`data: ${JSON.stringify(value)}\n\n`)
    const delta = (value: object, finish_reason: string | null = null) =>
      event({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta: value, finish_reason }] })
    if (call) {
      delta({
        role: 'assistant',
        tool_calls: [{ ...call, index: 0, function: { name: call.function.name, arguments: '' } }],
      })
      for (const part of call.function.arguments.match(/.{1,4}/gs) ?? [])
        delta({ tool_calls: [{ index: 0, function: { arguments: part } }] })
      delta({}, 'tool_calls')
      return void res.end('data: [DONE]\n\n')
    }
    each(
      res,
      sample ? 1 : count,
      () => delta({ content: sample ?? PIECE }),
      () => {
        if (order.breaks) return void res.write(': cut\n\n', () => res.destroy())
        if (order.hangs) return
        if (order.errs)
          return void res.end(
            `data: ${JSON.stringify({ error: { message: 'as ordered', type: 'server_error' } })}\n\n`,
          )
        delta({}, 'stop')
        event({ choices: [], usage })
        res.end('data: [DONE]\n\n')
      },
    )
  }

  function answerAnthropic(res: ServerResponse, body: Record<string, unknown>): void {
    const order = orderOf(body)
    if (order.status)
      return void json(res, order.status, { type: 'error', error: { type: 'api_error', message: 'as ordered' } })
    const count = order.pieces ?? pieces
    const usage = { input_tokens: 5, output_tokens: count }
    if (body.stream !== true)
      return void json(res, 200, {
        type: 'message',
        content: [{ type: 'text', text: PIECE.repeat(count) }],
        stop_reason: 'end_turn',
        usage,
      })
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    const event = (value: { type: string; [field: string]: unknown }) =>
      res.write(`event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`)
    event({ type: 'message_start', message: { usage: { input_tokens: 5, output_tokens: 0 } } })
    event({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } })
    each(
      res,
      count,
      () => event({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: PIECE } }),
      () => {
        event({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: count } })
        event({ type: 'message_stop' })
        res.end()
      },
    )
  }

  function each(res: ServerResponse, count: number, piece: () => void, end: () => void): void {
    if (pieceEveryMs === 0) {
      for (let i = 0; i < count; i++) piece()
      end()
      return
    }
    let said = 0
    const timer = setInterval(() => {
      if (said++ < count) piece()
      else {
        clearInterval(timer)
        end()
      }
    }, pieceEveryMs)
    res.on('close', () => clearInterval(timer))
  }

  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    hungUp: () => hungUp,
    open: () => open,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

type Order = {
  readonly status?: number
  readonly pieces?: number
  readonly after?: number
  readonly breaks?: boolean
  readonly errs?: boolean
  readonly hangs?: boolean
  readonly tool?: readonly [string, string]
}

type Shape = { readonly type?: string; readonly properties?: Readonly<Record<string, Shape>> }
/** JSON that fits the schema that was asked for, if one was. */
function sampleFor(format: unknown): string | undefined {
  const schema = (format as { json_schema?: { schema?: Shape } } | undefined)?.json_schema?.schema
  const sample = ({ type, properties = {} }: Shape): unknown =>
    type === 'object'
      ? Object.fromEntries(Object.entries(properties).map(([name, shape]) => [name, sample(shape)]))
      : type === 'string'
        ? 'word'
        : type === 'boolean' || (type === 'array' ? [] : 1)
  return schema && JSON.stringify(sample(schema))
}

function orderOf(body: Record<string, unknown>): Order {
  const users = (body.messages as { role: string; content: unknown }[]).filter(({ role }) => role === 'user')
  const content = users.at(-1)?.content
  const text = typeof content === 'string' ? content : ((content as { text?: string }[] | undefined)?.[0]?.text ?? '')
  const [word, first = '', ...rest] = text.split(' ')
  const count = first === '' ? {} : { after: Number(first) }
  switch (word) {
    case 'fail':
      return { status: Number(first) }
    case 'break':
      return { breaks: true, ...count }
    case 'error':
      return { errs: true, ...count }
    case 'hang':
      return { hangs: true, ...count }
    case 'tool':
      return { tool: [first, rest.join(' ')] }
    case 'say':
      return { pieces: Number(first) }
    default:
      return {}
  }
}

function json(res: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  const text = JSON.stringify(body)
  res
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers })
    .end(text)
}
