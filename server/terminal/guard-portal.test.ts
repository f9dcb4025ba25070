import { expect, test } from 'vitest'
import type { Locale } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import { portalWorld } from '../testing/portal-world.ts'
import { createStage } from '../testing/stage.ts'
import { createTestZones } from '../testing/zones.ts'
import type { Visits } from '../visits/types.ts'

/** A pier with a boat, and one island: reached by nodes alone, or by everybody. */
async function pier(locale: Locale, shut: Refusal | undefined) {
  const asked: string[] = []
  const visits = {
    shut: async (to: string) => {
      asked.push(to)
      return shut
    },
    away: () => undefined,
    islands: async () => [],
  } as unknown as Visits
  const zones = createTestZones(portalWorld())
  const stage = createStage({ zones, visits })
  const mira = await stage.open('Mira', locale)
  await mira.session.line(locale === 'en' ? 'go east' : 'восток')
  const leaves = () => zones.whereIs(mira.id)?.place
  return { mira, asked, leaves }
}
const RELAYED: Refusal = { code: 'portal_no_url', params: { name: 'Reef' } }

test.each([
  [
    'en',
    'enter launch for Reef',
    /^Reef can be reached by nodes alone: it has no address of its own that a page could open/,
  ],
  ['en', 'travel Reef', /^Reef can be reached by nodes alone/],
  ['ru', 'плыть Reef', /^До Reef добираются только узлы: у него нет адреса, который открыла бы страница/],
] as const)(
  'V6 in %s “%s” to a node behind a relay is refused with the reason, and nobody has left',
  async (locale, line, why) => {
    const { mira, asked, leaves } = await pier(locale, RELAYED)
    expect(await mira.type(line)).toMatch(why)
    expect(asked).toEqual(['Reef'])
    expect(leaves()).toBe('harbor:pier')
  },
)

test('V6 where nothing is against it they leave, and what is no portal is not asked about', async () => {
  const { mira, asked, leaves } = await pier('en', undefined)
  await mira.type('enter crate')
  expect(asked).toEqual([])
  await mira.type('enter launch for Reef')
  expect(asked).toEqual(['Reef'])
  expect(leaves()).toBeUndefined()
})
