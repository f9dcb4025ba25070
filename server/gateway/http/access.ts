/** Who is calling: the bearer's token, and whether the route lets them in. Everything not allowed is refused. */
import type { Accounts, Principal } from '../../accounts/types.ts'
import { HttpProblem } from './problem.ts'
import type { Access } from './route.ts'

const BEARER = /^Bearer ([A-Za-z0-9._~+/=-]{1,4096})$/i

/** RFC 6750 section 2.1. Undefined when there is no authorization header at all; an unusable one is refused. */
export function bearerOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined
  const match = BEARER.exec(header)
  if (!match) throw new HttpProblem('unauthorized', { detail: 'The authorization header must be `Bearer <token>`.' })
  return match[1]
}

/** The principal of the request, if the route wants one; throws when it may not come in. */
export async function admit(
  accounts: Pick<Accounts, 'verify'>,
  { access, visitors }: { readonly access: Access; readonly visitors?: boolean },
  header: string | undefined,
): Promise<Principal | undefined> {
  if (access === 'public') return undefined
  const token = bearerOf(header)
  if (token === undefined) {
    if (access === 'optional') return undefined
    throw new HttpProblem('unauthorized')
  }
  const principal = await accounts.verify(token)
  if (!mayEnter(access, principal) || (principal.visitor && !visitors)) throw new HttpProblem('forbidden')
  return principal
}

function mayEnter(access: Access, { roles }: Principal): boolean {
  if (access === 'person' || access === 'optional') return true
  if (access === 'staff') return roles.includes('moderator') || roles.includes('admin')
  return access === 'admin' && roles.includes('admin')
}
