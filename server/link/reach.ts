/** Which way a connection goes, told from the address at its other end. */
import type { Reach } from './types.ts'

const PRIVATE =
  /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|fe80:|f[cd][0-9a-f]{2}:|::ffff:(127|10|192\.168)\.)/i

/** Addresses of RFC 1918, RFC 6598, RFC 4193, and of this machine and link. */
export const isPrivateAddress = (ip: string): boolean => PRIVATE.test(ip)

/** @param address a multiaddr in text */
export function reachOf(address: string): Reach {
  if (address.includes('/p2p-circuit')) return 'relay'
  const ip = ipOf(address)
  return ip !== undefined && isPrivateAddress(ip) ? 'lan' : 'direct'
}

/** The IP address in a multiaddr; undefined when it has a name instead, or comes through a relay. */
export function ipOf(address: string): string | undefined {
  if (address.includes('/p2p-circuit')) return undefined
  return /^\/ip[46]\/([^/]+)/.exec(address)?.[1]
}
