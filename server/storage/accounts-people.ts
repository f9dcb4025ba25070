/** People and the hashes of their passwords. */
import type { AccountOperations, PersonChange, PersonRow } from '../accounts/types.ts'
import type { Locale, Role } from '../protocol/ids.ts'
import type { Person, Prisma } from './generated/client.ts'
import { Prisma as PrismaNamespace } from './generated/client.ts'

type Operations = Pick<
  AccountOperations,
  'addPerson' | 'person' | 'personByKey' | 'changePerson' | 'upgradeGuest' | 'passwordHash' | 'setPasswordHash'
>

/** What `AccountStore` promises to reject with. */
class NameTaken extends Error {
  readonly code = 'name_taken'
}

export function peopleOperations(client: Prisma.TransactionClient): Operations {
  const change = async (where: Prisma.PersonWhereInput, changed: PersonChange): Promise<PersonRow | undefined> => {
    const data = toData(changed)
    const [row] = await client.person.updateManyAndReturn({ where, data }).catch(asNameTaken)
    return row && toRow(row)
  }
  const setPasswordHash = async (playerId: string, passwordHash: string, atMs: number) => {
    const value = { passwordHash, changedAtMs: BigInt(atMs) }
    await client.credential.upsert({ where: { playerId }, create: { playerId, ...value }, update: value })
  }
  return {
    async addPerson({ createdAtMs, lastSeenMs, roles, ...rest }) {
      const data = { ...rest, roles: [...roles], createdAtMs: BigInt(createdAtMs), lastSeenMs: BigInt(lastSeenMs) }
      // A failed INSERT would end the transaction, and another name is tried in the next.
      const { count } = await client.person.createMany({ data: [data], skipDuplicates: true })
      return count === 1
    },
    async person(id) {
      const row = await client.person.findUnique({ where: { id } })
      return row ? toRow(row) : undefined
    },
    async personByKey(nameKey) {
      const row = await client.person.findUnique({ where: { nameKey } })
      return row ? toRow(row) : undefined
    },
    changePerson: (id, changed) => change({ id }, changed),
    async upgradeGuest(id, changed, passwordHash, atMs) {
      const row = await change({ id, guest: true }, { ...changed, guest: false })
      if (row) await setPasswordHash(id, passwordHash, atMs)
      return row
    },
    async passwordHash(playerId) {
      return (await client.credential.findUnique({ where: { playerId } }))?.passwordHash
    },
    setPasswordHash,
  }
}

const toRow = ({ id, name, nameKey, guest, roles, locale, createdAtMs, lastSeenMs }: Person): PersonRow => ({
  id,
  name,
  nameKey,
  guest,
  roles: roles as Role[],
  locale: locale as Locale,
  createdAtMs: Number(createdAtMs),
  lastSeenMs: Number(lastSeenMs),
})

const toData = ({ roles, lastSeenMs, ...rest }: PersonChange): Prisma.PersonUpdateManyMutationInput => ({
  ...rest,
  ...(roles && { roles: [...roles] }),
  ...(lastSeenMs !== undefined && { lastSeenMs: BigInt(lastSeenMs) }),
})

function asNameTaken(error: unknown): never {
  const isTaken = error instanceof PrismaNamespace.PrismaClientKnownRequestError && error.code === 'P2002'
  throw isTaken ? new NameTaken('the name is taken', { cause: error }) : error
}
