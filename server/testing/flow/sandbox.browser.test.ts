/** An author at two editors: the one in the page of their sandbox, and their own on the files of the project. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { launchBrowser } from '../../../client/testing/browser.ts'
import { VISIT_TIMEOUT_MS } from './visit.ts'

const cli = resolve(import.meta.dirname, '../../cli.ts')
const PATIENCE_MS = 120_000

const main = (word: string) => `import { me } from 'academy'
export default async function main() {
  await me.say('${word}')
}
`

/** The line that says where the page is. */
async function urlOf(out: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: out })) if (line.startsWith('ready ')) return line.slice(6).trim()
  throw new Error('the sandbox ended before it was ready')
}

test('the editor in the page and the files on disk stay in step both ways, and what is typed is not lost when both change', {
  timeout: VISIT_TIMEOUT_MS,
}, async () => {
  const home = await mkdtemp(join(tmpdir(), 'academy-sandbox-page-'))
  const dir = join(home, 'wick')
  const env = { PATH: process.env.PATH ?? '', TMPDIR: tmpdir(), XDG_CONFIG_HOME: join(home, 'config') }
  const made = spawn(process.execPath, [cli, 'agent', 'new', dir], { cwd: home, env, stdio: 'ignore' })
  await once(made, 'exit')
  const file = join(dir, 'main.ts')
  await writeFile(file, main('first'))
  const child = spawn(process.execPath, [cli, 'sandbox', dir, '--port', '0'], {
    cwd: home,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const gone = once(child, 'exit')
  try {
    const url = await urlOf(child.stdout)
    await using browser = await launchBrowser()
    const context = await browser.context({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
    context.setDefaultTimeout(PATIENCE_MS)
    const page = await context.newPage()
    await page.goto(url)
    await page.click('#tab-code')
    const code = page.locator('#pane-code')
    const line = (text: string) => code.locator('.cm-line', { hasText: text })
    await line("me.say('first')").waitFor()

    // On disk, then in the page, which nobody has touched.
    await writeFile(file, main('from disk'))
    await line("me.say('from disk')").waitFor()
    await code.getByText('main.ts was saved in another editor').waitFor()

    // In the page, then on disk.
    await line("me.say('from disk')").click()
    await page.keyboard.press('End')
    await page.keyboard.type(' // from the page')
    await expect.poll(() => readFile(file, 'utf8'), { timeout: PATIENCE_MS }).toContain('// from the page')

    // On both at once: the page's goes over, and offers the other.
    await page.keyboard.type(' and more')
    await writeFile(file, main('meanwhile'))
    await page.keyboard.type(', typed on')
    await expect
      .poll(async () => `${await readFile(file, 'utf8')} ${await code.locator('.cm-content').innerText()}`, {
        timeout: PATIENCE_MS,
      })
      .toMatch(/typed on[\s\S]*typed on|meanwhile[\s\S]*meanwhile/)

    // A file that is new on disk, and one that is gone.
    await writeFile(join(dir, 'helpers.ts'), 'export const two = 2\n')
    const tab = code.locator('.file-tab', { hasText: 'helpers.ts' })
    await tab.waitFor()
    await rm(join(dir, 'helpers.ts'))
    await tab.waitFor({ state: 'detached' })
  } finally {
    child.kill('SIGTERM')
    await gone
    await rm(home, { recursive: true, force: true })
  }
})
