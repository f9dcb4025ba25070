/** A process of a test: tries to use approvals, all at once with others, and says which it got. */
import { openDatabase } from '../../../storage/database.ts'
import { createApprovalStore } from '../../../storage/mentor.ts'

await using db = await openDatabase({ url: process.argv[2]!, log: { info() {}, error() {} } })
const store = createApprovalStore(db)
process.send!('ready')
for await (const { ids, args } of messages()) {
  const got = await Promise.all(
    ids.map(async (id) =>
      (await store.use({ id, player: 'player_ann' as never, tool: 'run_agent', args }, 1_000)) ? [id] : [],
    ),
  )
  process.send!(got.flat())
}

async function* messages(): AsyncGenerator<{ ids: readonly string[]; args: string }> {
  while (process.connected) {
    const message = await new Promise<unknown>((resolve) => {
      process.once('message', resolve)
      process.once('disconnect', () => resolve(undefined))
    })
    if (message === undefined) return
    yield message as { ids: readonly string[]; args: string }
  }
}
