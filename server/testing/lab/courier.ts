/**
 * A local node that does nothing but fetch one bundle from one other node: `courier.ts CID NODE`, with the settings of a node in its environment.
 * Prints a line of JSON for what it comes to: `joined`, `bytes` that are here, the `path` of its link to the other node, and the `sha256` of all.
 */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { createBundles } from '../../bundles/bundles.ts'
import { openBareNetwork } from './bare-network.ts'

const [cid, node] = process.argv.slice(2) as [string, string]
const say = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`)

const { config, ...open } = await openBareNetwork()
await using _database = open.database
await using network = open.network
await using bundles = await createBundles({ dir: join(config.dataDir, 'bundles'), wire: network.link })
await new Promise<void>((done) => {
  const look = () => network.state().is === 'joined' && done()
  network.onState(look)
  look()
})
say({ joined: true })

const path = () => network.link.links().find((each) => each.node === node)?.reach
for (;;) {
  try {
    const bytes = await bundles.pull(cid, [node], { onProgress: ({ bytes }) => say({ bytes, path: path() }) })
    say({ sha256: createHash('sha256').update(bytes).digest('hex'), path: path() })
    break
  } catch (error) {
    say({ failed: error instanceof Error ? `${error.message} ${error.cause ?? ''}` : String(error) })
  }
}
