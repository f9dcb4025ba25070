/** A job handed in at an initial node is worked on by a trusted one over the network, and paid. */
import { expect, test } from 'vitest'
import { askControl } from '../../ops/control.ts'
import type { Job } from '../../protocol/jobs-api.ts'
import { startNodeProcess } from '../node-process.ts'
import { join, json } from './player.ts'

const POLL = { timeout: 120_000, interval: 300 }
const P2P = { ACADEMY_P2P_HOST: '127.0.0.1', ACADEMY_P2P_PORT: '0' }

test('J71 a trusted node works for people of the initial node and has its pay on that ledger', {
  timeout: 300_000,
}, async () => {
  await using hub = await startNodeProcess({ env: P2P })
  await using host = await startNodeProcess({
    env: { ...P2P, ACADEMY_ROLE: 'trusted', ACADEMY_HUB: hub.url, ACADEMY_NAME: 'host' },
  })
  const player = await join(hub.url)
  type Evidence = { parts: { value: { votes: { node: string; status: string }[] } }[] }
  let n = 0
  // Until the host is connected the initial node does the work itself.
  await expect
    .poll(async () => {
      const id = `s${n++}`
      const wish = { id, kind: 'sum', input: [n, 2], replicas: 2, maxPriceMicro: '20000' }
      await player.api('POST', '/api/v1/jobs', wish)
      const { body } = await player.api<Job>('GET', `/api/v1/jobs/${id}?waitMs=20000`)
      expect(body).toMatchObject({ result: n + 2, status: 'done' })
      return body.owners
    }, POLL)
    .toBe(2)

  const { body: evidence } = await player.api<Evidence>('GET', `/api/v1/jobs/s${n - 1}/evidence`)
  const nodes = evidence.parts.flatMap(({ value }) => value.votes.map(({ node }) => node))
  expect(new Set(nodes).size).toBe(2)
  type Line = { to: string; code: string; kind: string; amountMicro: string }
  await expect
    .poll(async () => {
      const { body } = await player.api<{ statement: Line[] }>('GET', '/api/v1/ledger/accounts/me')
      const paid = body.statement.filter(({ kind, code }) => kind === 'post' && code === 'job')
      return nodes.filter((node) => paid.some(({ to }) => to === `node:${node}`)).length
    }, POLL)
    .toBe(2)

  // It stands among the earnings of the host, whom its admin asks.
  const admin = await join(host.url)
  const name = 'hostess'
  expect(
    (await admin.api('POST', '/auth/register', { name, password: 'a lamp, a quay and a ferry' })).status,
  ).toBeLessThan(300)
  await askControl(host.dataDir, 'set-role', { name, role: 'admin' })
  const { body } = await json<{ access_token: string }>(host.url, 'POST', '/auth/login', {
    name,
    password: 'a lamp, a quay and a ferry',
  })
  type Work = { earnings: { totalMicro: string } }
  await expect
    .poll(async () => {
      const work = await json<Work>(host.url, 'GET', '/api/v1/work', undefined, body.access_token)
      return BigInt(work.body.earnings.totalMicro)
    }, POLL)
    .toBeGreaterThan(0n)
  player.close()
  admin.close()
})
