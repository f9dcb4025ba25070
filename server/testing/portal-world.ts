/** The fixture world with a boat at its pier that leads to other nodes. */
import type { WorldDef } from '../engine/types.ts'
import { FIXTURE_FILES, fixtureWorld } from './world.ts'

const more = (file: string, find: string, add: string): Record<string, string> => ({
  [file]: FIXTURE_FILES[file]!.replace(find, `${find}${add}`),
})

const words = (locale: string, noun: string, look: string): Record<string, string> => {
  const file = `zones/harbor/text/${locale}.yaml`
  const text = FIXTURE_FILES[file]!.replace('things:', `things:\n  launch: ${noun}`)
  return { [file]: text.replace('lines:', `lines:\n  launch.look: ${look}`) }
}

export const portalWorld = (portal = 'any'): WorldDef =>
  fixtureWorld({
    ...more(
      'zones/harbor/items.yaml',
      'seat: true }',
      `\nlaunch: { kind: scenery, portal: ${JSON.stringify(portal)} }`,
    ),
    ...more('zones/harbor/places/pier.yaml', '- { thing: chest }', '\n  - { thing: launch }'),
    ...words('en', '{ name: steam launch, article: the, aliases: [boat] }', 'Steam up.'),
    ...words('ru', '{ forms: "катер||а|у||ом|е", gender: m }', 'Под парами.'),
  })
