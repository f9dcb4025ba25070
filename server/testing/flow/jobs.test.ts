/** Jobs of people at a real node: over HTTP and at the prompt, through a node that is killed in the middle of them. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createLedger } from '../../ledger/ledger.ts'
import type { Job, JobPieces } from '../../protocol/jobs-api.ts'
import { openDatabase } from '../../storage/database.ts'
import { createLedgerStore } from '../../storage/ledger.ts'
import { startNodeProcess } from '../node-process.ts'
import { join, type Player } from './player.ts'

const dataDir = await mkdtemp(joinPath(tmpdir(), 'academy-jobs-'))
afterAll(() => rm(dataDir, { recursive: true, force: true }))

const PICTURE = { kind: 'render', input: { width: 128, height: 96, samples: 32, tile: 16 }, maxPriceMicro: '900000' }

async function ended(player: Player, id: string): Promise<Job> {
  for (;;) {
    const { body } = await player.api<Job>('GET', `/api/v1/jobs/${id}?waitMs=10000`)
    if (body.status !== 'queued' && body.status !== 'running') return body
  }
}

test('J70 a node by itself computes what people ask for, is paid, and goes on with it after it was killed', {
  timeout: 300_000,
}, async () => {
  let tokens: Player['tokens']
  {
    await using node = await startNodeProcess({ dataDir })
    const player = await join(node.url)
    tokens = player.tokens
    const hand = (wish: object) => player.api<Job>('POST', '/api/v1/jobs', wish)

    expect(await hand({ id: 'bad', kind: 'sum', input: 'x', maxPriceMicro: '1' })).toMatchObject({
      status: 422,
      body: { code: 'bad_job_input' },
    })
    const sum = { id: 's', kind: 'sum', input: [1, 2, 3.5], replicas: 2, maxPriceMicro: '100000' }
    expect((await hand(sum)).status).toBe(201)
    expect((await hand(sum)).status).toBe(200)
    expect(await ended(player, 's')).toMatchObject({ status: 'done', result: 6.5, heldMicro: '0' })

    const program =
      'export const map = (n: number) => n * n\nexport const reduce = (all: number[]) => all.reduce((a, b) => a + b, 0)'
    const items = Array.from({ length: 40 }, (_, i) => i)
    await hand({ id: 'm', kind: 'script', input: { program, items, mode: 'mapreduce' }, maxPriceMicro: '500000' })
    expect(await ended(player, 'm')).toMatchObject({ status: 'done', result: items.reduce((a, n) => a + n * n, 0) })
    await hand({
      id: 'e',
      kind: 'script',
      input: { program: 'export const map = () => nothing', items: [1] },
      maxPriceMicro: '500000',
    })
    expect((await ended(player, 'e')).error).toMatchObject({ message: expect.stringContaining('program.ts:1') })

    await player.line('job sort 3 1 2')
    await player.hear(/sort-\S+: done.*\[1,2,3\]/)

    const project = (await player.api<{ id: string }>('POST', '/api/v1/projects', { name: 'counter' })).body
    await fetch(`${node.url}/api/v1/projects/${project.id}/files/main.ts`, {
      method: 'PUT',
      headers: { 'content-type': 'text/plain', authorization: `Bearer ${player.tokens.access_token}` },
      body: `import { me } from 'academy'
export default async function main() {
  me.memory.sum = await me.compute('sum', [1, 2, 4])
  try { await me.compute('sum', 'x') } catch (error: any) { me.memory.no = error.code }
  try { await me.compute('sum', [1], { maxPrice: 0.000001 }) } catch (error: any) { me.memory.dear = error.code }
}`,
    })
    const wish = { projectId: project.id, name: 'Counter' }
    const agent = (await player.api<{ id: string }>('POST', '/api/v1/agents', wish)).body
    await player.api('POST', `/api/v1/agents/${agent.id}/start`, {})
    // J90
    await expect
      .poll(async () => (await player.api<{ memory: object }>('GET', `/api/v1/agents/${agent.id}`)).body.memory, {
        timeout: 120_000,
        interval: 300,
      })
      .toMatchObject({ sum: 7, no: 'bad_job_input', dear: 'job_failed' })

    const evidence = await player.api<{ parts: { cid: string; payments: { transfer: string }[] }[] }>(
      'GET',
      '/api/v1/jobs/s/evidence',
    )
    const { body: account } = await player.api<{ statement: { id: string; memo?: string }[] }>(
      'GET',
      '/api/v1/ledger/accounts/me',
    )
    for (const { cid, payments } of evidence.body.parts)
      for (const { transfer } of payments)
        expect(account.statement.find(({ id }) => id === transfer)?.memo).toContain(cid)
    expect((await player.api('GET', '/api/v1/work')).status).toBe(403)
    const other = await join(node.url)
    expect((await other.api('GET', '/api/v1/jobs/s')).status).toBe(404)
    other.close()

    await hand({ id: 'p', ...PICTURE })
    await expect
      .poll(async () => (await player.api<JobPieces>('GET', '/api/v1/jobs/p/pieces')).body.next)
      .toBeGreaterThan(2)
    await node.kill('SIGKILL')
    player.close()
  }
  {
    await using node = await startNodeProcess({ dataDir })
    const player = await join(node.url, { tokens })
    const job = await ended(player, 'p')
    expect(job).toMatchObject({ status: 'done', parts: { done: 48, of: 48 } })
    // The same picture from the beginning is the same bytes.
    await player.api('POST', '/api/v1/jobs', { id: 'again', ...PICTURE })
    expect((await ended(player, 'again')).resultCid).toBe(job.resultCid)
    player.close()
  }
  await using database = await openDatabase({
    dataDir: joinPath(dataDir, 'database'),
    log: { info() {}, error() {} },
  })
  const ledger = createLedger({ store: createLedgerStore(database), clock: { now: Date.now } })
  expect((await ledger.audit()).problems).toEqual([])
  expect((await ledger.supply()).pendingMicro).toBe(0n)
})
