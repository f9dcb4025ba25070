/**
 * Pages of other nodes, whose people visit this one: from the origins of visits that stand, and to two paths, the browser may call
 * (fetch.spec.whatwg.org, CORS protocol). No credentials: a visitor's token is in a header, and this node sets no cookie.
 */
import type { RequestHandler } from 'express'
import type { VisitorDesk } from '../../visits/types.ts'

const OPEN_PATHS = new Set(['/visit/enter', '/api/v1/zones/enter'])
const PREFLIGHT_KEPT_S = '60'

export function crossOrigin(desk: Pick<VisitorDesk, 'isOrigin'>): RequestHandler {
  return (req, res, next) => {
    const { origin } = req.headers
    if (origin === undefined || !OPEN_PATHS.has(req.path)) return next()
    res.vary('origin')
    if (!desk.isOrigin(origin)) return next()
    res.setHeader('access-control-allow-origin', origin)
    if (req.method !== 'OPTIONS') return next()
    res.setHeader('access-control-allow-methods', 'POST')
    res.setHeader('access-control-allow-headers', 'authorization, content-type, accept-language')
    res.setHeader('access-control-max-age', PREFLIGHT_KEPT_S)
    res.status(204).end()
  }
}
