/** What the files of this part share: the same parts, built once in accounts.ts. */
import type { Clock } from '../lib/clock.ts'
import type { PlayerId } from '../protocol/ids.ts'
import type { AccessTokens } from './access-tokens.ts'
import type { ModerationCache } from './moderation-cache.ts'
import type { Passwords } from './passwords.ts'
import type { Record } from './record.ts'
import type { RefreshOptions } from './refresh-tokens.ts'
import type { Sealer } from './seal.ts'
import type { Standings } from './standings.ts'
import type { Throttle } from './throttle.ts'
import type { AccountStore, Person, PersonRow, StandingChange } from './types.ts'

export type Core = {
  readonly store: AccountStore
  readonly clock: Clock
  /** In [0, 1): for offered names. */
  readonly random: () => number
  readonly record: Record
  readonly sealer: Sealer
  readonly passwords: Passwords
  readonly tokens: AccessTokens
  readonly standings: Standings
  readonly sanctions: ModerationCache
  readonly throttle: Throttle
  readonly refresh: RefreshOptions
  readonly accessTtlS: number
  readonly changed: (player: PlayerId, change: StandingChange) => void
}

export const toPerson = ({ id, name, guest, roles, locale }: PersonRow): Person => ({
  id,
  name,
  guest,
  roles,
  locale,
})
