/** Finds a hub by the address of its pages: where its links are stands under `/.well-known/academy`. */
import { isIP } from 'node:net'
import { z } from 'zod'
import { HUB_PAGE_TIMEOUT_MS } from '../../limits.ts'
import { WireError } from '../errors.ts'
import type { HubAddress } from './frames.ts'

const page = z.object({ peerId: z.string(), addresses: z.array(z.string().max(300)).max(64) })

export async function hubAt(url: string): Promise<HubAddress> {
  const where = new URL('/.well-known/academy', url)
  let found: z.infer<typeof page>
  try {
    const answer = await fetch(where, { signal: AbortSignal.timeout(HUB_PAGE_TIMEOUT_MS), redirect: 'error' })
    if (!answer.ok) throw new Error(`${where.href} answers ${answer.status}`)
    found = page.parse(await answer.json())
  } catch (cause) {
    throw new WireError(
      'E_UNREACHABLE',
      `${where.origin} does not say where its links are: is it an academy node with networking on?`,
      { cause },
    )
  }
  return { node: found.peerId, addresses: bestFirst(where.hostname, found) }
}

/** The name that its pages were found under, with the ports that it says; then what it says itself. */
function bestFirst(hostname: string, { peerId, addresses }: z.infer<typeof page>): string[] {
  const host = hostname.replace(/^\[|\]$/g, '')
  const kind = isIP(host) === 4 ? 'ip4' : isIP(host) === 6 ? 'ip6' : 'dns'
  const ports = addresses.flatMap((each) => /\/(tcp\/\d+(?:\/ws)?)(?:\/p2p\/|$)/.exec(each)?.[1] ?? [])
  const named = [...new Set(ports)].map((port) => `/${kind}/${host}/${port}/p2p/${peerId}`)
  return [...new Set([...named, ...addresses])].slice(0, 16)
}
