/**
 * `/v1/*`: the APIs that outside programs already speak. Beside express, because a hop of a millisecond is what people would
 * notice of it: no middleware, no body parser, no promise on the way of a token.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Principal } from '../../accounts/types.ts'
import type {
  Caller,
  Callers,
  Completion,
  Inference,
  InferPrincipal,
  InferSink,
  ModelInfo,
  Privacy,
  Run,
  Scope,
} from '../../inference/types.ts'
import { INFER_BODY_MAX_BYTES, INFER_KEY_CACHE_MAX, INFER_KEY_CACHE_MS } from '../../limits.ts'
import type { PlayerId } from '../../protocol/ids.ts'
import { requestIdOf } from '../http/request-id.ts'
import type { GatewayLog } from '../types.ts'
import { chat } from './chat.ts'
import { serveEmbeddings } from './embeddings.ts'
import { anthropicError, BadBody, type InferErrorView, openaiError, viewOf } from './errors.ts'
import { messages } from './messages.ts'
import { isNews, sendJson, servedHeaders, streamReply } from './reply.ts'
import { responses } from './responses.ts'
import type { Head, Speaker } from './speaker.ts'

export type DoorParts = {
  readonly inference: Inference
  readonly callers: Callers
  readonly verify: (token: string) => Promise<Principal>
  readonly isApiKey: (token: string) => boolean
  /** Counts a request that shows nothing valid; throws when that address has had too many. */
  readonly stranger: (req: IncomingMessage) => Promise<void>
  /** Absent: anybody may ask. */
  readonly mayEnter?: (req: IncomingMessage) => boolean
  readonly observe?: (route: string, status: number, seconds: number) => void
  readonly now: () => number
  readonly log: GatewayLog
}
export type Door = {
  readonly handle: (req: IncomingMessage, res: ServerResponse) => void
  /** This person's standing changed. */
  readonly forget: (player: PlayerId) => void
}

type Call = {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly requestId: string
  readonly path: string
  readonly fail: (error: unknown) => void
  /** Shows what has been turned into a view already. */
  readonly show: (view: InferErrorView) => void
}
const SPEAKERS: Readonly<Record<string, Speaker>> = {
  '/v1/chat/completions': chat,
  '/v1/responses': responses,
  '/v1/messages': messages,
}
const PRIVACIES: readonly string[] = ['open', 'personal'] satisfies readonly Privacy[]

export const isForDoor = (url = ''): boolean => url.startsWith('/v1/')

export function createDoor(parts: DoorParts): Door {
  const { inference, callers, verify, isApiKey, now, log } = parts
  const sessions = new Map<string, { readonly player: PlayerId; readonly untilMs: number }>()

  function handle(req: IncomingMessage, res: ServerResponse): void {
    const startedAt = performance.now()
    const path = (req.url ?? '').split('?', 1)[0]!
    const requestId = requestIdOf(req.headers['x-request-id'])
    const isAnthropic = path.startsWith('/v1/messages') || req.headers['anthropic-version'] !== undefined
    res.setHeader('x-request-id', requestId)
    res.setHeader('x-content-type-options', 'nosniff')
    if (parts.observe) {
      const route = `${req.method} ${SPEAKERS[path] ? path : path.startsWith('/v1/models') ? '/v1/models' : path === '/v1/embeddings' ? path : '/v1/*'}`
      res.on('finish', () => parts.observe!(route, res.statusCode, (performance.now() - startedAt) / 1_000))
    }
    const show = (view: InferErrorView) => refuse(res, view, isAnthropic, requestId)
    const fail = (error: unknown) => {
      const view = viewOf(error)
      if (view.ours) log.error({ err: error, requestId, route: path }, 'a request to a model failed')
      show(view)
    }
    const call: Call = { req, res, requestId, path, fail, show }
    try {
      if (parts.mayEnter && !parts.mayEnter(req))
        throw new BadBody('This node answers only this machine.', { status: 403 })
      const caller = callerOf(req)
      if (caller instanceof Promise)
        caller.then(
          (known) => enter(call, known),
          (error) => stranger(call, error),
        )
      else enter(call, caller)
    } catch (error) {
      stranger(call, error)
    }
  }

  /** Who it is; a promise only when somebody must be asked. */
  function callerOf({ headers }: IncomingMessage): Caller | Promise<Caller> {
    const shown = headers['x-api-key'] ?? /^Bearer +(\S{1,4096})$/i.exec(headers.authorization ?? '')?.[1]
    if (typeof shown !== 'string')
      throw new BadBody('Show an API key or the token of a session: "Authorization: Bearer …" or "x-api-key: …".', {
        status: 401,
      })
    if (isApiKey(shown)) return callers.ofKey(shown)
    const known = sessions.get(shown)
    if (known && known.untilMs > now()) return callers.ofPerson(known.player)
    return verify(shown).then(({ playerId }) => {
      if (sessions.size >= INFER_KEY_CACHE_MAX) sessions.delete(sessions.keys().next().value!)
      sessions.set(shown, { player: playerId, untilMs: now() + INFER_KEY_CACHE_MS })
      return callers.ofPerson(playerId)
    })
  }

  function stranger(call: Call, error: unknown): void {
    call.req.resume()
    parts.stranger(call.req).then(
      () => call.fail(error),
      (tooMany) => call.fail(tooMany),
    )
  }

  function enter(call: Call, caller: Caller): void {
    try {
      const { req, res, path } = call
      const speaker = SPEAKERS[path]
      if (speaker) {
        allow(caller, 'chat')
        post(call, (body) => talk(call, speaker, body, caller.principal))
      } else if (path === '/v1/embeddings') {
        allow(caller, 'embed')
        post(
          call,
          (body) =>
            void serveEmbeddings(inference, body, {
              principal: caller.principal,
              privacy: privacyOf(req),
              res,
            }).catch(call.fail),
        )
      } else if (path === '/v1/models' || path.startsWith('/v1/models/')) {
        allow(caller, 'models')
        req.resume()
        listModels(call, caller.principal)
      } else throw new BadBody(`There is no ${path.slice(0, 100)} here.`, { status: 404 })
      res.on('error', () => {})
    } catch (error) {
      call.req.resume()
      call.fail(error)
    }
  }

  function post({ req, fail }: Call, use: (body: unknown) => void): void {
    if (req.method !== 'POST') throw new BadBody('This is asked by POST.', { status: 405 })
    if (!/^application\/json\b/i.test(req.headers['content-type'] ?? ''))
      throw new BadBody('The body must be application/json.', { status: 415 })
    if (Number(req.headers['content-length'] ?? 0) > INFER_BODY_MAX_BYTES) throw tooLarge()
    const chunks: Buffer[] = []
    let bytes = 0
    req.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= INFER_BODY_MAX_BYTES) chunks.push(chunk)
    })
    req.on('end', () => {
      try {
        if (bytes > INFER_BODY_MAX_BYTES) throw tooLarge()
        use(jsonOf(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)))
      } catch (error) {
        fail(error)
      }
    })
  }

  function talk(
    { req, res, requestId, show }: Call,
    speaker: Speaker,
    body: unknown,
    principal: InferPrincipal,
  ): void {
    const { request, stream, events, whole } = speaker.read(body)
    const privacy = privacyOf(req)
    const asked = privacy === undefined ? request : { ...request, privacy }
    const head: Head = {
      id: requestId.replaceAll('-', ''),
      createdS: Math.floor(now() / 1_000),
      model: request.model ?? '',
    }
    const failed = (error: unknown) => {
      const view = viewOf(error)
      if (isNews(view)) log.warn({ err: error, requestId }, 'a model did not answer')
      return view
    }
    let run: Run | undefined
    let over = false
    const ended = (sink: InferSink): InferSink => ({
      ...sink,
      end(finish, usage, cost) {
        over = true
        sink.end(finish, usage, cost)
      },
      fail(error) {
        over = true
        sink.fail(error)
      },
    })
    // Gone before the answer is whole, in whatever phase: the backend hears of it at once.
    res.on('close', () => over || run?.cancel())
    const sink = stream
      ? streamReply(res, lazily(events, head), failed, show, () => run)
      : wholeReply(
          (answer) =>
            sendJson(res, 200, whole({ ...head, model: answer.served.model }, answer), {
              ...servedHeaders(answer.served),
              'x-academy-cost-micro': String(answer.costMicro),
            }),
          (error) => show(failed(error)),
        )
    run = inference.run(asked, principal, ended(sink), { requestId, whole: !stream })
    if (res.destroyed) run.cancel()
  }

  function listModels({ res, path }: Call, principal: InferPrincipal): void {
    const available = inference.availability(principal)
    const models = available.ok ? available.models : []
    const createdS = Math.floor(now() / 1_000)
    const shown = ({ id, nodes, contextTokens, can, priceInMicro, priceOutMicro }: ModelInfo) => ({
      id,
      object: 'model',
      created: createdS,
      owned_by: nodes.includes('here') ? 'academy' : nodes[0]!,
      academy: {
        nodes,
        contextTokens,
        can,
        priceInMicro: String(priceInMicro),
        priceOutMicro: String(priceOutMicro),
      },
    })
    if (path === '/v1/models') {
      sendJson(res, 200, {
        object: 'list',
        data: models.map(shown),
        first_id: models[0]?.id ?? null,
        last_id: models.at(-1)?.id ?? null,
        has_more: false,
      })
      return
    }
    const asked = path.slice('/v1/models/'.length)
    const id = decoded(asked)
    const model = models.find((each) => each.id === id)
    if (!model)
      throw new BadBody(`There is no model ${JSON.stringify((id ?? asked).slice(0, 100))} here.`, {
        status: 404,
        param: 'model',
        code: 'model_not_found',
      })
    sendJson(res, 200, shown(model))
  }

  return {
    handle,
    forget(player) {
      for (const [token, session] of sessions) if (session.player === player) sessions.delete(token)
      callers.forget(player)
    },
  }
}

/** The writer of a stream's events, made when it is known which model has answered. */
function lazily(events: (head: Head) => ReturnType<ReturnType<Speaker['read']>['events']>, head: Head) {
  let writer: ReturnType<typeof events> | undefined
  const made = () => (writer ??= events(head))
  return {
    started(served: Completion['served']) {
      writer = events({ ...head, model: served.model })
      return writer.started(served)
    },
    text: (text: string) => made().text(text),
    tool: (call: Parameters<ReturnType<typeof events>['tool']>[0]) => made().tool(call),
    end: (...end: Parameters<ReturnType<typeof events>['end']>) => made().end(...end),
    fail: (error: InferErrorView) => made().fail(error),
  }
}

function wholeReply(send: (answer: Completion) => void, fail: (error: unknown) => void): InferSink {
  let text = ''
  const toolCalls: Completion['toolCalls'][number][] = []
  let served: Completion['served'] | undefined
  return {
    started: (by) => {
      served = by
    },
    text: (piece) => {
      text += piece
    },
    tool: (call) => void toolCalls.push(call),
    end: (finish, usage, costMicro) => send({ text, toolCalls, finish, usage, served: served!, costMicro }),
    fail,
  }
}

function allow({ scopes }: Caller, scope: Scope): void {
  if (!scopes.includes(scope))
    throw new BadBody(`This key may not do that: its scopes are ${scopes.join(', ')}.`, { status: 403 })
}

function privacyOf({ headers }: IncomingMessage): Privacy | undefined {
  const asked = headers['x-academy-privacy']
  if (asked === undefined) return undefined
  if (typeof asked === 'string' && PRIVACIES.includes(asked)) return asked as Privacy
  throw new BadBody('x-academy-privacy is "open" or "personal".')
}

/** Part of a path in plain words; nothing, where its percent signs are no encoding. */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

const tooLarge = () => new BadBody(`A request holds at most ${INFER_BODY_MAX_BYTES} bytes.`, { status: 413 })

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    throw new BadBody('The body is no JSON.')
  }
}

function refuse(res: ServerResponse, view: InferErrorView, isAnthropic: boolean, requestId: string): void {
  if (res.headersSent || res.destroyed) return void res.destroy()
  const { retryAfterMs } = view
  sendJson(res, view.status, isAnthropic ? { ...anthropicError(view), request_id: requestId } : openaiError(view), {
    ...(retryAfterMs !== undefined && {
      'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))),
      'retry-after-ms': String(retryAfterMs),
    }),
    ...(view.status === 401 && { 'www-authenticate': 'Bearer' }),
  })
}
