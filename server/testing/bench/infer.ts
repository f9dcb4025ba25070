/** What the door adds: a mock server upstream asked directly and through us in turn, streams at once, and the embedded backend beside the bare library. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { countCancels } from '../cancel-lab.ts'
import { startNodeProcess } from '../node-process.ts'
import { type Bench, median, percentile, quantile } from './figures.ts'
import { atOnce, inTurn, perSecond, type Target } from './infer-client.ts'
import { embeddedPct } from './infer-embedded.ts'
import { residentMb } from './processes.ts'

async function startMock(pieces: number, everyMs: number) {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'infer-mock.ts'), String(pieces), String(everyMs)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const exited = once(child, 'exit')
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return {
    url: line.toString().trim(),
    async [Symbol.asyncDispose]() {
      child.kill()
      await exited
    },
  }
}

/** A node in front of a mock, with a key of a person on it. */
async function startDoor(upstream: string, env: Record<string, string> = {}) {
  const node = await startNodeProcess({
    env: { ACADEMY_UPSTREAM: upstream, ACADEMY_INFER_RATE: '10000000', ACADEMY_P2P: 'false', ...env },
  })
  return { node, target: await openTarget(node.url) }
}

async function openTarget(url: string): Promise<Target> {
  const post = async (path: string, token: string, body: object) =>
    (
      await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      })
    ).json() as Promise<Record<string, string>>
  const { access_token: token } = await post('/auth/guest', '', {})
  const { secret } = await post('/api/v1/inference/keys', token!, {
    name: 'bench',
    requestsPerMinute: 100_000,
    concurrency: 10_000,
    tokensPerMinute: 1_000_000_000,
  })
  const target = { url: `${url}/v1`, token: secret! }
  await untilModels(target)
  return target
}

async function untilModels({ url, token }: Target): Promise<void> {
  for (let i = 0; i < 600; i++) {
    const answer = await fetch(`${url}/models`, { headers: { authorization: `Bearer ${token}` } })
    const { data } = (await answer.json()) as { data: readonly unknown[] }
    if (data.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the node never had a model')
}

const CANCEL_MS = 50
const BODY = { model: 'mock', messages: [{ role: 'user', content: 'hello there' }] }
const STREAM = { ...BODY, stream: true }

export const bench: Bench = async ({ short, note }) => {
  const rounds = short ? 2 : 5
  const perRound = short ? 60 : 200
  const seconds = short ? 2 : 5
  const streams = short ? 300 : 1_000

  await using mock = await startMock(16, 0)
  const direct: Target = { url: mock.url, token: 'none' }
  const { node, target } = await startDoor(mock.url)
  await using _node = node

  note('time to the first token, in turn')
  await inTurn(direct, STREAM, 100)
  await inTurn(target, STREAM, 300)
  const added: number[] = []
  for (let i = 0; i < rounds; i++) {
    const without = (await inTurn(direct, STREAM, perRound)).map(({ firstMs }) => firstMs)
    const through = (await inTurn(target, STREAM, perRound)).map(({ firstMs }) => firstMs)
    added.push(percentile(through, 50) - percentile(without, 50))
  }

  note('requests a second')
  const wholePerS: number[] = []
  const streamedPerS: number[] = []
  let errors = 0
  for (let i = 0; i < rounds; i++) {
    const whole = await perSecond(target, BODY, 32, seconds)
    const streamed = await perSecond(target, STREAM, 32, seconds)
    wholePerS.push(whole.perS)
    streamedPerS.push(streamed.perS)
    errors += whole.errors + streamed.errors
  }
  const bareWhole = await perSecond(direct, BODY, 32, seconds)

  note('memory over 10,000 requests')
  const before = residentMb(node.child.pid!)
  for (let done = 0; done < (short ? 2_000 : 10_000); ) {
    const some = await perSecond(target, BODY, 16, 1)
    done += some.done
    errors += some.errors
  }
  const grownMb = residentMb(node.child.pid!) - before

  note(`${streams} streams at once`)
  const gap = await (async () => {
    await using paced = await startMock(20, 100)
    const { node: pacedNode, target: pacedTarget } = await startDoor(paced.url)
    await using _paced = pacedNode
    const without = await atOnce({ url: paced.url, token: 'none' }, STREAM, streams)
    const through = await atOnce(pacedTarget, STREAM, streams)
    errors += through.errors
    return percentile(through.gapsMs, 95) - percentile(without.gapsMs, 95)
  })()

  note('a hop to another node')
  const hop = await hopMs(mock.url, direct, perRound)

  const cancels = Object.entries(await countCancels(short ? 20 : 100, note)).map(
    ([phase, { asked, reached, ms }]) => {
      const within = ms.filter((one) => one <= CANCEL_MS).length
      return [phase, { within: Math.min(within, reached), asked, ms }] as const
    },
  )

  note('the embedded backend beside the bare library')
  const beside = (model: 'small' | 'large', sequences: number, apartMs = 0) =>
    embeddedPct(model, short ? 1 : 3, { sequences, apartMs, tokens: short ? 48 : 128 })
  const alone = await beside('small', 1)
  const eight = await beside('small', 8)
  const inTurnEight = await beside('small', 8, 50)
  // Minutes of two cores: not in a short run.
  const large: Awaited<ReturnType<Bench>> = short
    ? {}
    : {
        embeddedLargeTokensPct: median((await beside('large', 1)).pct, '%'),
        embedded8LargeTokensPct: median((await beside('large', 8)).pct, '%'),
      }

  return {
    addedTtftP50Ms: median(added, 'ms'),
    addedTtftHopP95Ms: hop,
    wholePerS: median(wholePerS, '/s'),
    streamedPerS: median(streamedPerS, '/s'),
    stream1000GapP95Ms: { value: gap, unit: 'ms more' },
    embeddedTokensPct: median(alone.pct, '%'),
    embedded8TokensPct: median(eight.pct, '%'),
    embedded8ApartTokensPct: median(inTurnEight.pct, '%'),
    ...large,
    embeddedTokensPerS: { value: alone.perS, unit: '/s' },
    embedded8TokensPerS: { value: eight.perS, unit: '/s' },
    bareWholePerS: { value: bareWhole.perS, unit: '/s' },
    streamsAtOnce: { value: streams, unit: 'streams' },
    ...Object.fromEntries(
      cancels.flatMap(([phase, { within, asked, ms }]) => [
        [`cancel ${phase} within ${CANCEL_MS} ms`, { value: within, unit: `of ${asked}` }],
        [`cancel ${phase} P95`, quantile(ms, 95, 'ms')],
        [`cancel ${phase} max`, { value: Math.max(...ms), unit: 'ms' }],
      ]),
    ),
    grownMb: { value: grownMb, unit: 'MB' },
    errors: { value: errors, unit: 'errors' },
  }
}

/** A hub without a model, and a host beside it that has the mock: asked through the hub. */
async function hopMs(upstream: string, direct: Target, count: number) {
  const p2p = { ACADEMY_P2P: 'true', ACADEMY_P2P_HOST: '127.0.0.1', ACADEMY_P2P_PORT: '0' }
  await using hub = await startNodeProcess({ env: { ...p2p, ACADEMY_INFER_RATE: '10000000' } })
  await using _host = await startNodeProcess({
    env: { ...p2p, ACADEMY_ROLE: 'trusted', ACADEMY_HUB: hub.url, ACADEMY_NAME: 'host', ACADEMY_UPSTREAM: upstream },
  })
  const target = await openTarget(hub.url)
  await inTurn(target, STREAM, 50)
  const without = (await inTurn(direct, STREAM, count)).map(({ firstMs }) => firstMs)
  const through = (await inTurn(target, STREAM, count)).map(({ firstMs }) => firstMs)
  const base = percentile(without, 95)
  return {
    ...quantile(
      through.map((ms) => ms - base),
      95,
      'ms',
    ),
  }
}
