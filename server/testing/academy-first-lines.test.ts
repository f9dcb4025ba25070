/** The first lines that anybody ever reads: the lamp that is going out, the place, the keeper's three things, the name. */
import { expect, test } from 'vitest'
import type { Person } from '../accounts/types.ts'
import { LOCALES } from '../protocol/ids.ts'
import type { OutputDraft } from '../protocol/terminal.ts'
import { createTerminal } from '../terminal/index.ts'
import { loadAcademy } from './academy.ts'
import { createTestZones } from './zones.ts'

const world = await loadAcademy()
const FIRST = {
  en: 'You step off the ferry. The lamp beside you is going out.',
  ru: 'Ты сходишь с парома. Лампа рядом с тобой гаснет.',
} as const

test.each(LOCALES)(
  'a newcomer reads the arrival, the place, the keeper and their name, in that order (%s)',
  async (locale) => {
    const terminal = createTerminal({ zones: createTestZones(world) })
    const shown: OutputDraft[] = []
    const person = { id: 'player_mira', name: 'Mira', roles: ['learner'], guest: true, locale } as unknown as Person
    await terminal.open({ person, locale, send: (drafts) => void shown.push(...drafts) })
    const keeper = world.text.get('harbor:keeper.greet')![locale]
    expect(shown.map(({ kind }) => kind)).toEqual(['event', 'place', 'speech', 'system'])
    expect(shown[0]!.text).toBe(FIRST[locale])
    expect(shown[1]!.text.split('\n')[0]).toBe(world.places.get(world.start)!.name[locale])
    expect(shown[2]!.text).toContain(keeper)
    expect(keeper.split('\n')).toHaveLength(4)
    expect(shown[3]!.text).toContain('Mira')
  },
)
