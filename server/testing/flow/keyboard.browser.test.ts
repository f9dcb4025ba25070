/** The first visit without a mouse: every step is a key. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harbour, openHarbour, tabTo, VISIT_TIMEOUT_MS, WIDE, writeWay } from './visit.ts'

const LONG = { timeout: VISIT_TIMEOUT_MS }
let harbour: Harbour
beforeAll(async () => {
  harbour = await openHarbour()
})
afterAll(() => harbour?.[Symbol.asyncDispose]())

test('by keyboard alone: walking, the first lesson, its run, the receipt and the next lesson', LONG, async () => {
  await using visit = await harbour.visit(WIDE)
  const { page, heard } = visit
  const { keyboard } = page
  const focused = () => page.evaluate(() => document.activeElement?.id ?? '')
  await heard(/You step off the ferry/)
  await keyboard.type('north')
  await keyboard.press('Enter')
  await page.locator('.topbar-place', { hasText: 'The quay' }).waitFor()

  // A way out as a button, then back to the prompt.
  await keyboard.press('F6')
  await tabTo(page, page.locator('#here').getByRole('button', { name: /^south/ }))
  await keyboard.press('Enter')
  await page.locator('.topbar-place', { hasText: 'The dock' }).waitFor()
  await keyboard.press('F2')
  expect(await focused()).toBe('prompt')

  // The lesson, and its code on the workbench: the editor has the focus.
  await tabTo(page, page.locator('#tab-lesson'))
  await tabTo(page, page.getByRole('button', { name: 'Put it on the workbench' }))
  await keyboard.press('Enter')
  const code = page.locator('#pane-code')
  await code.locator('.cm-line', { hasText: "me.go('east')" }).waitFor()
  await tabTo(page, code.locator('.cm-content'))
  await writeWay(page, 'north')
  await keyboard.press('Control+Enter')
  await code.getByText('the lesson is passed').waitFor()
  await page.locator('.purse-button', { hasText: '5' }).waitFor()

  // Tab indents in the editor; Escape, then Tab, leaves it.
  await keyboard.press('Escape')
  await keyboard.press('Tab')
  expect(await code.locator('.cm-content').evaluate((node) => node.contains(document.activeElement))).toBe(false)
  await tabTo(page, code.getByRole('button', { name: 'See what comes next' }), 'Shift+Tab')
  await keyboard.press('Enter')
  await tabTo(page, page.getByRole('button', { name: 'Show the receipt' }), 'Shift+Tab')
  await keyboard.press('Enter')
  await page.locator('.receipts li').getByText('+5').waitFor()
  await keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await tabTo(page, page.getByRole('button', { name: 'Next: Say hello' }), 'Shift+Tab')
  await keyboard.press('Enter')
  await code.locator('.code-choice option:checked', { hasText: 'Say hello' }).waitFor({ state: 'attached' })
  expect(visit.errors).toEqual([])
})

test('tabs of the workbench are walked with the arrows, and suggestions come at a dot', LONG, async () => {
  await using visit = await harbour.visit(WIDE)
  const { page, heard } = visit
  const { keyboard } = page
  await heard(/You step off the ferry/)
  await tabTo(page, page.locator('#tab-lesson'))
  await keyboard.press('ArrowRight')
  const code = page.locator('#pane-code')
  await code.locator('.cm-line', { hasText: "me.go('east')" }).waitFor()
  await tabTo(page, code.locator('.cm-content'))
  await keyboard.press('Control+Home')
  for (let line = 1; line < 6; line++) await keyboard.press('ArrowDown')
  await keyboard.press('End')
  await keyboard.press('Enter')
  await keyboard.type('await me.')
  const list = page.getByRole('listbox')
  await list.getByRole('option', { name: 'look' }).waitFor()
  await list.getByRole('option', { name: 'memory' }).waitFor()
  await keyboard.type('loo')
  await page.locator('.cm-completionInfo', { hasText: 'Look around' }).waitFor()
  await keyboard.press('Enter')
  await code.locator('.cm-line', { hasText: 'await me.look' }).waitFor()

  // A mistake is marked while it is typed, in a beginner's words.
  await keyboard.type('()')
  await keyboard.press('Enter')
  await keyboard.type('me.lok()')
  await code.locator('.cm-lintRange-error').first().waitFor()
  await keyboard.press('Control+Shift+M')
  await page.locator('.cm-panel-lint', { hasText: 'There is no “lok”. Did you mean “look”?' }).waitFor()
  expect(visit.errors).toEqual([])
})
