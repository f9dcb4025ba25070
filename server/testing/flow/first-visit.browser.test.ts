/** The whole first visit in a browser, against a real node: from the ferry to the first credits, and back again after a reload. */
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Harbour, openHarbour, PHONE, VISIT_TIMEOUT_MS, type Visit, WIDE, writeWay } from './visit.ts'

const LONG = { timeout: VISIT_TIMEOUT_MS }
let harbour: Harbour
beforeAll(async () => {
  harbour = await openHarbour()
})
afterAll(() => harbour?.[Symbol.asyncDispose]())

/** The first lesson by the wrong lamp to the right one: what is said on the way is as much the point as the end. */
async function firstLesson({ page, open }: Visit, change: (code: Locator) => Promise<void>): Promise<void> {
  const lesson = await open('lesson')
  await lesson.getByRole('heading', { name: 'The first lamp' }).waitFor()
  await lesson.getByRole('button', { name: 'Put it on the workbench' }).click()
  const code = page.locator('#pane-code')
  await code.locator('.cm-line', { hasText: "me.go('east')" }).waitFor()
  await code.getByRole('button', { name: 'Run' }).click()
  await code.getByText(/Which word chose the way\?/).waitFor()
  await change(code)
  await code.locator('.cm-line', { hasText: "me.go('north')" }).waitFor()
  const run = code.getByRole('button', { name: 'Run' })
  await run.click()
  await code.getByText('the lesson is passed').waitFor()
  expect(await run.evaluate((node) => node === document.activeElement)).toBe(true)
}

/** The map in words says how many are asleep here; a lantern whose program has ended is one of them. */
async function sleepers(page: Visit['page']): Promise<number> {
  const note = page.locator('#here .chip-note')
  return (await note.count()) === 0 ? 0 : Number.parseInt(/\d+/.exec((await note.textContent()) ?? '')![0], 10)
}

const credits = (page: Visit['page']) => page.locator('.purse-button')

test(
  'a newcomer steps off the ferry, walks, sends a lantern walking, passes the lesson and is paid; a reload keeps it all',
  LONG,
  async () => {
    await using visit = await harbour.visit(WIDE)
    const { page, heard, say, open } = visit
    await page.evaluate(() => Object.assign(window, { stayed: true }))

    await heard(/You step off the ferry/)
    expect(await page.locator('form:visible, dialog:visible').count()).toBe(1) // the prompt alone
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('prompt')
    await say('look')
    await heard(/Wet grey planks/)
    await say('north')
    await page.locator('.topbar-place', { hasText: 'The quay' }).waitFor()
    const south = page.locator('#here').getByRole('button', { name: /^south/ })
    await south.waitFor()
    const sleptOnQuay = await sleepers(page)
    await south.click()
    await page.locator('.topbar-place', { hasText: 'The dock' }).waitFor()

    await credits(page).filter({ hasText: '0' }).waitFor()
    await firstLesson(visit, async (code) => {
      await code.locator('.cm-content').focus()
      await writeWay(page, 'north')
    })
    await credits(page).filter({ hasText: '5' }).waitFor()
    await page.locator('#pane-code .agent-state', { hasText: 'The quay' }).waitFor()
    await heard(/Lantern leaves to the north/)
    await heard(/Lesson passed: The first lamp/)

    await page.locator('#pane-code .agent-log', { hasText: 'The lamp is lit.' }).waitFor()

    // It stands where its new line has taken it: one more than before sleeps on the quay.
    await say('north')
    await page.locator('.topbar-place', { hasText: 'The quay' }).waitFor()
    await expect.poll(() => sleepers(page)).toBe(sleptOnQuay + 1)

    const lesson = await open('lesson')
    await lesson.getByText('5 credits are yours').waitFor()
    await lesson.getByRole('button', { name: 'Show the receipt' }).click()
    const paid = page.locator('.receipts li', { hasText: 'Reward: The first lamp' })
    await paid.getByText('+5').waitFor()
    // M16 The browser checks the receipt by itself.
    await paid.getByRole('button', { name: /^Receipt for / }).click()
    await page.locator('.receipt-good', { hasText: 'It holds.' }).waitFor()
    await page.locator('.receipt-facts', { hasText: 'academy:rewards' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('Escape')
    await lesson.getByRole('button', { name: 'Next: Say hello' }).click()
    await page.locator('#pane-code .cm-line', { hasText: 'import' }).waitFor()
    await expect.poll(() => page.locator('#pane-code .code-choice option:checked').textContent()).toBe('Say hello')
    expect(await page.evaluate(() => 'stayed' in window)).toBe(true)

    const name = await page.locator('.button-name').textContent()
    await page.reload()
    await heard(/Lesson passed: The first lamp/)
    await credits(page).filter({ hasText: '5' }).waitFor()
    expect(await page.locator('.button-name').textContent()).toBe(name)
    await page.locator('.topbar-place', { hasText: 'The quay' }).waitFor()
    const again = await open('lesson')
    await again.getByRole('heading', { name: 'Say hello' }).waitFor()
    await again.getByText('1 of 12 passed').waitFor()
    const agents = await open('agents')
    await agents.locator('.agent-state', { hasText: 'The quay' }).waitFor()
    await agents.getByRole('button', { name: 'Open its code' }).click()
    await page.locator('#pane-code .cm-line', { hasText: "me.go('north')" }).waitFor()

    expect(visit.errors).toEqual([])
    expect([...visit.hosts]).toEqual([new URL(harbour.node.url).host])
  },
)

test('the same on a phone, one column at a time, and nothing is wider than the screen', LONG, async () => {
  await using visit = await harbour.visit(PHONE)
  const { page, heard, say, open } = visit
  const fits = async () => expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  await heard(/You step off the ferry/)
  await say('look')
  await heard(/Wet grey planks/)
  await open('map')
  await page
    .locator('#here')
    .getByRole('button', { name: /^north/ })
    .click()
  await page.locator('.topbar-place', { hasText: 'The quay' }).waitFor()
  await fits()
  await say('south')
  await page.locator('.topbar-place', { hasText: 'The dock' }).waitFor()
  await firstLesson(visit, async (code) => {
    await code.getByText("'east'").dblclick()
    await page.keyboard.type('north')
  })
  await fits()
  await page.locator('.last-line', { hasText: /.+/ }).waitFor()
  await credits(page).filter({ hasText: '5' }).waitFor()
  const lesson = await open('lesson')
  await lesson.getByRole('button', { name: 'Next: Say hello' }).waitFor()
  await fits()
  await page.reload()
  await credits(page).filter({ hasText: '5' }).waitFor()
  await (await open('lesson')).getByText('1 of 12 passed').waitFor()
  await open('code')
  await page.locator('#pane-code .cm-line', { hasText: "me.go('north')" }).waitFor()
  await fits()
  expect(visit.errors).toEqual([])
})

describe('in Russian', () => {
  /** What a reader sees, without code and commands. */
  const words = (page: Visit['page']) =>
    page.evaluate(() => {
      const copy = document.body.cloneNode(true) as HTMLElement
      for (const node of copy.querySelectorAll(
        '.cm-editor, code, kbd, pre, .glass, script, style, [hidden], .topbar-name',
      ))
        node.remove()
      const labels = [...copy.querySelectorAll('[aria-label], [title], [placeholder]')].flatMap((node) =>
        ['aria-label', 'title', 'placeholder'].map((name) => node.getAttribute(name) ?? ''),
      )
      const texts: string[] = []
      const walk = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT)
      for (let node = walk.nextNode(); node; node = walk.nextNode()) texts.push(node.textContent ?? '')
      return [...texts, ...labels].filter((text) => text.trim() !== '')
    })
  /** Two words of Latin letters in a row: a sentence that nobody translated. */
  const latin = async (page: Visit['page']) =>
    (await words(page))
      .map((text) => text.replaceAll('CodeCraft Academy', ''))
      .filter((text) => /[a-z]{2,}[ ,:;]+[a-z]{2,}/i.test(text))

  test('the page switches without a reload, and from then on everything is said in Russian', LONG, async () => {
    await using visit = await harbour.visit(WIDE)
    const { page, heard, open } = visit
    await heard(/You step off the ferry/)
    await open('code')
    await page.locator('#pane-code .cm-line', { hasText: 'east' }).waitFor()
    await page.evaluate(() => Object.assign(window, { stayed: true }))
    await page.getByRole('button', { name: 'RU', exact: true }).click()
    await page.locator('#pane-code').getByRole('button', { name: 'Пуск' }).waitFor()
    await page.locator('#pane-code option', { hasText: 'Первая лампа' }).waitFor({ state: 'attached' })
    const lesson = await open('lesson')
    await lesson.getByRole('heading', { name: 'Первая лампа' }).waitFor()
    expect(await page.evaluate(() => [document.documentElement.lang, 'stayed' in window])).toEqual(['ru', true])
  })

  test('the first visit, from the ferry to the credits, without a sentence in another language', LONG, async () => {
    await using visit = await harbour.visit({ ...WIDE, locale: 'ru-RU' })
    const { page, heard, say, open } = visit
    await heard(/Ты сходишь с парома/)
    await say('смотреть')
    await say('север')
    await page.locator('.topbar-place', { hasText: 'Набережная' }).waitFor()
    await say('юг')
    await page.locator('.topbar-place', { hasText: 'ричал' }).waitFor()
    const lesson = await open('lesson')
    await lesson.getByRole('button', { name: /Подсказка/ }).click()
    await lesson.locator('.lesson-hint').waitFor()
    expect(await latin(page)).toEqual([])
    const code = await open('code')
    await code.locator('.cm-line', { hasText: 'Я уже иду.' }).waitFor()
    await code.locator('.cm-line', { hasText: "me.go('east')" }).waitFor()
    await code.locator('.cm-content').focus()
    await page.keyboard.press('Control+End')
    await page.keyboard.type('}')
    await code.getByRole('button', { name: 'Пуск' }).click()
    await code.locator('.note', { hasText: 'строка 9' }).waitFor()
    expect(await latin(page)).toEqual([])
    await code.locator('.cm-content').focus()
    await page.keyboard.press('Control+End')
    await page.keyboard.press('Backspace')
    await writeWay(page, 'north')
    await code.getByRole('button', { name: 'Пуск' }).click()
    await code.getByText('урок пройден').waitFor()
    await page.locator('.purse-button', { hasText: '5' }).waitFor()
    await (await open('lesson')).getByText('5 кредитов твои').waitFor()
    await open('agents')
    await page.locator('#pane-agents .agent-state', { hasText: 'Набережная' }).waitFor()
    await open('who')
    await page.locator('.who-you, .who li').first().waitFor()
    expect(await latin(page)).toEqual([])
    expect(visit.errors).toEqual([])
  })
})
