/** Time travel on a real page of a real node: stepping through an agent's past, sharing it, and recordings that mean harm. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { axeViolations, launchBrowser, type TestBrowser } from '../../../client/testing/browser.ts'
import type { AgentReplay } from '../../protocol/api.ts'
import { readRecording, recordingFile } from '../../protocol/recording.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'

const PROGRAM = `import { me } from 'academy'
import { double } from './lib'

export default async function main() {
  me.memory.sum = 0
  for (let round = 1; round <= 3; round++) {
    const twice = double(round)
    me.memory.sum = (me.memory.sum as number) + twice
    console.log('round', round, twice)
    await me.wait(1)
  }
  const here = await me.look()
  console.log('stands in', here.place)
  await me.wait(100000)
}

export const FACTOR = 2
`
/** Imports back what imports it. */
const LIB = `export function double(n: number): number {
  return n * FACTOR
}
import { FACTOR } from './main'
`

let node: NodeProcess
let browser: TestBrowser
let dir: string
beforeAll(async () => {
  dir = mkdtempSync(joinPath(tmpdir(), 'academy-replay-'))
  ;[node, browser] = await Promise.all([startNodeProcess(), launchBrowser()])
}, 300_000)
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]()
  await node?.[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true, force: true })
})

async function enter(locale = 'en-GB'): Promise<Page> {
  const context = await browser.context({ locale, viewport: { width: 1500, height: 1100 }, acceptDownloads: true })
  const page = await context.newPage()
  await page.goto(node.url)
  await page.waitForSelector('.log .kind-place', { state: 'attached' })
  return page
}

/** A request as the page's own person. */
const api = <T>(page: Page, method: string, path: string, body?: unknown): Promise<T> =>
  page.evaluate(
    async ([how, where, what]) => {
      const stored = Object.values(localStorage).find((text) => text.includes('"access"'))!
      const find = (value: unknown): string | undefined =>
        typeof value === 'object' && value !== null
          ? ((value as { access?: string }).access ?? Object.values(value).map(find).find(Boolean))
          : undefined
      const response = await fetch(where as string, {
        method: how as string,
        headers: { authorization: `Bearer ${find(JSON.parse(stored))}`, 'content-type': 'application/json' },
        ...(what !== undefined && { body: JSON.stringify(what) }),
      })
      return response.json()
    },
    [method, path, body] as const,
  ) as Promise<T>

type Log = { readonly entries: readonly { readonly text: string }[] }

/** An agent that has lived through the whole program but its last wait. */
async function livedAgent(page: Page): Promise<string> {
  const project = await api<{ id: string }>(page, 'POST', '/api/v1/projects', { name: 'past' })
  await api(page, 'PUT', `/api/v1/projects/${project.id}/files/main.ts`, { text: PROGRAM })
  await api(page, 'PUT', `/api/v1/projects/${project.id}/files/lib.ts`, { text: LIB })
  const agent = await api<{ id: string }>(page, 'POST', '/api/v1/agents', { projectId: project.id, name: 'Wick' })
  await api(page, 'POST', `/api/v1/agents/${agent.id}/start`)
  await vi.waitFor(
    async () => {
      const { entries } = await api<Log>(page, 'GET', `/api/v1/agents/${agent.id}/log?after=0`)
      expect(entries.some(({ text }) => text.includes('stands in'))).toBe(true)
    },
    { timeout: 120_000, interval: 200 },
  )
  return agent.id
}

const openPane = (page: Page) => page.click('#tab-replay')
const slider = (page: Page) => page.locator('.replay-slider')
const moment = (page: Page) => page.locator('.replay-moment').innerText()
const panel = (page: Page, name: string) => page.locator(`[data-panel="replay.${name}"]`).innerText()
const note = (page: Page) => page.locator('.replay .note').innerText()
const WAIT = { timeout: 120_000 }
const settled = (page: Page, pattern: RegExp) =>
  vi.waitFor(async () => expect(await note(page)).toMatch(pattern), WAIT)

async function toFirstLine(page: Page): Promise<void> {
  await slider(page).focus()
  await page.keyboard.press('Home')
  await expect.poll(() => moment(page)).toMatch(/^Turn 1 of/)
}

/** Goes on line by line until the moment fits. */
async function until(page: Page, pattern: RegExp): Promise<void> {
  for (let i = 0; i < 60; i++) {
    const before = await moment(page)
    if (pattern.test(before)) return
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => moment(page)).not.toBe(before)
  }
  throw new Error(`never came to ${pattern}: ${await moment(page)}`)
}

async function openFile(page: Page, text: string): Promise<void> {
  const path = joinPath(dir, 'given.json')
  writeFileSync(path, text)
  await page.setInputFiles('#replay-file', path)
}

describe('time travel', { timeout: 300_000 }, () => {
  let page: Page
  let agent: string
  beforeAll(async () => {
    page = await enter()
    agent = await livedAgent(page)
    await openPane(page)
    await page.selectOption('#replay-agent', agent)
    await settled(page, /Agrees with the record: \d+ turns/)
  }, 300_000)

  test('a past is stepped through forwards and back, with line, variables, memory, log and place', async () => {
    await expect.poll(() => panel(page, 'log')).toContain('stands in harbor:')
    expect(await page.locator('.replay-place').innerText()).toMatch(/It stands in: \S/)
    await toFirstLine(page)
    await until(page, /line 8 of main\.ts/)
    expect(await panel(page, 'locals')).toMatch(/twice\s+2/)
    expect(await panel(page, 'log')).not.toContain('round 1')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => moment(page)).toMatch(/line 10 of main\.ts/)
    await page.keyboard.press('ArrowDown')
    await expect.poll(() => moment(page)).toMatch(/waiting at line 10 of main\.ts/)
    expect(await panel(page, 'log')).toContain('round 1 2')
    expect(await panel(page, 'memory')).toMatch(/sum\s*new\s+2/)
    expect(await page.locator('.cm-line-now').innerText()).toContain('await me.wait(1)')
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => moment(page)).toMatch(/^Turn 2 of/)
    await until(page, /waiting at line 10/)
    expect(await panel(page, 'locals')).toMatch(/round\s+2/)
    expect(await panel(page, 'memory')).toMatch(/sum\s*changed\s+6/)
    expect(await panel(page, 'in')).toContain('me.wait(1) is done')
    // Back into the file that it came through, over the edge of the turn.
    for (let i = 0; i < 30 && !/line 2 of lib\.ts/.test(await moment(page)); i++) {
      const before = await moment(page)
      await page.keyboard.press('ArrowUp')
      await expect.poll(() => moment(page)).not.toBe(before)
    }
    expect(await moment(page)).toMatch(/^Turn 2 of .*line 2 of lib\.ts/)
    expect(await panel(page, 'locals')).toMatch(/n\s+2/)
    expect(await slider(page).getAttribute('aria-valuetext')).toBe(await moment(page))
    expect(await axeViolations(page)).toEqual([])
  })

  test('after a reload everything is the same', async () => {
    await toFirstLine(page)
    await until(page, /line 8 of main\.ts/)
    const before = [await moment(page), await panel(page, 'locals'), await panel(page, 'fuel.title')]
    await page.reload()
    await page.waitForSelector('.log .kind-place', { state: 'attached' })
    await openPane(page)
    await page.waitForSelector(`#replay-agent option[value="${agent}"]`, { state: 'attached' })
    await page.selectOption('#replay-agent', agent)
    await settled(page, /Agrees with the record/)
    await toFirstLine(page)
    await until(page, /line 8 of main\.ts/)
    const after = [await moment(page), await panel(page, 'locals'), await panel(page, 'fuel.title')]
    expect(after.map((text) => text.replace(/ of \d+/, ''))).toEqual(
      before.map((text) => text.replace(/ of \d+/, '')),
    )
  })

  test('a recording saved to a file replays the same for somebody else, in their language', async () => {
    const download = page.waitForEvent('download')
    await page.click('text="Save as a file"')
    const path = await (await download).path()
    const text = readFileSync(path, 'utf8')
    expect(readRecording(text)).toBeDefined()
    const other = await enter('ru-RU')
    await openPane(other)
    await openFile(other, text)
    await settled(other, /Сходится с записью/)
    await slider(other).focus()
    await other.keyboard.press('Home')
    await expect.poll(() => moment(other)).toMatch(/^Ход 1 из/)
    expect(await axeViolations(other)).toEqual([])
    await other.context().close()
  })

  test('a recording that was tampered with is said to depart', async () => {
    const replay = await api<AgentReplay>(page, 'GET', `/api/v1/agents/${agent}/replay`)
    const sources = { ...replay.program.sources, 'lib.ts': LIB.replace('* FACTOR', '* 3') }
    await openFile(page, JSON.stringify(recordingFile({ ...replay, program: { ...replay.program, sources } })))
    await settled(page, /Departs from the record: the files/)
    await openFile(
      page,
      JSON.stringify(recordingFile({ ...replay, memory: '{"sum":9}', end: { ...replay.end, memory: '{}' } })),
    )
    await settled(page, /Departs from the record in memory/)
    await openFile(page, '{"format":"academy-recording"}')
    await settled(page, /not a recording/)
  })
})

describe('hostile recordings', { timeout: 300_000 }, () => {
  const hostile = (body: string) => ({
    format: 'academy-recording',
    version: 1,
    self: { id: 'agent_x', name: 'X', owner: 'player_x', place: 'harbor:dock' },
    program: { hash: 'x', entry: 'main.js', sources: { 'main.js': body } },
    limits: { fuelPerTurn: 80_000, fuelBurst: 1_600_000, memoryMb: 128, maxMemoryBytes: 262_144 },
    memory: '{}',
    checkpointTick: 0,
    turns: [{ agent: 'agent_x', tick: 1, seed: 1, inputs: [] }],
    end: { tick: 1, memory: '{}' },
  })

  test('reach neither page nor network, and end by fuel or by the watch', async () => {
    const page = await enter()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await openPane(page)
    const tries: readonly (readonly [string, RegExp])[] = [
      ['export default () => { while (true); }', /Departs/],
      [
        `import { me } from 'academy'
export default () => {
  const names = ['fetch', 'XMLHttpRequest', 'WebSocket', 'importScripts', 'postMessage', 'parent', 'top', 'window', 'document', 'self',
    'navigator', 'location', 'indexedDB', 'caches', 'Worker', 'EventSource', 'BroadcastChannel', 'eval', 'Date', 'setTimeout']
  const seen = []
  for (const name of names) try { if (globalThis[name] !== undefined) seen.push(name) } catch (e) { seen.push(name) }
  try { seen.push(typeof (() => {}).constructor('return this')()) } catch {}
  for (let at = globalThis; at; at = Object.getPrototypeOf(at))
    for (const key of Reflect.ownKeys(at)) if (/^(fetch|close|post|import|add|dispatch)/.test(String(key))) seen.push(String(key))
  console.log('reached: ' + seen.join(' ') + '.')
}`,
        /Departs/,
      ],
      [
        'Array.prototype.push = Array.prototype.shift = Object.prototype.toString = () => { while (true); }\nexport default () => { JSON.parse = null }',
        /Departs/,
      ],
      ['import "https://example.org/x.js"\nexport default () => {}', /not a program/],
      [
        'export default () => { const all = []; for (;;) all.push(new Array(1000).fill(all.length)) }',
        /Departs|stopped/,
      ],
    ]
    for (const [body, verdict] of tries) {
      asked.length = 0
      await openFile(page, JSON.stringify(hostile(body)))
      await settled(page, verdict)
      expect(asked.filter((url) => !url.startsWith(node.url) && !url.startsWith('blob:'))).toEqual([])
      if (body.includes('reached')) {
        await expect.poll(() => panel(page, 'log')).toContain('reached: .')
      }
      await openFile(page, 'nothing')
      await settled(page, /not a recording/)
    }
    // The page is as alive as before.
    await page.fill('#prompt', 'say still here')
    await page.press('#prompt', 'Enter')
    await expect.poll(() => page.locator('.log').innerText()).toContain('still here')
    expect(await page.evaluate(() => document.title)).not.toBe('')
    await page.context().close()
  })

  test('a frame that talks nonsense is not believed', async () => {
    const page = await enter()
    await page.route('**/replay/frame.html', (route) =>
      route.fulfill({
        contentType: 'text/html',
        headers: {
          'content-security-policy': "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline'",
        },
        body: "<script>parent.postMessage({ type: 'ready' }, '*'); onmessage = () => parent.postMessage({ type: 'lived', index: 0, text: '<img src=x onerror=alert(1)>' }, '*'); try { parent.document.title = 'taken' } catch {}</script>",
      }),
    )
    await openPane(page)
    await openFile(page, JSON.stringify(hostile('export default () => {}')))
    await settled(page, /made no sense/)
    expect(await page.title()).not.toBe('taken')
    await page.context().close()
  })
})
