/** The network of a node and nothing else of it, with the settings of a node in the environment. */
import { openNetwork } from '../../assembly/network.ts'
import { readConfig } from '../../config.ts'
import { systemClock } from '../../lib/clock.ts'
import { createLog } from '../../ops/log.ts'
import { openDatabase } from '../../storage/database.ts'
import { pgliteImage } from '../pglite-image.ts'

/** Throws where the settings switch the network off. Whoever opens it closes `network`, then `database`. */
export async function openBareNetwork() {
  const config = readConfig(process.env)
  const log = createLog({ level: config.logLevel })
  const database = await openDatabase({ imageFile: await pgliteImage(), log })
  const network = await openNetwork({
    config,
    database,
    clock: systemClock,
    log,
    zones: [],
    busy: () => ({ people: 0, agents: 0 }),
  })
  if (!network) throw new Error('The settings switch the network off.')
  return { config, log, database, network }
}
