import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { axeViolations, launchBrowser, type TestBrowser } from './browser.ts'
import { type BuiltPage, buildPage } from './build-page.ts'
import { type FakeNode, startFakeNode } from './fake-node.ts'

const WIDE: BrowserContextOptions = { viewport: { width: 1440, height: 900 }, locale: 'en-GB' }
const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  locale: 'ru-RU',
  hasTouch: true,
  isMobile: true,
}

let built: BuiltPage
let browser: TestBrowser
let node: FakeNode
beforeAll(async () => {
  ;[built, browser] = await Promise.all([buildPage(), launchBrowser()])
  node = await startFakeNode(built.dir)
})
beforeEach(() => node.reset())
afterAll(async () => {
  await node?.[Symbol.asyncDispose]()
  await browser?.[Symbol.asyncDispose]()
  await built?.[Symbol.asyncDispose]()
})

async function open(options: BrowserContextOptions = WIDE) {
  const context = await browser.context(options)
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(String(error)))
  await page.goto(node.url)
  await heard(page, /ferry|паром/)
  return { context, page, errors, [Symbol.asyncDispose]: () => context.close() }
}
const heard = (page: Page, text: RegExp) =>
  page.getByRole('log').getByText(text).first().waitFor({ state: 'attached' })
const say = async (page: Page, line: string) => {
  await page.fill('#prompt', line)
  await page.press('#prompt', 'Enter')
}
const status = (page: Page, word: string) => page.locator('.topbar-link', { hasText: word }).waitFor()
const done = (lines: readonly string[]) => expect.poll(() => node.lines, { timeout: 15_000 }).toEqual(lines)

describe('a first visit', () => {
  test('begins as a guest with nothing to fill in, and the prompt waits for words', async () => {
    await using visit = await open()
    const { page } = visit
    expect(node.people.size).toBe(1)
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('prompt')
    await say(page, 'look')
    await heard(page, /Exits: north, east/)
    await done(['look'])
    expect(visit.errors).toEqual([])
  })

  test('fetches nothing from another host', async () => {
    await using visit = await open()
    const hosts = new Set<string>()
    visit.page.on('request', (request) => hosts.add(new URL(request.url()).host))
    await visit.page.reload()
    await visit.page.locator('.map-state[hidden]').waitFor({ state: 'attached' })
    expect([...hosts]).toEqual([new URL(node.url).host])
  })

  test('draws the map, and a button for a way out types its command and walks', async () => {
    await using visit = await open()
    const { page } = visit
    await page.getByRole('button', { name: /north/ }).click()
    await done(['north'])
    await page.locator('.topbar-place', { hasText: 'Lantern Square' }).waitFor()
    await page.locator('.map-label-here', { hasText: 'Lantern Square' }).waitFor()
  })

  test('is there again after a reload: the same person, the same words', async () => {
    await using visit = await open()
    const { page } = visit
    await say(page, 'say hello')
    await heard(page, /You say/)
    await page.reload()
    await heard(page, /You say/)
    await status(page, 'live')
    expect(node.people.size).toBe(1)
    expect(await page.getByRole('log').getByText('You say').count()).toBe(1)
  })
})

describe('the line', () => {
  test('that breaks is mended by itself; what was typed meanwhile is done once, what was said is heard once', async () => {
    await using visit = await open()
    const { page } = visit
    node.loseAcks = true
    await say(page, 'say one')
    await done(['say one'])
    node.drop()
    node.loseAcks = false
    await say(page, 'say two')
    await done(['say one', 'say two'])
    await heard(page, /“two”/)
    expect(await page.getByRole('log').getByText('“one”').count()).toBe(1)
  })

  test('that the node ends for good says why and offers the way back', async () => {
    await using visit = await open()
    const { page } = visit
    node.end({ code: 'kicked', text: 'Shouting in the library.' })
    await page.getByRole('heading', { name: 'You were sent ashore' }).waitFor()
    await page.getByText('Shouting in the library.').waitFor()
    expect(await page.locator('#terminal > .terminal').evaluate((node) => (node as HTMLElement).inert)).toBe(true)
    expect(await axeViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Come back' }).click()
    await status(page, 'live')
  })

  test('moves to the tab opened last; the other says so and can take it back', async () => {
    await using visit = await open()
    const second = await visit.context.newPage()
    await second.goto(node.url)
    await status(second, 'live')
    await visit.page.getByRole('heading', { name: 'You are playing in another tab' }).waitFor()
    await visit.page.getByRole('button', { name: 'Play here' }).click()
    await status(visit.page, 'live')
    await second.getByRole('heading', { name: 'You are playing in another tab' }).waitFor()
  })

  test('that never was: a node that lets nobody in is said to be so', async () => {
    node.refuseGuests = { status: 503, code: 'unavailable' }
    await using context = await browser.context(WIDE)
    const page = await context.newPage()
    await page.goto(node.url)
    await page.getByRole('heading', { name: 'The ferry did not land' }).waitFor()
    node.refuseGuests = undefined
    await page.getByRole('button', { name: 'Try now' }).click()
    await status(page, 'live')
  })
})

test('a guest whose session the node has forgotten goes on as a new guest, without a word to fill in', async () => {
  await using visit = await open()
  const { page } = visit
  node.reset()
  await expect.poll(() => node.people.size, { timeout: 15_000 }).toBe(1)
  await heard(page, /ferry/)
  await say(page, 'look')
  await done(['look'])
})

describe('by keyboard alone', () => {
  test('words are completed, lines come back, and Tab on an empty line moves on', async () => {
    await using visit = await open()
    const { page } = visit
    await page.locator('.here .chip').first().waitFor()
    await page.keyboard.type('exam')
    await page.keyboard.press('Tab')
    expect(await page.inputValue('#prompt')).toBe('examine ')
    await page.keyboard.type('cra')
    await page.keyboard.press('Tab')
    expect(await page.inputValue('#prompt')).toBe('examine crate ')
    await page.keyboard.press('Enter')
    await done(['examine crate'])
    await page.keyboard.press('ArrowUp')
    expect(await page.inputValue('#prompt')).toBe('examine crate')
    await page.keyboard.press('Escape')
    await page.keyboard.press('Tab')
    expect(await page.evaluate(() => document.activeElement?.id)).not.toBe('prompt')
  })

  test('panes are resized with the arrow keys and stay so', async () => {
    await using visit = await open()
    const { page } = visit
    const bar = page.getByRole('separator', { name: 'Height of the map' })
    const before = Number(await bar.getAttribute('aria-valuenow'))
    await bar.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBe(before + 4)
    await page.reload()
    expect(Number(await bar.getAttribute('aria-valuenow'))).toBe(before + 4)
  })

  test('help opens with F1, closes with Escape, and the focus is back', async () => {
    await using visit = await open()
    const { page } = visit
    await page.keyboard.press('F1')
    await page.getByRole('dialog').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('prompt')
  })
})

describe('language', () => {
  test('switches the whole page without a reload, and the node is told', async () => {
    await using visit = await open()
    const { page } = visit
    await page.evaluate(() => Object.assign(window, { stayed: true }))
    await page.getByRole('button', { name: 'RU', exact: true }).click()
    await page.getByText('Сохранить пройденное').waitFor()
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('ru')
    await expect.poll(() => [...node.people.values()][0]!.locale, { timeout: 15_000 }).toBe('ru')
    await say(page, 'смотреть')
    await heard(page, /Паромный причал/)
    expect(await page.evaluate(() => 'stayed' in window)).toBe(true)
  })

  test('is the browser\u2019s at the first visit', async () => {
    await using visit = await open({ ...WIDE, locale: 'ru-RU' })
    await heard(visit.page, /Ты сходишь с парома/)
  })
})

test('a guest keeps everything by choosing a name and a password; a bad one is explained in the dialog', async () => {
  await using visit = await open()
  const { page } = visit
  await page.getByRole('button', { name: 'Keep your progress' }).click()
  await page.getByLabel('Name').fill('Mira')
  await page.getByLabel('Password').fill('short')
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.getByRole('alert').getByText('At least 8 characters.').waitFor()
  await page.getByLabel('Password').fill('long enough')
  await page.getByRole('button', { name: 'Keep it' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Mira' }).waitFor()
  expect(await page.getByRole('button', { name: 'Keep your progress' }).count()).toBe(0)
  expect(node.people.size).toBe(1)
})

describe('on a phone', () => {
  test('one column at a time, the terminal\u2019s last line always in sight', async () => {
    await using visit = await open(PHONE)
    const { page } = visit
    expect(await page.locator('.glass').isVisible()).toBe(false)
    await page.getByRole('button', { name: 'Карта' }).click()
    expect(await page.locator('#prompt').isVisible()).toBe(false)
    node.say({ kind: 'event', text: 'Чайка садится на сваю.' })
    await page.locator('.last-line', { hasText: 'Чайка садится на сваю.' }).waitFor()
    const widest = await page.evaluate(() =>
      Math.max(
        ...[...document.querySelectorAll('.app > *, .map-canvas')].map((node) => node.getBoundingClientRect().right),
      ),
    )
    expect(widest).toBeLessThanOrEqual(390)
    expect(await axeViolations(page)).toEqual([])
  })
})

test.each([
  ['wide', WIDE],
  ['tablet', { viewport: { width: 1024, height: 768 }, locale: 'ru-RU' }],
  ['phone', PHONE],
] as const)('axe finds nothing wrong with the page, %s', async (_name, options) => {
  await using visit = await open(options)
  await visit.page.locator('.map-state[hidden]').waitFor({ state: 'attached' })
  expect(await axeViolations(visit.page)).toEqual([])
})
