/** No screen, pane, dialog or state has a fault that axe can find (WCAG 2.2 AA), wide and on a phone. */
import type { BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harbour, openHarbour, PHONE, VISIT_TIMEOUT_MS, WIDE } from './visit.ts'

let harbour: Harbour
beforeAll(async () => {
  harbour = await openHarbour()
})
afterAll(() => harbour?.[Symbol.asyncDispose]())

test.each<[string, BrowserContextOptions]>([
  ['wide, in English', WIDE],
  ['on a phone, in Russian', { ...PHONE, locale: 'ru-RU' }],
])('axe finds nothing wrong, %s', { timeout: VISIT_TIMEOUT_MS }, async (_name, options) => {
  await using visit = await harbour.visit(options)
  const { page, heard, open } = visit
  const isPhone = options.isMobile === true
  const faults: Record<string, unknown> = {}
  /** The whole page where it is seen first, then what has changed on it. */
  const look = async (screen: string, part = '#bench') => {
    const found = await visit.axe(part)
    if (found.length > 0) faults[screen] = found
  }
  const press = (name: RegExp) => page.getByRole('button', { name }).filter({ visible: true }).first().click()
  const dialog = async (name: string, opening: () => Promise<void>, content: string) => {
    await opening()
    await page.locator(`dialog[open] ${content}`).first().waitFor()
    await look(name, 'dialog[open]')
    await page.keyboard.press('Escape')
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
  }

  await heard(/step off the ferry|сходишь с парома/)
  await look('terminal', 'html')
  if (isPhone) {
    await open('map')
    await page.locator('#here .chip').first().waitFor()
    await look('map', 'html')
  }
  await open('agents')
  await page.locator('.pane-empty:not([hidden])').waitFor()
  await look('no lanterns')
  const lesson = await open('lesson')
  await press(/^Hint|^Подсказка/)
  await lesson.locator('.lesson-hint').waitFor()
  await look('lesson with a hint')
  const code = await open('code')
  await code.locator('.cm-line', { hasText: 'east' }).waitFor()
  await look('code', 'html')
  await press(/^Run$|^Пуск$/)
  await code.locator('.note[data-tone="bad"]').waitFor()
  await look('a run that was not enough')
  await open('lesson')
  await lesson.locator('.lesson-remark').waitFor()
  await look('lesson with a remark')
  await open('code')
  await code.locator('.cm-content').focus()
  await page.keyboard.press('Control+End')
  await page.keyboard.type('mee')
  await press(/^Run$|^Пуск$/)
  await code.locator('.agent-error:not([hidden])').waitFor()
  await code.locator('.cm-lintRange-error').first().waitFor()
  await look('a program that stumbles')
  await code.locator('.file-row > .file-tab').click()
  await look('the form for a new file')
  await page.keyboard.type('helpers')
  await page.keyboard.press('Enter')
  await code.locator('.file-tab', { hasText: 'helpers.ts' }).waitFor()
  await look('two files')
  await open('agents')
  await page.locator('.agent-card').waitFor()
  await page.locator('.agent-details summary').click()
  await look('lanterns')
  await open('who')
  await page.locator('.who li').first().waitFor()
  await look('people')
  await open('jobs')
  await page.locator('#job-kind option').first().waitFor({ state: 'attached' })
  await page.selectOption('#job-kind', 'sum')
  await press(/^Hand in|^Поручить/)
  await page.locator('.job-card[data-status="done"] .job-result', { hasText: '31' }).waitFor()
  // What a first job may cost was given, and what it did cost is paid: the purse says what is left, to the last of it.
  await page.locator('.purse-button', { hasText: /0[.,]\d+/ }).waitFor()
  await look('a job that is done')
  await dialog('what is yours', () => page.click('.purse-button'), '.purse-balance')
  await dialog('help', () => press(/^Help|^Помощь|^Справка/), '.keys')
  await dialog('settings', () => press(/^Settings|^Настройки/), '.choices')
  await dialog('account', () => page.click('.button-keep'), 'input')
  await page.context().setOffline(true)
  await harbour.kill()
  await page.locator('.notice-strip').waitFor({ state: 'attached' })
  await look('no way to the node', 'html')
  await page.context().setOffline(false)
  await harbour.restart()
  expect(faults).toEqual({})
})
