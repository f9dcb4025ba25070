/** The mentor's pane in a real browser: asked with the keyboard, answered, a change looked at and allowed; wide and on a phone. */
import type { BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../inference/mentor/testing/scripted-upstream.ts'
import { type Harbour, openHarbour, PHONE, VISIT_TIMEOUT_MS, WIDE } from './visit.ts'

let upstream: ScriptedUpstream
let harbour: Harbour
beforeAll(async () => {
  upstream = await startScriptedUpstream()
  harbour = await openHarbour({ env: { ACADEMY_P2P: 'false', ACADEMY_UPSTREAM: upstream.url } })
}, VISIT_TIMEOUT_MS)
afterAll(async () => {
  await harbour?.[Symbol.asyncDispose]()
  await upstream?.[Symbol.asyncDispose]()
})

test.each<[string, BrowserContextOptions]>([
  ['wide, in English', WIDE],
  ['on a phone, in Russian', { ...PHONE, locale: 'ru-RU' }],
])(
  'MT9 MT12 asked, answered and allowed with the keyboard, %s',
  { timeout: VISIT_TIMEOUT_MS },
  async (_, options) => {
    await using visit = await harbour.visit(options)
    const { page, open, heard } = visit
    await heard(/step off the ferry|сходишь с парома/)
    const code = await open('code')
    await code.locator('.cm-line', { hasText: 'east' }).waitFor()
    const pane = await open('mentor')
    await pane.locator('.mentor-empty').waitFor()

    upstream.next({ say: 'What stands **in the west**?\n\nLook at the map.' })
    const question = pane.locator('#mentor-question')
    await question.fill('Why does it stop?')
    await question.press('Enter')
    await pane.locator('.prose strong', { hasText: 'in the west' }).waitFor()
    await pane.locator('.mentor-rung:not(:empty)').waitFor()
    expect(await visit.axe('#pane-mentor')).toEqual([])

    const project = /project_\w+/.exec(await page.evaluate(() => JSON.stringify(localStorage)))![0]
    const text = "import { me } from 'academy'\n\nexport default async function main() {\n  await me.look()\n}\n"
    upstream.next(
      { call: ['propose_change', { project, path: 'main.ts', text, why: 'Look first' }] },
      { say: 'I have proposed something.' },
    )
    await question.fill('And now?')
    await question.press('Enter')
    const card = pane.locator('.mentor-approval')
    await card.locator('.is-added', { hasText: 'me.look()' }).waitFor()
    expect(await visit.axe('#pane-mentor')).toEqual([])
    const width = await pane.evaluate((node) => node.scrollWidth - node.clientWidth)
    expect(width).toBeLessThanOrEqual(0)
    const edges = (part: string) =>
      pane.locator(part).evaluate((node) => {
        const { top, bottom } = node.getBoundingClientRect()
        const pane = node.closest('.pane')!.getBoundingClientRect()
        return [top - pane.top, pane.bottom - bottom]
      })
    // What waits leaves room for the next question: both are in sight.
    for (const part of ['#mentor-question', '.mentor-actions'])
      for (const room of await edges(part)) expect(room, part).toBeGreaterThanOrEqual(0)

    await card.locator('button').first().focus()
    await page.keyboard.press('Enter')
    await pane.locator('.mentor-said-tool').waitFor()
    await card.waitFor({ state: 'detached' })
    await open('code')
    await code.locator('.cm-line', { hasText: 'me.look()' }).waitFor()
    expect(visit.errors).toEqual([])
  },
)
