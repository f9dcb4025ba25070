/** The library's page: found, looked at, installed, shared and cloned by keyboard, wide and on a phone, in both languages. */
import { join } from 'node:path'
import type { BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bell, paths } from '../../library/fixtures.ts'
import { join as enter } from './player.ts'
import { type Harbour, openHarbour, PHONE, VISIT_TIMEOUT_MS, WIDE } from './visit.ts'

let harbour: Harbour
beforeAll(async () => {
  harbour = await openHarbour()
  const maker = await enter(harbour.node.url)
  await maker.api('POST', '/api/v1/library', bell('1.0.0'))
  for (const version of ['1.0.0', '1.1.0'])
    await maker.api('POST', '/api/v1/library', paths(version, { 'index.ts': `export const far = '${version}'\n` }))
  const project = await maker.api<{ id: string }>('POST', '/api/v1/projects', { name: 'Wick' })
  const workspace = await maker.api<{ id: string }>('POST', '/api/v1/workspaces', { name: 'Lanterns' })
  await maker.api('PUT', `/api/v1/workspaces/${workspace.body.id}/projects/${project.body.id}`, {})
  await maker.api('POST', `/api/v1/workspaces/${workspace.body.id}/share`, { reach: 'world' })
  maker.close()
}, 2 * VISIT_TIMEOUT_MS)
afterAll(() => harbour?.[Symbol.asyncDispose]())

test.each<[string, BrowserContextOptions, Readonly<Record<string, RegExp>>]>([
  [
    'wide, in English',
    WIDE,
    {
      details: /Details of paths/,
      install: /Install in a project/,
      done: /paths 1\.1\.0 is installed/,
      clone: /Clone Lanterns/,
      cloned: /Lanterns is yours now/,
      signed: /the owner signed/,
    },
  ],
  [
    'on a phone, in Russian',
    { ...PHONE, locale: 'ru-RU' },
    {
      details: /Подробности: paths/,
      install: /Установить в проект/,
      done: /paths 1\.1\.0: установлено/,
      clone: /Клонировать Lanterns/,
      cloned: /Lanterns теперь и твоё/,
      signed: /владелец подписал/,
    },
  ],
])(
  'L6 L30 L45 a visitor finds, installs and clones by keyboard, and axe finds nothing wrong, %s',
  { timeout: 2 * VISIT_TIMEOUT_MS },
  async (name, options, words) => {
    await using visit = await harbour.visit(options)
    const { page } = visit
    await visit.heard(/step off the ferry|сходишь с парома/)
    const pane = await visit.open('library')
    const shots = process.env.SHOTS
    const shoot = async (what: string, part: string) => {
      if (!shots) return
      await pane.locator(part).scrollIntoViewIfNeeded()
      await page.screenshot({ path: join(shots, `${name.replaceAll(/[^a-z]+/gi, '-')}-${what}.png`) })
    }
    const note = pane.locator('.note')
    const button = (label: RegExp) => pane.getByRole('button', { name: label })
    await button(words.details!).waitFor()
    await shoot('list', '#library-q')
    expect(await visit.axe('#bench')).toEqual([])

    // Cloned first, so that there is a project to install in.
    await button(words.clone!).focus()
    await page.keyboard.press('Enter')
    await note.getByText(words.cloned!).waitFor()
    await shoot('cloned', '#workspace-name')
    await button(words.details!).focus()
    await page.keyboard.press('Enter')
    await pane.getByText(words.signed!).waitFor()
    // What was opened is where the reading goes on.
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H4')
    // The list is drawn once more when the cloned project is known; the focus stays where it was.
    await button(words.install!).waitFor()
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H4')
    await shoot('details', '.library-details')
    expect(await visit.axe('#bench')).toEqual([])
    await button(words.install!).focus()
    await page.keyboard.press('Enter')
    await note.getByText(words.done!).waitFor()
    // Nothing is wider than the screen.
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0)
    await shoot('workspaces', '#workspace-name')
    await pane.locator('#workspace-name').fill('Mill')
    await page.keyboard.press('Enter')
    await pane.getByRole('heading', { name: 'Mill' }).waitFor()
    await shoot('publish', '#publish-name')
    expect(await visit.axe('#bench')).toEqual([])
    expect(visit.errors).toEqual([])
  },
)
