/** A visitor with a real browser at a real node, for whole-flow tests: opens the page, types, clicks, waits for what is shown. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContextOptions, Locator, Page } from 'playwright-core'
import { axeViolations, launchBrowser, type TestBrowser } from '../../../client/testing/browser.ts'
import { freePort } from '../free-port.ts'
import { type NodeProcess, type NodeProcessOptions, startNodeProcess } from '../node-process.ts'

export const WIDE: BrowserContextOptions = { viewport: { width: 1440, height: 900 }, locale: 'en-GB' }
export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  locale: 'en-GB',
  hasTouch: true,
  isMobile: true,
}
/** On a busy machine a page takes its time; what never comes fails all the same. */
const PATIENCE_MS = 120_000
export const VISIT_TIMEOUT_MS = 300_000

export type Harbour = {
  readonly node: NodeProcess
  visit(options?: BrowserContextOptions): Promise<Visit>
  /** The node dies at once, as if the power had gone. */
  kill(): Promise<void>
  /** The same node again: same port, same settings, same data. */
  restart(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export type Visit = {
  readonly page: Page
  /** Errors of the page's own code. */
  readonly errors: readonly string[]
  /** Hosts that anything was asked of. */
  readonly hosts: ReadonlySet<string>
  /** Types a line at the prompt. */
  say(line: string): Promise<void>
  heard(text: RegExp): Promise<void>
  /** Brings a pane to the front; on a phone, with the bar below. */
  open(pane: string): Promise<Locator>
  /** What axe finds wrong with the page, or with one part of it. */
  axe(part?: string): Promise<readonly unknown[]>
  [Symbol.asyncDispose](): Promise<void>
}

/** A node and a browser for all visits of a test file. */
export async function openHarbour(options: NodeProcessOptions = {}): Promise<Harbour> {
  if (!existsSync(join(import.meta.dirname, '../../../dist/client/index.html')))
    throw new Error('the page is not built: npm run build:client')
  const env = { ACADEMY_PORT: String(await freePort()), ...options.env }
  const [first, browser] = await Promise.all([startNodeProcess({ ...options, env }), launchBrowser()])
  let node = first
  return {
    get node() {
      return node
    },
    visit: (context = WIDE) => visit(browser, first.url, context),
    kill: () => node.kill('SIGKILL'),
    async restart() {
      node = await startNodeProcess({ dataDir: first.dataDir, env })
    },
    async [Symbol.asyncDispose]() {
      await browser[Symbol.asyncDispose]()
      if (node !== first) await node[Symbol.asyncDispose]()
      await first[Symbol.asyncDispose]()
    },
  }
}

async function visit(browser: TestBrowser, url: string, options: BrowserContextOptions): Promise<Visit> {
  // The map's motion is drawn in software here: it would be most of the work.
  const context = await browser.context({ reducedMotion: 'reduce', ...options })
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  const errors: string[] = []
  const hosts = new Set<string>()
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  page.on('websocket', (socket) => hosts.add(new URL(socket.url()).host))
  await page.goto(url)
  const isPhone = (options.viewport?.width ?? 0) < 760
  return {
    page,
    errors,
    hosts,
    async say(line) {
      if (isPhone) await page.click('.phone-tab[data-tab="terminal"]')
      await page.fill('#prompt', line)
      await page.press('#prompt', 'Enter')
    },
    heard: (text) => page.getByRole('log').getByText(text).first().waitFor({ state: 'attached' }),
    async open(pane) {
      await page.click(isPhone ? `.phone-tab[data-tab="${pane}"]` : `#tab-${pane}`)
      return page.locator(pane === 'map' || pane === 'terminal' ? `#${pane}` : `#pane-${pane}`)
    },
    axe: (part) => axeViolations(page, part),
    [Symbol.asyncDispose]: () => context.close(),
  }
}

/** Puts the cursor of the focused editor on the way out in the first lesson's code, and writes another. */
export async function writeWay(page: Page, way: string): Promise<void> {
  await page.keyboard.press('Control+Home')
  for (let line = 1; line < 5; line++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('End')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Control+Shift+ArrowLeft')
  await page.keyboard.type(way)
}

/** Presses Tab until the control is there; how a keyboard finds its way. */
export async function tabTo(page: Page, target: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  await target.first().waitFor()
  for (let presses = 0; presses < 60; presses++) {
    if (await target.first().evaluate((node) => node === document.activeElement)) return
    await page.keyboard.press(key)
  }
  throw new Error(`60 presses of ${key} did not lead to ${target}`)
}
