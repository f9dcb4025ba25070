/**
 * For a node whose door stands open to whoever sits at this machine: a page from elsewhere must not come in through the browser.
 * The name that it was asked by tells a name made to point here (DNS rebinding); `origin` and `sec-fetch-site` tell a strange page.
 */
import type { IncomingMessage } from 'node:http'
import type { RequestHandler } from 'express'
import { HttpProblem } from './problem.ts'

const OWN_NAMES = new Set(['localhost', '127.0.0.1', '[::1]'])

const isOwn = (url: string): boolean => URL.canParse(url) && OWN_NAMES.has(new URL(url).hostname)

export function isOwnMachineRequest(req: IncomingMessage): boolean {
  const { host = '', origin, 'sec-fetch-site': site } = req.headers
  const isForHere = isOwn(`http://${host}`)
  // A page of this node alone, whatever else is served on this machine.
  const isFromHere = origin === undefined || (isOwn(origin) && new URL(origin).host === host)
  const isLink = req.method === 'GET' && req.headers['sec-fetch-mode'] === 'navigate'
  return isForHere && isFromHere && (site !== 'cross-site' || isLink)
}

export const ownMachine: RequestHandler = (req, _res, next) => {
  if (!isOwnMachineRequest(req)) throw new HttpProblem('forbidden')
  next()
}
