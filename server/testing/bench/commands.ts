/** How fast the world answers: real terminals in another process, beside a bare WebSocket echo in the same run. */
import { execFile, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { startNodeProcess } from '../node-process.ts'
import type { LoadPlan, LoadResult } from './commands-load.ts'
import { type Bench, type Figures, median, quantile } from './figures.ts'

const exec = promisify(execFile)
const here = import.meta.dirname

async function load(plan: LoadPlan): Promise<LoadResult> {
  const { stdout } = await exec(process.execPath, [join(here, 'commands-load.ts'), JSON.stringify(plan)], {
    maxBuffer: 1 << 28,
  })
  return JSON.parse(stdout) as LoadResult
}

async function bareEcho(seconds: number, rounds: number): Promise<number[]> {
  const child = spawn(process.execPath, [join(here, 'echo-server.ts')], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [first] = await createInterface({ input: child.stdout })
      [Symbol.asyncIterator]()
      .next()
      .then((line) => [line.value as string])
    const samples: number[] = []
    for (let i = 0; i < rounds; i++)
      samples.push(
        (await load({ kind: 'echo', url: first!.slice(6), clients: 10, inFlight: 20, seconds, bytes: 300 })).perS!,
      )
    return samples
  } finally {
    child.kill('SIGKILL')
  }
}

const residentMb = async (url: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^process_resident_memory_bytes (\S+)$/m.exec(text)![1]) / 2 ** 20
}

/** Memory of the idle node, once its start is digested: when three readings a second apart agree within a percent. */
async function settledMb(url: string): Promise<number> {
  const readings: number[] = []
  for (;;) {
    readings.push(await residentMb(url))
    const last = readings.slice(-3)
    if (last.length === 3 && Math.max(...last) - Math.min(...last) < 0.01 * Math.min(...last)) return last[2]!
    if (readings.length > 60) return last[2]!
    await new Promise((done) => setTimeout(done, 1_000))
  }
}

/** Lifts the limit that would slow a person who types 2,000 lines a second, and no other. */
const env = { ACADEMY_LINE_RATE: '1000000' }

export const bench: Bench = async ({ short, note }) => {
  const seconds = short ? 1 : 5
  const rounds = short ? 1 : 3
  const figures: Record<string, Figures[string]> = {}
  note('bare WebSocket echo')
  figures.bareEchoPerS = median(await bareEcho(seconds, rounds), '1/s')
  {
    await using node = await startNodeProcess({ env })
    const looks: number[] = []
    const crowd: number[] = []
    for (let i = 0; i < rounds; i++) {
      note(`look, 10 clients with 20 in flight (${i + 1} of ${rounds})`)
      looks.push((await load({ kind: 'pipelined', url: node.url, clients: 10, inFlight: 20, seconds })).perS!)
    }
    for (let i = 0; i < rounds; i++) {
      note(`look, 100 clients in one place (${i + 1} of ${rounds})`)
      crowd.push((await load({ kind: 'pipelined', url: node.url, clients: 100, inFlight: 2, seconds })).perS!)
    }
    figures.lookPipelinedPerS = median(looks, '1/s')
    figures.lookCrowdPerS = median(crowd, '1/s')
  }
  {
    await using node = await startNodeProcess()
    note('one client, one line at a time')
    figures.rttP50Ms = quantile(
      (await load({ kind: 'rtt', url: node.url, rounds: short ? 100 : 1_000 })).latenciesMs!,
      50,
      'ms',
    )
    note('100 people saying one line a second in one place')
    const say = await load({ kind: 'say', url: node.url, clients: 100, seconds: short ? 3 : 20 })
    figures.sayCrowdP99Ms = quantile(say.latenciesMs!, 99, 'ms')
    figures.sayCrowdP50Ms = quantile(say.latenciesMs!, 50, 'ms')
    figures.sayCrowdAckP99Ms = quantile(say.ackMs!, 99, 'ms')
    figures.sayCrowdRefused = { value: say.refused!, unit: 'lines' }
  }
  {
    await using node = await startNodeProcess()
    const before = await settledMb(node.url)
    note('1,000 people at one command a second')
    const thousand = await load({
      kind: 'thousand',
      url: node.url,
      clients: short ? 200 : 1_000,
      seconds: short ? 3 : 20,
      places: 60,
    })
    figures.thousandP99Ms = quantile(thousand.ackMs!, 99, 'ms')
    figures.thousandP50Ms = quantile(thousand.ackMs!, 50, 'ms')
    figures.thousandPlaces = { value: thousand.places!, unit: 'places' }
    figures.thousandRssMb = { value: (await residentMb(node.url)) - before, unit: 'MiB' }
  }
  return figures
}
