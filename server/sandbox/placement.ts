/** Which host an agent is loaded in, of those that have room for it. */
import type { Slot } from './messages.ts'

type Roomy = {
  readonly residents: ReadonlyMap<Slot, { readonly near?: string | undefined; readonly loading?: unknown }>
}

/** How many of those that are near to each other are in a host. */
export function kinIn({ residents }: Roomy, near: string | undefined): number {
  let count = 0
  for (const resident of residents.values()) if (resident.near === near) count++
  return count
}

/** With its own kind; else where strangers have left half of the room. The best first. */
export function fitting<H extends Roomy>(
  roomy: readonly H[],
  near: string | undefined,
  agentsPerHost: number,
): readonly H[] {
  const kin = new Map(roomy.map((host) => [host, kinIn(host, near)]))
  return roomy
    .toSorted((a, b) => kin.get(b)! - kin.get(a)! || b.residents.size - a.residents.size)
    .filter((host) => kin.get(host)! > 0 || host.residents.size <= agentsPerHost / 2)
}

/**
 * Those of a lost host come back all at once, and a host loads them one after the other: where `atOnce` are being loaded already,
 * another host is better, also a new one, up to `hostsMax` that are at it together.
 */
export function leastLoading<H extends Roomy>(hosts: readonly H[], atOnce: number, hostsMax: number): H | undefined {
  const loading = new Map(hosts.map((host) => [host, loadingIn(host)]))
  const free = hosts.find((host) => loading.get(host)! < atOnce)
  if (free || hosts.length < hostsMax) return free
  return hosts.toSorted((a, b) => loading.get(a)! - loading.get(b)!)[0]
}

function loadingIn({ residents }: Roomy): number {
  let count = 0
  for (const { loading } of residents.values()) if (loading) count++
  return count
}
