/** People, sessions, keys, sanctions and the audit log in the database: see the compliance suite in accounts-store.test.ts. */
import type { AccountOperations, AccountStore } from '../accounts/types.ts'
import { auditOperations } from './accounts-audit.ts'
import { moderationOperations } from './accounts-moderation.ts'
import { peopleOperations } from './accounts-people.ts'
import { sessionOperations } from './accounts-sessions.ts'
import type { Database } from './database.ts'
import type { Prisma } from './generated/client.ts'

export function createAccountStore({ prisma }: Pick<Database, 'prisma'>): AccountStore {
  return {
    ...operationsOn(prisma),
    atomically: (work) => prisma.$transaction((client) => work(operationsOn(client))),
  }
}

const operationsOn = (client: Prisma.TransactionClient): AccountOperations => ({
  ...peopleOperations(client),
  ...sessionOperations(client),
  ...auditOperations(client),
  ...moderationOperations(client),
})
