/** Whom the host of a node means by a name, in the commands that name somebody. */
import type { Accounts, Person } from './types.ts'

class NobodyCalled extends Error {
  readonly code = 'no_such_person'
  constructor(name: string) {
    super(`Nobody here is called ${name}. Look at the spelling: “who” shows it while they are awake.`)
  }
}

/** Throws `NobodyCalled`, in words for the host. */
export async function personCalled(accounts: Pick<Accounts, 'findByName'>, name: string): Promise<Person> {
  const person = await accounts.findByName(name)
  if (!person) throw new NobodyCalled(name)
  return person
}
