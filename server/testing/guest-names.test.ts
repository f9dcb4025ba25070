import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { offerGuestName } from '../accounts/guest-names.ts'
import { LOCALES } from '../protocol/ids.ts'
import { loadWorld } from '../world/index.ts'

test('no guest is offered the name of somebody who lives in the world', async () => {
  const loaded = await loadWorld(resolve(import.meta.dirname, '../../worlds/academy'))
  if (!loaded.ok) throw new Error('the world cannot be read')
  const taken = new Set(
    [...loaded.world.npcs.values()].flatMap(({ name }) => LOCALES.map((l) => name[l].forms.nom.toLowerCase())),
  )
  expect(taken.size).toBeGreaterThan(10)
  for (const locale of LOCALES)
    for (let i = 0; i < 200; i++) {
      const [thing] = offerGuestName(locale, 0, () => i / 200).split('-')
      expect(taken).not.toContain(thing!.toLowerCase())
    }
})
