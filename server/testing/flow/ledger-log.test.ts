/** The ledger's log of real nodes: receipts as files, checked and audited from outside; witnesses of other owners; and an outgrown backup. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadIdentity } from '../../link/identity.ts'
import { askControl } from '../../ops/control.ts'
import type { ReceiptFile } from '../../protocol/tlog/receipt.ts'
import { academy } from '../command.ts'
import { startNodeProcess } from '../node-process.ts'
import { join, json, type Player } from './player.ts'

const POLL = { timeout: 120_000, interval: 300 }
const root = await mkdtemp(joinPath(tmpdir(), 'academy-log-'))
afterAll(() => rm(root, { recursive: true, force: true }))

type Problem = { readonly code: string; readonly title: string }
const gift = (player: Player, to: string, id: string) =>
  player.api<Problem>('POST', '/api/v1/ledger/transfers', { id, to, amountMicro: '1000', memo: 'for the lamp' })

const PASSWORD = 'a lamp, a quay and a ferry'
/** Somebody with a name and a first job, and so with credits. */
async function newcomer(url: string, name: string): Promise<Player> {
  const player = await join(url)
  await player.api('POST', '/auth/register', { name, password: PASSWORD })
  await player.api('POST', '/api/v1/jobs', { id: 'first', kind: 'sum', input: [1], maxPriceMicro: '20000' })
  await player.api('GET', '/api/v1/jobs/first?waitMs=20000')
  return player
}

async function signIn(url: string, name: string): Promise<Player> {
  const { body } = await json<Player['tokens']>(url, 'POST', '/auth/login', { name, password: PASSWORD })
  return join(url, { tokens: body })
}

test('M6 M12 M15 a node’s receipts hold outside of it; its data put back from an older copy, it signs and pays nothing and says so; another log goes on', {
  timeout: 600_000,
}, async () => {
  const dataDir = joinPath(root, 'data')
  const copy = joinPath(root, 'copy')
  const file = joinPath(root, 'gift.json')
  // Its memory of what it signed is outside of the data directory.
  const start = () => startNodeProcess({ dataDir, env: { ACADEMY_LOG_DIR: joinPath(root, 'log') } })
  const signed = async (url: string) => (await fetch(`${url}/tlog/checkpoint`)).text()
  const sizeOf = async (url: string) => Number((await signed(url)).split('\n')[1])
  let other: string
  let shown: string
  {
    await using node = await start()
    const [ada, ben] = [await newcomer(node.url, 'Ada'), await join(node.url)]
    other = ben.id
    expect((await gift(ada, other, 'before')).status).toBe(201)
    ada.close()
    ben.close()
    await node.kill()
    await cp(dataDir, copy, { recursive: true })
  }
  {
    await using node = await start()
    const ada = await signIn(node.url, 'Ada')
    expect((await gift(ada, other, 'after')).status).toBe(201)

    const printed = await academy('ledger', 'receipt', 'after', '--by', 'Ada', '--out', file, '--data', dataDir)
    expect(printed).toMatchObject({ code: 0, stderr: `${file}\n` })
    const stranger = await academy('ledger', 'receipt', 'after', '--by', 'Nobody', '--data', dataDir)
    expect(stranger).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Nobody here is called Nobody\./) })
    const unnamed = await academy('ledger', 'receipt', 'after', '--data', dataDir)
    expect([unnamed.code, unnamed.stderr]).toEqual([1, expect.stringMatching(/no transfer after.*--by/)])
    const receipt = JSON.parse(await readFile(file, 'utf8')) as ReceiptFile
    const { log } = receipt.policy
    const verified = await academy('ledger', 'verify', file, '--key', log)
    expect(JSON.parse(verified.stdout)).toMatchObject({
      ok: true,
      isLogKnown: true,
      entry: { amountMicro: '1000', to: `player:${other}`, memo: 'for the lamp' },
    })
    const bent = { ...receipt, proof: receipt.proof.map(() => Buffer.alloc(32).toString('base64')) }
    await writeFile(`${file}.bent`, JSON.stringify(bent))
    const refused = await academy('ledger', 'verify', `${file}.bent`)
    expect([refused.code, JSON.parse(refused.stdout)]).toMatchObject([1, { ok: false, reason: 'not_included' }])

    const audited = await academy('ledger', 'audit', '--url', node.url, '--key', log)
    expect([audited.code, audited.stdout]).toEqual([0, expect.stringContaining('"ok": true')])
    shown = await signed(node.url)
    ada.close()
    await node.kill()
  }
  await rm(dataDir, { recursive: true })
  await cp(copy, dataDir, { recursive: true })
  {
    await using node = await start()
    const ben = await join(node.url)
    await ben.hear(/The ledger has stopped: its books were put back to an earlier day/)
    const status = JSON.parse((await academy('status', '--data', dataDir)).stdout) as object
    expect(JSON.stringify(status)).toContain('log_rolled_back')
    expect(await (await fetch(`${node.url}/healthz/ready`)).json()).toMatchObject({
      checks: { log: 'log_rolled_back' },
    })
    expect(node.stderr()).toMatch(
      /has signed \d+ entries and its database holds \d+: it was restored from an old backup/,
    )
    const ada = await signIn(node.url, 'Ada')
    const before = await signed(node.url)
    const no = await gift(ada, other, 'now')
    expect(no).toMatchObject({ status: 503, body: { code: 'ledger_stopped' } })
    expect(no.body.title).toMatch(/^The ledger has stopped/)
    expect(await signed(node.url)).toBe(before)
    // What was signed meanwhile is longer and holds as it did.
    expect(Number(before.split('\n')[1])).toBeLessThan(Number(shown.split('\n')[1]))
    expect((await academy('ledger', 'verify', file)).code).toBe(0)

    const renewed = await academy('ledger', 'new-log', '--data', dataDir)
    expect(JSON.parse(renewed.stdout)).toMatchObject({ origin: expect.stringMatching(/\/tlog-2$/) })
    ada.close()
    ben.close()
  }
  await using node = await start()
  const ada = await signIn(node.url, 'Ada')
  expect((await gift(ada, other, 'now')).status).toBe(201)
  await expect.poll(() => sizeOf(node.url), POLL).toBeGreaterThan(0)
  expect((await signed(node.url)).split('\n')[0]).toMatch(/\/tlog-2$/)
  expect((await academy('ledger', 'audit', '--data', dataDir)).code).toBe(0)
  expect((await academy('ledger', 'verify', file)).code).toBe(0)
  ada.close()
})

test('M10 trusted nodes of two other owners cosign the log of a hub: the receipt that its people get carries both', {
  timeout: 600_000,
}, async () => {
  const P2P = { ACADEMY_P2P_HOST: '127.0.0.1', ACADEMY_P2P_PORT: '0', ACADEMY_MDNS: 'false' }
  await using hub = await startNodeProcess({ env: P2P })
  const trusted = (name: string) =>
    startNodeProcess({ env: { ...P2P, ACADEMY_ROLE: 'trusted', ACADEMY_HUB: hub.url, ACADEMY_NAME: name } })
  await using _one = await trusted('one')
  await using _two = await trusted('two')
  const ada = await newcomer(hub.url, 'Ada')
  const ben = await join(hub.url)
  expect((await gift(ada, ben.id, 'seen')).status).toBe(201)
  let receipt: ReceiptFile | undefined
  await expect
    .poll(async () => {
      const { status, body } = await ada.api<ReceiptFile>('GET', '/api/v1/ledger/receipt/seen')
      if (status !== 200) return 0
      receipt = body
      return body.policy.quorum
    }, POLL)
    .toBe(2)
  const file = joinPath(root, 'seen.json')
  await writeFile(file, JSON.stringify(receipt))
  const verified = await academy('ledger', 'verify', file, '--key', receipt!.policy.log)
  const { seenBy, quorum } = JSON.parse(verified.stdout) as { seenBy: { owner: string }[]; quorum: number }
  expect([verified.code, quorum, new Set(seenBy.map(({ owner }) => owner)).size]).toEqual([0, 2, 2])
  ada.close()
  ben.close()
})

test('L23 L24 L25 a promise made, looked at and claimed at the command line without a node is paid by a real one once; what its debtor has not is a default', {
  timeout: 600_000,
}, async () => {
  await using hub = await startNodeProcess({ env: { ACADEMY_P2P_HOST: '127.0.0.1', ACADEMY_P2P_PORT: '0' } })
  const away = joinPath(root, 'creditor')
  const [debtor, creditor] = await Promise.all(
    [hub.dataDir, away].map(async (dir) => (await loadIdentity(dir, Date.now())).owner),
  )
  const ada = await newcomer(hub.url, 'Ada')
  await askControl(hub.dataDir, 'set-role', { name: 'Ada', role: 'admin' })
  await expect.poll(async () => (await gift(ada, `owner:${debtor}`, 'fund')).status, POLL).toBeLessThan(300)

  const file = (name: string) => joinPath(root, name)
  const promise = (to: string, limit: string) =>
    academy('iou', 'make', file(to), '--to', creditor!, '--limit', limit, '--data', hub.dataDir)
  const check = async (name: string, ...more: string[]) => {
    const { code, stdout } = await academy('iou', 'check', file(name), '--data', away, ...more)
    return [code, (JSON.parse(stdout) as { reason?: string }).reason]
  }
  const hand = async (name: string, amount: string) => {
    const claim = file(`${name}.claim`)
    expect((await academy('iou', 'claim', file(name), claim, '--amount', amount, '--data', away)).code).toBe(0)
    return ada.api<object>('POST', '/api/v1/ledger/ious', JSON.parse(await readFile(claim, 'utf8')))
  }
  expect((await promise('first', '0.0005')).code).toBe(0)
  expect(await check('first')).toEqual([1, 'over_credit'])
  await writeFile(
    file('kept'),
    JSON.stringify({ credit: { owedMicro: '0', towards: [{ creditor, limitMicro: '500' }] } }),
  )
  expect(await check('first', '--trust', file('kept'))).toEqual([0, undefined])
  expect(await hand('first', '0.0009')).toMatchObject({ body: { code: 'iou_refused' } })
  const paid = { status: 200, body: { state: 'redeemed', amountMicro: '400' } }
  expect(await hand('first', '0.0004')).toMatchObject(paid)
  expect(await hand('first', '0.0004')).toMatchObject(paid)
  expect(await ada.api('GET', `/api/v1/ledger/accounts/owner:${creditor}`)).toMatchObject({
    body: { balanceMicro: '400' },
  })

  await promise('second', '5')
  expect(await hand('second', '5')).toMatchObject({ body: { code: 'iou_defaulted' } })
  const trust = await ada.api<object>('GET', `/api/v1/trust/${debtor}`)
  expect(trust.body).toMatchObject({ credit: { availableMicro: '0' } })
  await writeFile(file('kept'), JSON.stringify(trust.body))
  await promise('third', '0.0001')
  expect(await check('third', '--trust', file('kept'))).toEqual([1, 'credit_stopped'])
  expect((await academy('ledger', '--data', hub.dataDir)).code).toBe(0)
  ada.close()
})
