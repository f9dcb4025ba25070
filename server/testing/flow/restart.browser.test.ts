/** The node dies while the page is open: the page says so, keeps what is typed, and goes on when the node is back. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harbour, openHarbour, VISIT_TIMEOUT_MS, WIDE } from './visit.ts'

const LONG = { timeout: VISIT_TIMEOUT_MS }
let harbour: Harbour
beforeAll(async () => {
  harbour = await openHarbour()
})
afterAll(() => harbour?.[Symbol.asyncDispose]())

test(
  'a node that is killed and started again loses nothing that was typed, in the prompt or in the editor',
  LONG,
  async () => {
    await using visit = await harbour.visit(WIDE)
    const { page, heard, say, open } = visit
    await heard(/You step off the ferry/)
    await say('say before the storm')
    await heard(/“before the storm”/)
    const code = await open('code')
    await code.locator('.cm-line', { hasText: 'east' }).waitFor()

    await harbour.kill()
    await page.locator('.topbar-link', { hasText: /reconnecting|offline/ }).waitFor()
    await page.locator('.notice-strip').waitFor()
    await say('say after the storm')
    await code.locator('.cm-content').focus()
    await page.keyboard.press('Control+End')
    await page.keyboard.type('// written in the storm')
    await code.getByText('Not saved yet').waitFor()

    await harbour.restart()
    await page.locator('.topbar-link', { hasText: 'live' }).waitFor()
    await heard(/“after the storm”/)
    await code.locator('.note', { hasText: 'Saved.' }).waitFor()
    expect(await page.getByRole('log').getByText('“after the storm”').count()).toBe(1)
    await say('north')
    await page.locator('.topbar-place', { hasText: 'The quay' }).waitFor()

    await page.evaluate(() => localStorage.removeItem('academy.drafts'))
    await page.reload()
    await open('code')
    await page.locator('.cm-line', { hasText: '// written in the storm' }).waitFor()
    expect(visit.errors).toEqual([])
  },
)

test(
  'text that could not be sent outlives the page; of two windows the last one wins, and says so',
  LONG,
  async () => {
    await using visit = await harbour.visit(WIDE)
    const { page, open } = visit
    const code = await open('code')
    await code.locator('.cm-line', { hasText: 'east' }).waitFor()
    // What is written goes through in the end, and only after a look at what the other window wrote.
    let phase: 'cut' | 'read' | 'written' | 'seen' = 'cut'
    await page.context().route('**/files/**', (route) => {
      const isRead = route.request().method() === 'GET'
      if (isRead && phase === 'written') phase = 'seen'
      return phase === 'seen' || (isRead && phase === 'read') ? route.continue() : route.abort()
    })
    await code.locator('.cm-content').focus()
    await page.keyboard.press('Control+End')
    await page.keyboard.type('// kept here')
    await code.getByText('Not saved yet').waitFor()
    phase = 'read'
    // A page so slow that it is still opening the project when the clash comes: what is said of it stays all the same.
    const slow = Promise.withResolvers<void>()
    await page.context().route('**/api/v1/lessons', async (route) => {
      await slow.promise
      // The page may have given it up by then.
      await route.continue().catch(() => undefined)
    })
    await page.reload()
    await open('code')
    await code.locator('.cm-line', { hasText: '// kept here' }).waitFor()

    // Meanwhile another window writes the same file.
    const theirs = await page.evaluate(async () => {
      const { access } = JSON.parse(localStorage.getItem('academy.session')!)
      const headers = { authorization: `Bearer ${access}`, 'content-type': 'application/json' }
      const { projects } = await (await fetch('/api/v1/projects', { headers })).json()
      return { id: projects[0].id as string, token: access as string }
    })
    await fetch(new URL(`/api/v1/projects/${theirs.id}/files/main.ts`, harbour.node.url), {
      method: 'PUT',
      headers: { authorization: `Bearer ${theirs.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ text: '// theirs\n' }),
    })
    phase = 'written'
    await code.getByText('Another window had changed main.ts').waitFor()
    slow.resolve()
    // The pane is as it will be when its projects can be chosen among.
    await code.locator('select:enabled').first().waitFor({ state: 'attached' })
    await code.getByRole('button', { name: 'Take the other text' }).click()
    await code.locator('.cm-line', { hasText: '// theirs' }).waitFor()
  },
)
