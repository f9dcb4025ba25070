/** People who are there already: who they are, and the changes of name, language and roles. */
import { ROLES, type Role } from '../protocol/ids.ts'
import { requireAuthority } from './authority.ts'
import { type Core, toPerson } from './core.ts'
import { AccountError } from './errors.ts'
import { nameKey, normaliseName } from './names.ts'
import { networkOf } from './network.ts'
import { asTaken, requireGoodName } from './sign-in.ts'
import type { Accounts, PersonRow } from './types.ts'

type People = Pick<Accounts, 'person' | 'findByName' | 'rename' | 'setLocale' | 'setRoles'>

export function createPeople({ store, record, standings, throttle, changed }: Core): People {
  function publish(row: PersonRow) {
    standings.forget(row.id)
    const person = toPerson(row)
    changed(row.id, { person })
    return person
  }

  return {
    async person(id) {
      const row = await store.person(id)
      return row && toPerson(row)
    },
    async findByName(name) {
      const row = await store.personByKey(nameKey(normaliseName(name)))
      return row && toPerson(row)
    },
    async rename(id, name, from) {
      const wanted = requireGoodName(name)
      await throttle.rename(id)
      const row = await record(async (operations, note) => {
        const before = await operations.person(id)
        if (!before) throw new AccountError('no_such_person')
        if (before.name === wanted) return before
        const holder = await operations.personByKey(nameKey(wanted))
        if (holder && holder.id !== id) throw new AccountError('name_taken')
        const after = await operations.changePerson(id, { name: wanted, nameKey: nameKey(wanted) })
        const details = { from: before.name, to: wanted, network: networkOf(from.address) }
        note({ actor: id, action: 'person.renamed', subject: id, details })
        return after!
      }).catch(asTaken)
      return publish(row)
    },
    async setLocale(id, locale) {
      const row = await store.changePerson(id, { locale })
      if (!row) throw new AccountError('no_such_person')
      publish(row)
    },
    async setRoles(id, roles, by, from) {
      const wanted: readonly Role[] = ROLES.filter((role) => role === 'learner' || roles.includes(role))
      const row = await record(async (operations, note) => {
        const actor = by === 'node' ? undefined : await operations.person(by)
        if (by !== 'node') requireAuthority(actor, 'roles')
        const target = await operations.person(id)
        if (!target) throw new AccountError('no_such_person')
        if (by !== 'node') requireAuthority(actor, 'roles', target)
        // Whoever holds only a token in one browser cannot be trusted with more.
        if (target.guest && wanted.length > 1) throw new AccountError('guest_only')
        const after = await operations.changePerson(id, { roles: wanted })
        const details = { from: target.roles, to: wanted, network: networkOf(from.address) }
        note({ actor: by, action: 'roles.changed', subject: id, details })
        return after!
      })
      return publish(row)
    },
  }
}
