/** Whose log a database holds: this process's own, an earlier one of its name, or one whose key another process has. */
import type { Policy } from '../../protocol/tlog/policy.ts'
import type { LogSigner } from './identity.ts'
import type { LogStanding } from './types.ts'

/** What is shown in place of an own log: one of another name, or a later one of this name, that was signed on this database. */
export function foreignLog({ origin, policy }: LogStanding, { key }: LogSigner): Policy | undefined {
  if (origin === '' || origin === key.name || policy === '') return undefined
  const [theirs, own] = [numbered(origin), numbered(key.name)]
  return theirs.name === own.name && theirs.number < own.number ? undefined : (JSON.parse(policy) as Policy)
}

/** `host/tlog-2` is the second log of `host`. */
function numbered(origin: string): { readonly name: string; readonly number: number } {
  const [, name = origin, number = '1'] = /^(.*)\/tlog(?:-(\d+))?$/.exec(origin) ?? []
  return { name, number: Number(number) }
}
