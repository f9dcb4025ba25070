/** Visits of a node, built from its network and its world; and visitors as the doors of this node know them. */
import { randomBytes } from 'node:crypto'
import { AccountError } from '../accounts/errors.ts'
import type { Accounts } from '../accounts/types.ts'
import type { Config } from '../config.ts'
import type { WorldDef } from '../engine/types.ts'
import type { Clock } from '../lib/clock.ts'
import { nodeIdOf } from '../lib/node-id.ts'
import type { RunningNetwork } from '../link/network.ts'
import type { Log } from '../ops/log.ts'
import { isVisitor, type Json, type Params, type PlaceId, type PlayerId } from '../protocol/ids.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { PreferencesStore } from '../terminal/types.ts'
import { VISITS_SERVICE } from '../visits/home.ts'
import type { VisitorDesk } from '../visits/types.ts'
import { createVisits, type RunningVisits } from '../visits/visits.ts'

export type VisitNeeds = {
  readonly config: Config
  readonly network: RunningNetwork
  readonly zones: Rooms
  readonly accounts: Pick<Accounts, 'moderation' | 'onStanding'>
  readonly tell: (id: PlayerId, key: string, params: Params, data?: Json) => void
  readonly isConnected: (id: PlayerId) => boolean
  readonly clock: Clock
  readonly log: Log
}

const SECRET_BYTES = 24

export async function assembleVisits(needs: VisitNeeds): Promise<RunningVisits> {
  const { config, network, zones, accounts, clock, log } = needs
  // A visitor of an earlier run: their home has taken them back, or does so within its lease.
  await Promise.all(zones.visitors().map((id) => zones.remove(id)))
  const closed = config.visitors === 'none' || config.publicUrl === undefined
  if (!closed) network.offer('visits', { services: [VISITS_SERVICE] })
  const visits = createVisits(
    {
      wire: network.wire,
      nodes: () => network.nodes(),
      key: network.identity.nodeKey,
      isKeyOf: (key, node) => nodeIdOf(key) === node,
      name: config.name,
      tell: needs.tell,
      world: {
        async arrive({ id, name, locale }) {
          const place = landingOf(zones.world())
          await zones.enter({ id, kind: 'player', name, locale, roles: [], ...(place !== undefined && { place }) })
        },
        remove: (id) => zones.remove(id),
      },
      isBanned: (id) => isBanned(accounts, id),
      isBadName: (name) => accounts.moderation.nameProblem(name) !== undefined,
      isConnected: needs.isConnected,
      secret: () => randomBytes(SECRET_BYTES).toString('base64url'),
      now: () => clock.now(),
      log,
    },
    { closed },
  )
  const stop = sendHomeWhoIsKicked(accounts, visits, log)
  return {
    ...visits,
    async [Symbol.asyncDispose]() {
      stop()
      await visits[Symbol.asyncDispose]()
    },
  }
}

export const isBanned = async ({ moderation }: Pick<Accounts, 'moderation'>, id: PlayerId): Promise<boolean> =>
  (await moderation.sanctions(id)).some(({ kind }) => kind === 'ban')

/** V24: who is kicked or banned here has no business here any more, and no account to be signed out of. */
export const sendHomeWhoIsKicked = (
  accounts: Pick<Accounts, 'onStanding'>,
  desk: Pick<VisitorDesk, 'kick'>,
  log: Pick<Log, 'warn'>,
): (() => void) =>
  accounts.onStanding((id, { kick }) => {
    if (kick !== undefined && isVisitor(id))
      void desk.kick(id, kick).catch((err: unknown) => log.warn({ err, visitor: id }, 'a visitor was not sent home'))
  })

/** Where visitors step ashore: beside the first portal; without one, where newcomers do. */
function landingOf({ places, things }: WorldDef): PlaceId | undefined {
  for (const place of places.values())
    if (place.spawn.some(({ thing }) => thing !== undefined && things.get(thing)?.portal !== undefined))
      return place.id
  return undefined
}

/** Accounts to which visitors are people too, though they have none: nothing is kept of them here. */
export function withVisitors(accounts: Accounts, desk: VisitorDesk): Accounts {
  return {
    ...accounts,
    async verify(token) {
      if (!token.startsWith('visit_')) return accounts.verify(token)
      const visitor = desk.verify(token)
      if (!visitor) throw new AccountError('token_invalid')
      return { ...visitor, roles: [], visitor: true }
    },
    person: async (id) => (isVisitor(id) ? desk.person(id) : accounts.person(id)),
    findByName: async (name) => desk.named(name) ?? accounts.findByName(name),
    async setLocale(id, locale) {
      if (isVisitor(id)) desk.setLocale(id, locale)
      else await accounts.setLocale(id, locale)
    },
  }
}

/** What a visitor sets for themselves is forgotten with them. */
export function preferencesOfPeople(store: PreferencesStore): PreferencesStore {
  return {
    read: async (player) => (isVisitor(player) ? undefined : store.read(player)),
    write: async (player, value) => (isVisitor(player) ? undefined : store.write(player, value)),
  }
}
