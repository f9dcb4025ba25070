/** Chromium for tests and screenshots, from the package registry alone; and axe run inside a page. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
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

const ROOT = resolve(import.meta.dirname, '../..')
const UNPACK = `import chromium from '@sparticuz/chromium'; await chromium.executablePath()`

/**
 * The package unpacks 200 MB into TMPDIR and takes what lies there for its own: each version does so once, in a process of its own, for this
 * one's TMPDIR is also where others put their folders.
 */
async function unpackedBrowser(): Promise<string> {
  const about = readFileSync(join(ROOT, 'node_modules/@sparticuz/chromium/package.json'), 'utf8')
  const shelf = join(ROOT, '.cache/browser')
  const place = join(shelf, (JSON.parse(about) as { version: string }).version)
  if (!existsSync(place)) {
    mkdirSync(shelf, { recursive: true })
    const draft = mkdtempSync(join(shelf, 'draft-'))
    const args = ['--input-type=module', '--eval', UNPACK]
    await promisify(execFile)(process.execPath, args, { cwd: ROOT, env: { ...process.env, TMPDIR: draft } })
    try {
      renameSync(draft, place)
    } catch (error) {
      // Another process was quicker: a directory does not replace one that is full.
      rmSync(draft, { recursive: true, force: true })
      if (!existsSync(place)) throw error
    }
  }
  return join(place, 'chromium')
}

/** What it writes goes to a folder of its own, which goes with it. */
export async function launchBrowser(): Promise<TestBrowser> {
  const executablePath = await unpackedBrowser()
  const home = mkdtempSync(join(tmpdir(), 'academy-browser-'))
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
