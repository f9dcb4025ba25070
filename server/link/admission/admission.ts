/** Admission: token buckets per node and protocol, per owner, per address; byte quotas; what counts as an offence, and bans. */
import {
  ADDRESS_SHARES,
  BYTES_PER_MINUTE,
  FLOOD_REFUSALS_PER_MINUTE,
  MALFORMED_PER_TEN_MINUTES,
  METERS_MAX,
  OWNER_SHARES,
  REPLAYS_PER_TEN_MINUTES,
} from '../../limits.ts'
import { WireError } from '../errors.ts'
import type { Served } from '../types.ts'
import { openBans } from './bans.ts'
import { createBuckets, type Rate } from './bucket.ts'
import type { Admission, Ban, BanStore, Known, OffenceKind, PeerUse } from './types.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

/** Each offence that a node may commit before it is banned. */
const OFFENCES: Readonly<Record<OffenceKind, Rate>> = {
  flood: { size: 1, perMs: MINUTE_MS },
  malformed: { size: MALFORMED_PER_TEN_MINUTES, perMs: 10 * MINUTE_MS },
  replay: { size: REPLAYS_PER_TEN_MINUTES, perMs: 10 * MINUTE_MS },
}

export type AdmissionParts = {
  readonly store: BanStore
  readonly now: () => number
  readonly sleep?: (ms: number) => Promise<unknown>
  readonly log: { warn(fields: object, message: string): void; error(fields: object, message: string): void }
}
type Use = { requests: number; refused: number; bytes: number; lastRefusal?: string } & {
  offences: Partial<Record<OffenceKind, number>>
  served: Map<string, Served>
  /** As it was seen last. */
  from?: Known
}
/** Protocols of one node that the operator is shown the shares of. */
const SHARES_SHOWN_MAX = 32

export async function createAdmission({ store, now, log, sleep = plainSleep }: AdmissionParts): Promise<Admission> {
  const bans = await openBans(store, now)
  const buckets = createBuckets(now, METERS_MAX)
  const uses = new Map<string, Use>()
  const listeners = new Set<(ban: Ban) => void>()

  function useOf(node: string): Use {
    const use = uses.get(node) ?? { requests: 0, refused: 0, bytes: 0, offences: {}, served: new Map() }
    uses.delete(node)
    uses.set(node, use)
    if (uses.size > METERS_MAX) uses.delete(uses.keys().next().value!)
    return use
  }

  /** The buckets of a request, narrowest first. Only those without a known owner count against their address. */
  function* shares({ node, owner, address }: Known, { protocol, perMinute, perHour }: Served) {
    const both = (key: string, times: number): [string, Rate][] => [
      [`m ${key}`, { size: perMinute * times, perMs: MINUTE_MS }],
      [`h ${key}`, { size: perHour * times, perMs: HOUR_MS }],
    ]
    yield* both(`${protocol} node ${node}`, 1)
    if (owner !== undefined) yield* both(`${protocol} owner ${owner}`, OWNER_SHARES)
    else if (address !== undefined) yield* both(`${protocol} address ${address}`, ADDRESS_SHARES)
  }

  function refuse(from: Known, error: WireError): WireError {
    const use = useOf(from.node)
    use.refused++
    use.lastRefusal = `${error.code}: ${error.message}`
    if (buckets.take(`refusals ${from.node}`, { size: FLOOD_REFUSALS_PER_MINUTE, perMs: MINUTE_MS }) > 0)
      offence(from, 'flood', `${FLOOD_REFUSALS_PER_MINUTE} refused requests in a minute, and more`)
    return error
  }

  function offence(from: Known, kind: OffenceKind, detail: string): void {
    const use = useOf(from.node)
    use.offences[kind] = (use.offences[kind] ?? 0) + 1
    const isLast = kind === 'flood' || buckets.take(`${kind} ${from.node}`, OFFENCES[kind]) > 0
    if (isLast && !bans.of(`node:${from.node}`)) void impose(`node:${from.node}`, kind, detail)
  }

  async function impose(...[subject, reason, detail, forMs]: Parameters<Admission['ban']>): Promise<Ban> {
    const { ban, kept } = bans.put(subject, reason, detail, forMs)
    log.warn({ subject, reason, detail, untilMs: ban.untilMs, times: ban.times }, 'banned from this node')
    for (const listener of listeners) listener(ban)
    await kept.catch((error: unknown) => log.error({ err: error, subject }, 'a ban could not be written down'))
    return ban
  }

  const banned: Admission['banned'] = ({ node, owner, address }) =>
    (node !== undefined ? bans.of(`node:${node}`) : undefined) ??
    (owner !== undefined ? bans.of(`owner:${owner}`) : undefined) ??
    (address !== undefined ? bans.of(`address:${address}`) : undefined)

  return {
    refusal(from, served, bytes) {
      const use = useOf(from.node)
      use.requests++
      use.bytes += bytes
      use.from = from
      if (use.served.size < SHARES_SHOWN_MAX || use.served.has(served.protocol))
        use.served.set(served.protocol, served)
      const ban = banned(from)
      if (ban) return new WireError('E_BANNED', `Banned for ${ban.reason}.`, { retryAfterMs: ban.untilMs - now() })
      if (served.admittedOnly && from.role === undefined)
        return refuse(from, new WireError('E_NOT_ADMITTED', `${served.protocol} answers admitted nodes only.`))
      if (!served.overRelay && from.reach === 'relay')
        return refuse(from, new WireError('E_FORBIDDEN', `${served.protocol} is not spoken over a relay.`))
      for (const [key, rate] of shares(from, served)) {
        const waitMs = buckets.take(key, rate)
        if (waitMs > 0) return refuse(from, limited(`Too many requests of ${served.protocol}.`, waitMs))
      }
      const waitMs = buckets.take(`bytes ${from.node}`, byteRate(from), bytes)
      return waitMs > 0 ? refuse(from, limited('Too many bytes.', waitMs)) : undefined
    },
    async passage(from, bytes) {
      useOf(from.node).bytes += bytes
      const waitMs = buckets.owe(`bytes ${from.node}`, byteRate(from), bytes)
      if (waitMs > 0) await sleep(waitMs)
      const ban = banned(from)
      if (ban) throw new WireError('E_BANNED', `Banned for ${ban.reason}.`, { retryAfterMs: ban.untilMs - now() })
    },
    offence,
    banned,
    ban: impose,
    unban: (subject) => bans.remove(subject),
    bans: () => bans.list(),
    uses: () =>
      [...uses].map(([node, { served, from, ...use }]): PeerUse => {
        const level = (key: string, rate: Rate) => ({ left: Math.max(0, buckets.left(key, rate)), of: rate.size })
        const known = from ?? { node, reach: 'direct' as const }
        return {
          node,
          ...use,
          shares: [...served.values()].map((each) => {
            const [[minuteKey, minute], [hourKey, hour]] = [...shares(known, each)] as [
              [string, Rate],
              [string, Rate],
            ]
            return { protocol: each.protocol, minute: level(minuteKey, minute), hour: level(hourKey, hour) }
          }),
          bytesLeft: level(`bytes ${node}`, byteRate(known)),
        }
      }),
    onBan(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const plainSleep = (ms: number) => new Promise((done) => setTimeout(done, ms))
const limited = (why: string, retryAfterMs: number) => new WireError('E_LIMITED', why, { retryAfterMs })
const byteRate = ({ role }: Known): Rate => ({ size: BYTES_PER_MINUTE[role ?? 'stranger'], perMs: MINUTE_MS })
