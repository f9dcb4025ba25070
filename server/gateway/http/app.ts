/** The express application: what is common to every request, the routes, the page, and the end of the line for errors. */
import compression from 'compression'
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
  type Response,
} from 'express'
import { HTTP_BODY_MAX_BYTES } from '../../limits.ts'
import { LOCALES, type Locale } from '../../protocol/ids.ts'
import type { GatewayConfig, GatewayLog, GatewayParts } from '../types.ts'
import { admit } from './access.ts'
import { addressOf } from './address.ts'
import { crossOrigin } from './cross-origin.ts'
import { sendEvents } from './event-stream.ts'
import { securityHeaders } from './headers.ts'
import { ownMachine } from './own-machine.ts'
import { servePage } from './page.ts'
import { holdsNul, parse } from './parse.ts'
import { HttpProblem, sendProblem, titleOf, viewOf } from './problem.ts'
import type { Rates } from './rates.ts'
import { requestIdOf } from './request-id.ts'
import type { Answer, Route, StreamEvent } from './route.ts'

export type AppParts = Pick<GatewayParts, 'config' | 'accounts' | 'visits' | 'ops' | 'log'> & {
  readonly rates: Rates
  readonly routes: readonly Route[]
}

export function createApp({ config, accounts, visits, ops, log, rates, routes }: AppParts): Express {
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.use(identify(config, ops), securityHeaders(config), compression())
  if (config.ownMachineOnly) app.use(ownMachine)
  if (visits) app.use(crossOrigin(visits))
  const json = express.json({ limit: HTTP_BODY_MAX_BYTES, inflate: false, strict: true })
  const text = express.text({ limit: HTTP_BODY_MAX_BYTES, inflate: false, type: 'text/plain' })
  for (const [path, group] of byPath(routes)) {
    for (const each of group) {
      const parsers = parsersOf(each)
      app[each.method](path, named(each), guard(each), ...parsers, handler(each, log))
    }
    app.all(path, otherMethod(group))
  }
  app.use(servePage(config.clientDir))
  app.use(() => {
    throw new HttpProblem('not_found')
  })
  app.use(fail(log))
  return app

  function parsersOf(each: Route): readonly RequestHandler[] {
    if (each.rawBody !== undefined) return [express.raw({ limit: each.rawBody, inflate: false, type: () => true })]
    return each.body === undefined ? [] : [mediaType(each), json, ...(each.plainText ? [text] : [])]
  }

  /** Lets the caller in before the body is read: a stranger's megabytes are not parsed. */
  function guard(each: Route): RequestHandler {
    return async (req, res, next) => {
      if (!each.unlimited && each.access === 'public') await rates.anonymous(res.locals.address)
      if (each.access !== 'public') {
        const principal = await admit(accounts, each, req.headers.authorization).catch(async (error: unknown) => {
          await rates.anonymous(res.locals.address)
          throw error
        })
        if (principal) await rates.account(principal.playerId, res.locals.address)
        else await rates.anonymous(res.locals.address)
        res.locals.principal = principal
      }
      next()
    }
  }
}

function byPath(routes: readonly Route[]): ReadonlyMap<string, readonly Route[]> {
  const groups = new Map<string, Route[]>()
  for (const each of routes) groups.set(each.path, [...(groups.get(each.path) ?? []), each])
  return groups
}

/** Request id, address and language, and the measuring of how long it took. */
function identify(config: GatewayConfig, ops: GatewayParts['ops']): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now()
    res.locals.requestId = requestIdOf(req.headers['x-request-id'])
    res.locals.address = addressOf(req, config.trustProxy)
    res.locals.route = 'other'
    res.setHeader('x-request-id', res.locals.requestId)
    res.on('finish', () =>
      ops?.observeRequest?.(res.locals.route, res.statusCode, (performance.now() - startedAt) / 1000),
    )
    next()
  }
}

function named(each: Route): RequestHandler {
  return (_req, res, next) => {
    res.locals.route = `${each.method.toUpperCase()} ${each.path}`
    next()
  }
}

function mediaType(each: Route): RequestHandler {
  return (req, _res, next) => {
    const type = req.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
    const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0
    if (hasBody && type !== 'application/json' && !(each.plainText && type === 'text/plain'))
      throw new HttpProblem('unsupported_media_type')
    next()
  }
}

function handler(each: Route, log: GatewayLog): RequestHandler {
  return async (req, res) => {
    const call = {
      principal: res.locals.principal,
      me: res.locals.principal,
      params: paramsOf(req),
      body: bodyOf(each, req),
      raw: each.rawBody !== undefined && Buffer.isBuffer(req.body) ? req.body : undefined,
      query: each.query ? parse(each.query, req.query, 'invalid_parameter') : undefined,
      from: {
        address: res.locals.address,
        userAgent: req.headers['user-agent']?.slice(0, 200),
        requestId: res.locals.requestId,
        ...(req.headers.origin !== undefined && { origin: req.headers.origin }),
      },
      locale: localeOf(req),
    }
    const answer = await each.run(call)
    if (!answer.events) return send(res, answer)
    await sendEvents(res, answer.events, (error) => {
      const requestId: string = res.locals.requestId
      const view = viewOf(error)
      if (view.ours) log.error({ err: error, requestId, route: res.locals.route }, 'a stream failed')
      return { type: 'error', message: titleOf(view.code, call.locale) } as StreamEvent
    })
  }
}

function bodyOf(each: Route, req: Request): unknown {
  if (!each.body) return undefined
  const given = typeof req.body === 'string' ? { text: req.body } : req.body
  return parse(each.body, given ?? (each.bodyOptional ? {} : undefined), 'invalid_body')
}

function paramsOf(req: Request): Record<string, string> {
  const entries = Object.entries(req.params as Record<string, string | string[]>)
  if (holdsNul(entries)) throw new HttpProblem('bad_request')
  return Object.fromEntries(entries.map(([name, value]) => [name, Array.isArray(value) ? value.join('/') : value]))
}

/** `?locale=` wins over the browser's languages. */
export function localeOf(req: Request): Locale {
  const asked = req.query.locale
  if (typeof asked === 'string' && (LOCALES as readonly string[]).includes(asked)) return asked as Locale
  const accepted = req.acceptsLanguages([...LOCALES])
  return accepted === false ? 'en' : (accepted as Locale)
}

function send(res: Response, { status, body, text, bytes, headers = {} }: Answer): void {
  res.status(status).setHeader('cache-control', 'no-store')
  for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
  if (text) res.setHeader('content-type', text.type).send(text.value)
  else if (bytes) res.setHeader('content-type', bytes.type).send(Buffer.from(bytes.value))
  else if (body === undefined) res.end()
  else res.json(body)
}

function otherMethod(group: readonly Route[]): RequestHandler {
  const methods = new Set(group.map((each) => each.method.toUpperCase()))
  if (methods.has('GET')) methods.add('HEAD')
  const allow = [...methods, 'OPTIONS'].join(', ')
  return (req, res) => {
    if (req.method !== 'OPTIONS') throw new HttpProblem('method_not_allowed', { headers: { allow } })
    res.status(204).setHeader('allow', allow).end()
  }
}

/** The last handler: a document for the client, a log line for us when the fault is ours. */
function fail(log: GatewayLog): ErrorRequestHandler {
  return (error, req, res, _next) => {
    const view = viewOf(error)
    const requestId: string = res.locals.requestId ?? 'none'
    if (view.ours) log.error({ err: error, requestId, route: res.locals.route }, 'a request failed')
    sendProblem(res, view, localeOf(req), requestId)
  }
}
