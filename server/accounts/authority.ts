/** Who may do what to whom. What is not allowed here is refused. */
import type { Role } from '../protocol/ids.ts'
import { AccountError } from './errors.ts'
import type { PersonRow } from './types.ts'

export type Act = 'mute' | 'kick' | 'ban' | 'lift' | 'reports' | 'roles'

const RANK: Readonly<Record<Role, number>> = { learner: 0, mentor: 1, moderator: 2, admin: 3 }
/** The lowest rank that may do it at all. */
const NEEDS: Readonly<Record<Act, Role>> = {
  mute: 'mentor',
  kick: 'mentor',
  ban: 'moderator',
  lift: 'moderator',
  reports: 'moderator',
  roles: 'admin',
}

const rankOf = (roles: readonly Role[]): number => Math.max(0, ...roles.map((role) => RANK[role] ?? 0))

/** Throws `forbidden` unless `by` is of the rank it takes and above `target`; nobody acts on themselves or their equals. */
export function requireAuthority(
  by: PersonRow | undefined,
  act: Act,
  target?: Pick<PersonRow, 'id' | 'roles'>,
): asserts by is PersonRow {
  const isAllowed = by !== undefined && rankOf(by.roles) >= RANK[NEEDS[act]] && (!target || isAbove(by, target))
  if (!isAllowed) throw new AccountError('forbidden')
}

const isAbove = (by: PersonRow, target: Pick<PersonRow, 'id' | 'roles'>): boolean =>
  by.id !== target.id && rankOf(by.roles) > rankOf(target.roles)
