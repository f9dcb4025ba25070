/** A process for `journal-crash.test.ts`: plays in one zone on a real database and says what has been acknowledged, until it is killed. */
import { runCommand } from '../commands/index.ts'
import { openZoneRunner } from '../engine/index.ts'
import type { ZoneInput } from '../engine/types.ts'
import type { Json } from '../protocol/ids.ts'
import { openDatabase } from '../storage/database.ts'
import { createJournal } from '../storage/journal.ts'
import { fixtureWorld } from './world.ts'

const [dataDir, url] = process.argv.slice(2)
const log = { info() {}, error() {} }
const db = await openDatabase(url ? { url, log } : { dataDir: dataDir!, log })
const runner = await openZoneRunner({
  def: fixtureWorld(),
  zone: 'harbor',
  seed: 'crash',
  journal: createJournal(db),
  run: runCommand,
})
const ann: ZoneInput = {
  type: 'arrive',
  id: 'ann',
  items: [],
  character: {
    id: 'player_ann',
    kind: 'player',
    name: 'Ann',
    place: 'harbor:dock',
    home: 'harbor:dock',
    locale: 'en',
    roles: ['learner'],
    posture: 'standing',
    awake: true,
    vars: {},
    recent: [],
  },
}
const commands: readonly (readonly [string, Json])[] = [
  ['take', { what: 'crate' }],
  ['go', { to: 'east' }],
  ['drop', { what: 'crate' }],
  ['take', { what: 'crate' }],
  ['go', { to: 'west' }],
  ['drop', { what: 'crate' }],
]
const acknowledged = ({ seq }: { seq: number }) => {
  const crates = runner.read((view) => view.itemsOfThing('harbor:crate').map(({ id, at }) => [id, at]))
  process.stdout.write(`${JSON.stringify({ seq, crates })}\n`)
}
acknowledged(await runner.submit(ann))
for (let i = 0; ; i++) {
  const [command, input] = commands[i % commands.length]!
  acknowledged(await runner.submit({ type: 'command', actor: 'player_ann', command, input, lineId: `l${i}` }))
}
