import { expect, test } from 'vitest'
import { createTestDatabase, describeOnDatabases } from '../testing/database.ts'
import { createPreferencesStore } from './preferences.ts'
import { createSettings } from './settings.ts'

await describeOnDatabases('small stores', (kind) => {
  test('S1 a setting is what it was last set to, and what is made once stays', async () => {
    await using db = await createTestDatabase({ kind })
    const settings = createSettings(db)
    expect(await settings.get('a')).toBeUndefined()
    await settings.set('a', { b: [1, 'два', null] })
    await settings.set('a', 'plain')
    expect(await settings.get('a')).toBe('plain')
    const made = await Promise.all([1, 2, 3].map((n) => settings.setOnce('identity', { n })))
    expect(new Set(made.map((value) => JSON.stringify(value))).size).toBe(1)
    await settings.remove('a')
    await settings.remove('a')
    expect(await settings.get('a')).toBeUndefined()
  })

  test('S2 preferences are kept by person', async () => {
    await using db = await createTestDatabase({ kind })
    const preferences = createPreferencesStore(db)
    await preferences.write('player_1', { aliases: { ll: 'look' } })
    await preferences.write('player_1', { aliases: { n2: 'north 2' } })
    expect(await preferences.read('player_1')).toEqual({ aliases: { n2: 'north 2' } })
    expect(await preferences.read('player_2')).toBeUndefined()
  })
})
