/** Chromium for tests and screenshots, from the package registry alone; and axe run inside a page. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import chromium from '@sparticuz/chromium'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Page,
  chromium as playwright,
} from 'playwright-core'

/** With the first two the browser dies when its first context closes; with the third no origin is kept from another. */
const UNWANTED = ['--single-process', '--no-zygote', '--disable-web-security']

export type TestBrowser = {
  readonly browser: Browser
  context(options?: BrowserContextOptions): Promise<BrowserContext>
  [Symbol.asyncDispose](): Promise<void>
}

/** The package unpacks into TMPDIR and takes what lies there for its own: each browser gets a folder to itself. */
export async function launchBrowser(): Promise<TestBrowser> {
  const home = mkdtempSync(join(tmpdir(), 'academy-browser-'))
  const before = process.env.TMPDIR
  process.env.TMPDIR = home
  const executablePath = await chromium.executablePath()
  if (before === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = before
  const browser = await playwright.launch({
    executablePath,
    headless: true,
    args: chromium.args.filter((arg) => !UNWANTED.includes(arg)),
    env: { ...process.env, TMPDIR: home } as Record<string, string>,
  })
  return {
    browser,
    context: (options) => browser.newContext(options),
    async [Symbol.asyncDispose]() {
      await browser.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

export type AxeViolation = {
  readonly id: string
  readonly impact: string
  readonly help: string
  readonly nodes: readonly string[]
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds wrong with the page as it stands now, or with one part of it, by WCAG 2.2 AA and axe's own best practice. */
export async function axeViolations(page: Page, part?: string): Promise<readonly AxeViolation[]> {
  await page.evaluate(AXE)
  return page.evaluate(
    async ({ tags, part }) => {
      type Result = {
        id: string
        impact: string
        help: string
        nodes: { target: string[]; failureSummary: string }[]
      }
      const axe = (
        globalThis as unknown as {
          axe: { run(root: Document | Element, options: object): Promise<{ violations: Result[] }> }
        }
      ).axe
      const { violations } = await axe.run((part && document.querySelector(part)) || document, {
        runOnly: { type: 'tag', values: tags },
      })
      return violations.map(({ id, impact, help, nodes }) => ({
        id,
        impact,
        help,
        nodes: nodes.map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
      }))
    },
    { tags: TAGS, part },
  )
}
