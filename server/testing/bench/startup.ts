/** How soon somebody plays: a fresh clone, a second start, a page; and how much code the page loads first. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { launchBrowser } from '../../../client/testing/browser.ts'
import { measureFirstLoad } from '../../../client/testing/first-load.ts'
import { startNodeProcess } from '../node-process.ts'
import { type Bench, type Figures, median } from './figures.ts'

const root = resolve(import.meta.dirname, '../../..')

/** `npm start` as a person types it, from spawn to the `ready` line. */
async function npmStart(cwd: string, dataDir: string): Promise<number> {
  const startedAt = performance.now()
  const child = spawn('npm', ['start', '--silent'], {
    cwd,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      ACADEMY_PORT: '0',
      ACADEMY_HOST: '127.0.0.1',
      ACADEMY_DATA: dataDir,
      ACADEMY_LOG_LEVEL: 'warn',
    },
  })
  // npm is gone before the node has drained: the pipe closes when the last of them is.
  const ended = once(child, 'close')
  try {
    for await (const line of createInterface({ input: child.stdout }))
      if (line.startsWith('ready ')) return (performance.now() - startedAt) / 1_000
    throw new Error('npm start ended before it was ready')
  } finally {
    process.kill(-child.pid!, 'SIGTERM')
    child.stdout.resume()
    await ended
  }
}

async function freshClone(): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'academy-clone-'))
  try {
    const startedAt = performance.now()
    await once(spawn('git', ['clone', '--quiet', root, join(dir, 'academy')], { stdio: 'inherit' }), 'exit')
    await npmStart(join(dir, 'academy'), join(dir, 'data'))
    return (performance.now() - startedAt) / 1_000
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** From navigation to a world in the terminal and a prompt that takes lines. */
async function pagePlayable(url: string, rounds: number): Promise<number[]> {
  await using browser = await launchBrowser()
  const ms: number[] = []
  for (let i = 0; i < rounds; i++) {
    const context = await browser.context({ viewport: { width: 1280, height: 800 } })
    const page = await context.newPage()
    const startedAt = performance.now()
    await page.goto(url, { waitUntil: 'commit' })
    await page.waitForFunction(
      () =>
        document.querySelector('.kind-place') !== null &&
        document.querySelector<HTMLInputElement>('#prompt')?.disabled === false,
    )
    ms.push(performance.now() - startedAt)
    await context.close()
  }
  return ms
}

export const bench: Bench = async ({ short, note }) => {
  const figures: Record<string, Figures[string]> = {}
  if (!short) {
    note('a fresh clone, installing everything')
    figures.freshCloneS = { value: await freshClone(), unit: 's' }
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'academy-startup-'))
  try {
    note('first start on an empty data directory')
    figures.firstStartS = { value: await npmStart(root, dataDir), unit: 's' }
    const seconds: number[] = []
    for (let i = 0; i < (short ? 1 : 5); i++) {
      note('another start on the same data')
      seconds.push(await npmStart(root, dataDir))
    }
    figures.secondStartS = median(seconds, 's')
    await using node = await startNodeProcess({ dataDir })
    note('opening the page')
    figures.pagePlayableMs = median(await pagePlayable(node.url, short ? 1 : 5), 'ms')
    // What the terminal needs to play, by the build's manifest; the map and the editor load after it.
    figures.firstLoadKbGzip = { value: measureFirstLoad(join(root, 'dist/client')).bytes / 1_024, unit: 'KiB' }
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
  return figures
}
