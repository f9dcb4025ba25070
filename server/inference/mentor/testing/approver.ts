/** A process of a test: tries to run approved calls, all at once with others, and says which it ran. */
import { openDatabase } from '../../../storage/database.ts'
import { createApprovalStore } from '../../../storage/mentor.ts'
import { createApprovals, type Wanted } from '../approvals.ts'

/** `id`: the approval that is shown for the call. */
export type Attempt = Omit<Wanted, 'dialogue'> & { readonly id: string }

await using db = await openDatabase({ url: process.argv[2]!, log: { info() {}, error() {} } })
const approvals = createApprovals({ store: createApprovalStore(db), clock: { now: () => 1_000 } })
process.send!('ready')
for await (const attempts of messages()) {
  const ran: string[] = []
  await Promise.all(attempts.map(({ id, ...call }) => approvals.run(id, call, async () => ran.push(id))))
  process.send!(ran)
}

async function* messages(): AsyncGenerator<readonly Attempt[]> {
  while (process.connected) {
    const message = await new Promise<unknown>((resolve) => {
      process.once('message', resolve)
      process.once('disconnect', () => resolve(undefined))
    })
    if (message === undefined) return
    yield message as readonly Attempt[]
  }
}
