/** Addresses: whole for limits in memory, truncated for whatever is stored. */
import { isIPv4, isIPv6 } from 'node:net'

/** `192.0.2.0/24`, `2001:db8:1::/48`, or `unknown`. */
export function networkOf(address: string): string {
  const plain = unmapped(address)
  if (isIPv4(plain)) return `${plain.split('.').slice(0, 3).join('.')}.0/24`
  if (isIPv6(plain)) return `${prefixOf(plain, 3)}::/48`
  return 'unknown'
}

/** What one machine or household has to itself: an IPv4 address, or the /64 of an IPv6 one. */
export function limitKeyOf(address: string): string {
  const plain = unmapped(address)
  return isIPv6(plain) ? prefixOf(plain, 4) : plain
}

/** `::ffff:192.0.2.1` is 192.0.2.1; a zone (`%eth0`) says nothing. */
function unmapped(address: string): string {
  const plain = address.split('%')[0]!
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)
  return mapped ? mapped[1]! : plain
}

/** The first groups of an IPv6 address, written out without leading zeros. */
function prefixOf(address: string, groups: number): string {
  const [head = '', tail = ''] = address.toLowerCase().split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === '' ? [] : tail.split(':')
  const missing = address.includes('::') ? Math.max(8 - front.length - back.length, 0) : 0
  return [...front, ...Array.from({ length: missing }, () => '0'), ...back]
    .slice(0, groups)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
