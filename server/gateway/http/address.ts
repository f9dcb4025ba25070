/** The address a request comes from: the socket's, or the last one a trusted proxy wrote down. */
import type { IncomingMessage } from 'node:http'

export function addressOf(req: IncomingMessage, trustProxy: boolean): string {
  const direct = unmapped(req.socket.remoteAddress ?? 'unknown')
  if (!trustProxy) return direct
  const header = req.headers['x-forwarded-for']
  const last = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').at(-1)?.trim()
  return last ? unmapped(last).slice(0, 64) : direct
}

/** `::ffff:192.0.2.1` is 192.0.2.1. */
const unmapped = (address: string): string => (address.startsWith('::ffff:') ? address.slice(7) : address)

/** What one household has to itself: an IPv4 address, or the /64 of an IPv6 one (RFC 6177). */
export const limitKeyOf = (address: string): string =>
  address.includes(':') ? address.split(':').slice(0, 4).join(':') : address
