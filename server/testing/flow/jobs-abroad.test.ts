/** People of a node that is not the initial one buy work of another node, while one node after another is killed. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createLedger } from '../../ledger/ledger.ts'
import { askControl } from '../../ops/control.ts'
import type { Job, JobPieces } from '../../protocol/jobs-api.ts'
import { openDatabase } from '../../storage/database.ts'
import { createLedgerStore } from '../../storage/ledger.ts'
import { freePort } from '../free-port.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'
import { join, json } from './player.ts'

const POLL = { timeout: 120_000, interval: 300 }
const root = await mkdtemp(joinPath(tmpdir(), 'academy-abroad-'))
afterAll(() => rm(root, { recursive: true, force: true }))

type Account = { balanceMicro: string; setAsideMicro: string }
type Nodes = { nodes: { name: string; peerId: string; owner?: string; alive: boolean }[] }

test('J72 a person of another node has a picture computed abroad; buyer, worker and initial node are killed meanwhile, and both ledgers say the same', {
  timeout: 600_000,
}, async () => {
  await using stack = new AsyncDisposableStack()
  const ports = { hub: String(await freePort()), hubP2p: String(await freePort()) }
  const open = async (name: string, env: Record<string, string>): Promise<NodeProcess> => {
    const node = await startNodeProcess({
      dataDir: joinPath(root, name),
      env: {
        ACADEMY_P2P_HOST: '127.0.0.1',
        ACADEMY_P2P_PORT: '0',
        ACADEMY_MDNS: 'false',
        ACADEMY_NAME: name,
        ...env,
      },
    })
    stack.defer(() => node.kill())
    return node
  }
  const openHub = () => open('hub', { ACADEMY_P2P: 'true', ACADEMY_PORT: ports.hub, ACADEMY_P2P_PORT: ports.hubP2p })
  const abroad = { ACADEMY_ROLE: 'trusted', ACADEMY_HUB: `http://127.0.0.1:${ports.hub}` }
  let hub = await openHub()
  let [buyer, worker] = await Promise.all([open('buyer', abroad), open('worker', abroad)])

  // The owner of the buying node is given credits on the initial node's ledger.
  const giver = await join(hub.url)
  let owner = ''
  await expect
    .poll(async () => {
      const { body } = await giver.api<Nodes>('GET', '/api/v1/nodes')
      owner = body.nodes.find(({ name }) => name === 'buyer')?.owner ?? ''
      return body.nodes.filter(({ alive }) => alive).length
    }, POLL)
    .toBe(3)
  await giver.api('POST', '/api/v1/jobs', { id: 'first', kind: 'sum', input: [1], maxPriceMicro: '20000' })
  const gift = { id: 'gift', to: `owner:${owner}`, amountMicro: '800000' }
  expect((await giver.api('POST', '/api/v1/ledger/transfers', gift)).status).toBe(201)
  giver.close()

  const guest = await join(buyer.url)
  const person = { name: 'ada', password: 'a lamp, a quay and a ferry' }
  await guest.api('POST', '/auth/register', person)
  guest.close()
  await askControl(buyer.dataDir, 'set-role', { name: person.name, role: 'admin' })
  const signIn = async () =>
    (await json<{ access_token: string }>(buyer.url, 'POST', '/auth/login', person)).body.access_token
  let token = await signIn()
  const api = async <T>(method: string, path: string, body?: unknown) =>
    (await json<T>(buyer.url, method, path, body, token)).body

  // Two answers for each part: the buyer's own, and one from abroad.
  const wish = {
    id: 'p',
    kind: 'render',
    input: { width: 96, height: 64, samples: 24, tile: 16 },
    replicas: 2,
    maxPriceMicro: '700000',
  }
  await expect
    .poll(async () => {
      const { status } = await json(
        buyer.url,
        'POST',
        '/api/v1/jobs',
        { ...wish, id: 'warm', kind: 'sum', input: [1] },
        token,
      )
      return status
    }, POLL)
    .toBeLessThan(300)
  await api<Job>('POST', '/api/v1/jobs', wish)
  const pieces = async () => (await api<JobPieces>('GET', '/api/v1/jobs/p/pieces')).next
  await expect.poll(pieces, POLL).toBeGreaterThan(0)
  await worker.kill('SIGKILL')
  worker = await open('worker', abroad)
  await hub.kill('SIGKILL')
  hub = await openHub()
  await buyer.kill('SIGKILL')
  buyer = await open('buyer', abroad)
  token = await signIn()

  let job: Job | undefined
  await expect
    .poll(
      async () => {
        job = await api<Job>('GET', '/api/v1/jobs/p?waitMs=10000')
        return [job.status === 'running', job.heldMicro]
      },
      { ...POLL, timeout: 240_000 },
    )
    .toEqual([false, '0'])
  expect(job).toMatchObject({ status: 'done', parts: { done: 24, of: 24 } })
  // Two answers for each part; while a worker is down another owner may give the second.
  expect(job!.owners).toBeGreaterThanOrEqual(2)
  // The same from the beginning is the same picture.
  await api('POST', '/api/v1/jobs', { ...wish, id: 'again', replicas: 1, privacy: 'own' })
  await expect.poll(async () => (await api<Job>('GET', '/api/v1/jobs/again')).status, POLL).toBe('done')
  expect((await api<Job>('GET', '/api/v1/jobs/again')).resultCid).toBe(job!.resultCid)
  const { setAsideMicro } = await api<Account>('GET', '/api/v1/ledger/accounts/me')
  expect(setAsideMicro).toBe('0')
  for (const node of [buyer, worker, hub]) await node.kill()

  const books = async (name: string) => {
    const database = stack.use(
      await openDatabase({ dataDir: joinPath(root, name, 'database'), log: { info() {}, error() {} } }),
    )
    return createLedger({ store: createLedgerStore(database), clock: { now: Date.now } })
  }
  const [here, there] = await Promise.all([books('buyer'), books('hub')])
  for (const ledger of [here, there]) expect((await ledger.audit()).problems).toEqual([])
  // Entries of each ledger whose money crossed the border.
  const posts = (await there.entries(0, 1_000)).filter(
    ({ kind, from }) => kind === 'post' && from === `owner:${owner}`,
  )
  expect(posts.length).toBeGreaterThan(0)
  const paidThere = posts.reduce((sum, { amountMicro }) => sum + amountMicro, 0n)
  const fees = (await there.entries(0, 1_000)).filter(({ code, from }) => code === 'fee' && from === `owner:${owner}`)
  const feesThere = fees.reduce((sum, { amountMicro }) => sum + amountMicro, 0n)
  const paidBy = new Map((await here.entries(0, 1_000)).map((entry) => [entry.id, entry]))
  const paidHere = posts.reduce((sum, { id }) => {
    const entry = paidBy.get(id.replace(/^by:[^:]+:/, ''))
    expect(entry, id).toMatchObject({ kind: 'post' })
    return sum + entry!.amountMicro
  }, 0n)
  expect(paidHere).toBe(paidThere + feesThere)
})
