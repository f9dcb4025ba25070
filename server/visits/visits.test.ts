import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type SigningKey, signingKey } from '../lib/ed25519.ts'
import { nodeIdOf } from '../lib/node-id.ts'
import { sign } from '../lib/signed.ts'
import { createMemoryNetwork, type MemoryNetwork } from '../link/memory-wire.ts'
import type { NodeInfo } from '../link/types.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import type { Params, PlayerId } from '../protocol/ids.ts'
import type { PortalAnswer, PortalRequest } from '../rooms/types.ts'
import { VISIT_PROTOCOL } from './frames.ts'
import { VISITS_SERVICE } from './home.ts'
import type { VisitOptions } from './parts.ts'
import { createVisits, type RunningVisits } from './visits.ts'

const PAGE = 'http://home.example'
const POLL = { timeout: 20_000, interval: 10 }
/** Longer than any machine stalls: where a lease is to run out, the clocks are set forward. */
const LEASE_MS = 60_000
const MARGIN_MS = 20_000
const USUAL: Partial<VisitOptions> = {
  leaseMs: LEASE_MS,
  marginMs: MARGIN_MS,
  renewEveryMs: 50,
  claimMs: 120_000,
  ticketMs: 120_000,
  graceMs: 120_000,
}

type Said = { readonly id: PlayerId; readonly key: string; readonly params: Params }
type TestNode = {
  readonly id: string
  readonly key: SigningKey
  readonly visits: RunningVisits
  readonly said: Said[]
  /** Visitors' characters in its world now. */
  readonly inWorld: Set<PlayerId>
  readonly connected: Set<PlayerId>
  readonly wire: ReturnType<MemoryNetwork['join']>
}

let net: MemoryNetwork
let nodes: TestNode[]
let infos: NodeInfo[]
let banned: Set<PlayerId>
/** By how much each node's clock is set forward. */
let offsets: Map<string, number>

function start(name: string, about: Partial<NodeInfo> = {}, options: Partial<VisitOptions> = {}): TestNode {
  const key = signingKey()
  const id = nodeIdOf(key.publicKey)
  const wire = net.join({ id })
  const said: Said[] = []
  const inWorld = new Set<PlayerId>()
  const connected = new Set<PlayerId>()
  infos.push({
    node: id,
    self: false,
    name,
    role: 'trusted',
    alive: true,
    services: [VISITS_SERVICE],
    url: `https://${name.toLowerCase()}.example`,
    ...about,
  } as NodeInfo)
  const visits = createVisits(
    {
      wire,
      nodes: async () => infos.map((info) => ({ ...info, self: info.node === id })),
      key,
      isKeyOf: (publicKey, node) => nodeIdOf(publicKey) === node,
      name,
      tell: (who, word, params) => void said.push({ id: who, key: word, params }),
      world: {
        arrive: async ({ id: who }) => void inWorld.add(who),
        remove: async (who) => void inWorld.delete(who),
      },
      isBanned: async (who) => banned.has(who),
      isBadName: (text) => text === 'Rude',
      isConnected: (who) => connected.has(who),
      secret: () => randomBytes(16).toString('base64url'),
      now: () => Date.now() + (offsets.get(name) ?? 0),
      log: { info() {}, warn() {} },
    },
    { ...USUAL, ...options },
  )
  const node = { id, key, visits, said, inWorld, connected, wire }
  nodes.push(node)
  return node
}

const mira = {
  id: 'player_mira',
  kind: 'player',
  name: 'Mira',
  locale: 'en',
  place: 'harbor:pier',
} as CharacterRecord

/** Somebody walks into the portal of their home. */
function leave(home: TestNode, to = 'Reef', about: Partial<PortalRequest> = {}, again = false) {
  const stop = new AbortController()
  const epoch = about.epoch ?? 1
  const visit = `portal:${(about.character ?? mira).id}:${epoch}`
  let came: PortalAnswer | undefined
  const answer = home.visits.portal(
    { kind: 'portal', to, epoch, character: mira, items: [], ...about },
    { id: visit, zone: 'harbor', again, signal: stop.signal },
  )
  void answer.then(
    (value) => (came = value),
    () => {},
  )
  return { visit, answer, came: () => came, stop }
}

async function ashore(home: TestNode, host: TestNode, left = leave(home)) {
  await expect.poll(() => home.visits.away(mira.id as PlayerId)?.visit, POLL).toBe(left.visit)
  const claimed = (await home.visits.claim(mira.id as PlayerId, left.visit, PAGE))!
  const admitted = (await host.visits.redeem(claimed.ticket, PAGE))!
  host.connected.add(admitted.player.id)
  return { ...left, claimed, admitted, visitor: admitted.player.id }
}

beforeEach(() => {
  net = createMemoryNetwork({ requestTimeoutMs: 300 })
  nodes = []
  infos = []
  banned = new Set()
  offsets = new Map()
})
afterEach(() => Promise.all(nodes.map(({ visits }) => visits[Symbol.asyncDispose]())))

describe('leaving', () => {
  test('V1 V4 V22 goes by pass, claim and ticket, and comes home by return', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    const at = await ashore(home, host)
    expect(at.claimed).toMatchObject({ node: 'Reef', url: 'https://reef.example' })
    expect(at.admitted.player.name).toBe('Mira@Home')
    expect(host.inWorld).toEqual(new Set([at.visitor]))
    expect(host.visits.verify(at.admitted.token)).toMatchObject({ playerId: at.visitor })
    expect(home.visits.frameTo(at.claimed.frame)).toBe('https://reef.example')
    await expect.poll(() => host.said.map(({ key }) => key), POLL).toContain('portal.welcome')
    expect(await host.visits.comeHome(at.visitor)).toBe(true)
    expect(await at.answer).toEqual({ ok: true })
    expect(host.inWorld.size).toBe(0)
    expect(host.visits.verify(at.admitted.token)).toBeUndefined()
    expect(home.visits.frameTo(at.claimed.frame)).toBeUndefined()
    expect(home.said.map(({ key, params }) => [key, params.why])).toEqual([
      ['portal.leaving', undefined],
      ['portal.back', 'return'],
    ])
  })

  test.each([
    ['nobody of that name', 'Nowhere', {}, 'portal_unknown'],
    ['no address for pages', 'Reef', { url: undefined }, 'portal_no_url'],
    ['a laptop is no island', 'Reef', { role: 'local' }, 'portal_unknown'],
    ['takes no visitors, and does not say that it does', 'Reef', { services: [] }, 'portal_no_url'],
    ['dead', 'Reef', { alive: false }, 'portal_unknown'],
  ] as const)('V1 V3 is refused in words: %s', async (_why, to, about, code) => {
    const home = start('Home')
    start('Reef', about as Partial<NodeInfo>)
    expect(await leave(home, to).answer).toMatchObject({ ok: false, code })
  })

  test('V6 V3 a node that only nodes reach, as through a relay, is known to be shut before anybody leaves; an open one is not', async () => {
    const [home, reef] = [start('Home'), start('Reef', { link: { reach: 'relay' } as never, url: undefined })]
    let asked = 0
    net.onPassage(() => {
      asked++
      return { copies: 1, delayMs: 0 }
    })
    expect(await home.visits.shut('Reef')).toEqual({ code: 'portal_no_url', params: { name: 'Reef' } })
    expect(await home.visits.shut('Moon')).toEqual({ code: 'portal_unknown', params: { name: 'Moon' } })
    start('Lagoon')
    expect(await home.visits.shut('lag')).toBeUndefined()
    expect([asked, reef.inWorld.size]).toEqual([0, 0])
  })

  test('V1 with no island named, the only one is meant; of several they are listed; of none that is said', async () => {
    const home = start('Home', { url: undefined })
    expect(await leave(home, '').answer).toMatchObject({ ok: false, code: 'portal_nowhere' })
    start('Reef')
    const left = leave(home, '')
    await expect.poll(() => home.visits.away(mira.id as PlayerId)?.node, POLL).toBe('Reef')
    await home.visits.comeHome(mira.id as PlayerId)
    await left.answer
    start('Lagoon')
    expect(await leave(home, '', { epoch: 2 }).answer).toEqual({
      ok: false,
      code: 'portal_where',
      params: { names: 'Reef, Lagoon' },
    })
  })

  test('V1 one that cannot be reached keeps nobody waiting: they stand at home again', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    net.cut(home.id, host.id, true)
    expect(await leave(home).answer).toMatchObject({ ok: false, code: 'portal_silent' })
  })

  test('V1 V20 V23 full, closed, or a name that is not used there, is refused with that reason', async () => {
    const home = start('Home')
    start('Reef', {}, { maxPerHome: 0 })
    start('Shut', {}, { closed: true })
    start('Prim')
    const refused = { ok: false, code: 'portal_refused' }
    expect(await leave(home, 'Reef').answer).toMatchObject({ ...refused, params: { reason: 'capacity' } })
    expect(await leave(home, 'Shut').answer).toMatchObject({ ...refused, params: { reason: 'closed' } })
    const rude = { ...mira, name: 'Rude' }
    expect(await leave(home, 'Prim', { character: rude }).answer).toMatchObject({ params: { reason: 'name' } })
  })

  test('V2 a pass of somebody else’s making, for another node, old, or of an earlier departure is worth nothing', async () => {
    const [home, host, other] = [start('Home'), start('Reef'), start('Other')]
    const pass = {
      visit: 'v',
      epoch: 5,
      person: 'player_mira',
      name: 'Mira',
      locale: 'en',
      home: home.id,
      homeName: 'Home',
      dst: host.id,
      may: ['walk', 'talk', 'use'],
      issuedAtMs: Date.now(),
    }
    const show = (changes: object, by = home, key = home.key) =>
      by.wire.request(host.id, VISIT_PROTOCOL.protocol, {
        type: 'ASK',
        pass: sign('visit-pass', { ...pass, ...changes }, key),
      } as never)
    const no = { type: 'NO', reason: 'failed' }
    expect(await show({}, home, other.key)).toEqual(no)
    expect(await show({}, other)).toEqual(no)
    expect(await show({ dst: other.id })).toEqual(no)
    expect(await show({ issuedAtMs: Date.now() - 10 * 60_000 })).toEqual(no)
    expect(await show({})).toEqual({ type: 'WELCOME' })
    expect(await show({})).toEqual({ type: 'WELCOME' })
    await home.wire.request(host.id, VISIT_PROTOCOL.protocol, { type: 'END', visit: 'v', epoch: 5 })
    expect(await show({})).toEqual({ type: 'NO', reason: 'stale' })
    expect(await show({ visit: 'w', epoch: 4 })).toEqual({ type: 'NO', reason: 'stale' })
    expect(await show({ visit: 'w', epoch: 6 })).toEqual({ type: 'WELCOME' })
  })

  test('V4 a ticket is given once, is good once, and from the page that it is for', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    const left = leave(home)
    await expect.poll(() => home.visits.away(mira.id as PlayerId), POLL).toBeDefined()
    const me = mira.id as PlayerId
    expect(await home.visits.claim('player_other' as PlayerId, left.visit, PAGE)).toBeUndefined()
    const { ticket } = (await home.visits.claim(me, left.visit, PAGE))!
    expect(await home.visits.claim(me, left.visit, PAGE)).toBeUndefined()
    expect(await host.visits.redeem(ticket, 'http://evil.example')).toBeUndefined()
    expect(await host.visits.redeem(ticket, undefined)).toBeUndefined()
    expect(await host.visits.redeem('guess', PAGE)).toBeUndefined()
    const twice = await Promise.all([host.visits.redeem(ticket, PAGE), host.visits.redeem(ticket, PAGE)])
    expect(twice.filter((one) => one !== undefined)).toHaveLength(1)
    expect(host.inWorld.size).toBe(1)
  })

  test('V3 a page that came by https is not sent to a node without', async () => {
    const home = start('Home')
    start('Reef', { url: 'http://reef.example' })
    const left = leave(home)
    await expect.poll(() => home.visits.away(mira.id as PlayerId), POLL).toBeDefined()
    expect(await home.visits.claim(mira.id as PlayerId, left.visit, 'https://home.example')).toBeUndefined()
    expect(await left.answer).toEqual({ ok: true })
    expect(home.said.at(-1)?.params).toMatchObject({ why: 'insecure' })
  })

  test('V5 the host knows the origins of visits that stand, and no others', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    expect(host.visits.isOrigin(PAGE)).toBe(false)
    const at = await ashore(home, host)
    expect([host.visits.isOrigin(PAGE), host.visits.isOrigin('http://other.example')]).toEqual([true, false])
    await host.visits.comeHome(at.visitor)
    await at.answer
    expect(host.visits.isOrigin(PAGE)).toBe(false)
  })
})

describe('one world at a time', () => {
  test('V11 a host that has died gives its visitor back when the lease has run out, and they are told', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    const at = await ashore(home, host)
    net.cut(home.id, host.id, true)
    offsets.set('Home', LEASE_MS + MARGIN_MS + 1)
    expect(await at.answer).toEqual({ ok: true })
    expect(home.said.at(-1)).toMatchObject({ key: 'portal.back', params: { node: 'Reef', why: 'silent' } })
  })

  test('V11 V12 parted from the home, the host has let its visitor go before the home takes them back', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    const at = await ashore(home, host)
    const gone = new Promise<void>((resolve) => host.visits.onEnd(() => resolve()))
    net.cut(home.id, host.id, true)
    for (const name of ['Home', 'Reef']) offsets.set(name, LEASE_MS + 1)
    await gone
    expect(host.inWorld.size).toBe(0)
    expect(host.said.at(-1)).toMatchObject({ key: 'portal.over', params: { why: 'lease' } })
    expect([host.visits.mayAct(at.visitor), host.visits.verify(at.admitted.token)]).toEqual([false, undefined])
    expect(at.came()).toBeUndefined()
    offsets.set('Home', LEASE_MS + MARGIN_MS + 1)
    expect(await at.answer).toEqual({ ok: true })
  })

  test('V12 a host that hung finds its visitors’ lease run out: they do nothing, though nobody has removed them yet', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    const at = await ashore(home, host)
    net.cut(home.id, host.id, true)
    offsets.set('Reef', LEASE_MS + 1)
    expect(host.inWorld.size).toBe(1)
    expect(host.visits.mayAct(at.visitor)).toBe(false)
    expect(host.visits.verify(at.admitted.token)).toBeUndefined()
    offsets.set('Home', LEASE_MS + MARGIN_MS + 1)
    await at.answer
  })

  test('V11 while both go on a visit outlasts its leases', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    const at = await ashore(home, host)
    for (let lease = 1; lease <= 4; lease++) {
      let renewed = 0
      net.onPassage(({ frame, what }) => {
        if (what === 'answer' && frame.type === 'HELD') renewed++
        return { copies: 1, delayMs: 0 }
      })
      for (const name of ['Home', 'Reef']) offsets.set(name, (lease * LEASE_MS) / 2)
      await expect.poll(() => renewed, POLL).toBeGreaterThan(1)
    }
    expect(at.came()).toBeUndefined()
    expect(host.visits.mayAct(at.visitor)).toBe(true)
  })

  test('V14 the home that ends a visit takes its person back only when the host has let them go', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    const at = await ashore(home, host)
    const worldAtReturn = at.answer.then(() => host.inWorld.size)
    expect(await home.visits.comeHome(mira.id as PlayerId)).toBe(true)
    expect(await worldAtReturn).toBe(0)
  })

  test('V11 V14 asked home from a host that does not answer, they wait for its lease, and are told why', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    const at = await ashore(home, host)
    net.cut(home.id, host.id, true)
    expect(await home.visits.comeHome(mira.id as PlayerId)).toBe(true)
    expect(at.came()).toBeUndefined()
    offsets.set('Home', LEASE_MS + MARGIN_MS + 1)
    expect(await at.answer).toEqual({ ok: true })
    expect(home.said.at(-1)?.params).toMatchObject({ why: 'silent' })
  })

  test('V10 a late word of an earlier visit ends nothing of the present one', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    const first = await ashore(home, host)
    await host.visits.comeHome(first.visitor)
    await first.answer
    const second = await ashore(home, host, leave(home, 'Reef', { epoch: 2 }))
    const late = { visit: first.visit, epoch: 1 }
    await host.wire.request(home.id, VISIT_PROTOCOL.protocol, { type: 'BACK', ...late, why: 'return' })
    await host.wire.request(home.id, VISIT_PROTOCOL.protocol, {
      type: 'BACK',
      visit: second.visit,
      epoch: 1,
      why: 'return',
    })
    await home.wire.request(host.id, VISIT_PROTOCOL.protocol, { type: 'END', ...late })
    expect(second.came()).toBeUndefined()
    expect(host.inWorld).toEqual(new Set([second.visitor]))
    const other = start('Other')
    const held = await other.wire.request(home.id, VISIT_PROTOCOL.protocol, {
      type: 'RENEW',
      visits: [{ visit: second.visit, epoch: 2 }],
    })
    expect(held).toMatchObject({ visits: [] })
  })

  test('V13 a home that was started anew waits a lease, grants nothing, and has its person back', async () => {
    const [home, host] = [start('Home', {}, { leaseMs: 3_000, marginMs: 0 }), start('Reef')]
    const again = leave(home, 'Reef', {}, true)
    const held = await host.wire.request(home.id, VISIT_PROTOCOL.protocol, {
      type: 'RENEW',
      visits: [{ visit: again.visit, epoch: 1 }],
    })
    expect(held).toMatchObject({ visits: [] })
    expect(again.came()).toBeUndefined()
    expect(await again.answer).toEqual({ ok: true })
    expect(home.said.at(-1)).toMatchObject({ key: 'portal.back', params: { why: 'restarted' } })
  })

  test('V15 a page that never came, and one that is gone, end the visit', async () => {
    const [home, host] = [start('Home', {}, { claimMs: 50 }), start('Reef', {}, { graceMs: 50 })]
    expect(await leave(home).answer).toEqual({ ok: true })
    expect(home.said.at(-1)?.params).toMatchObject({ why: 'unclaimed' })
    const patient = start('Patient')
    const at = await ashore(patient, host, leave(patient, 'Reef'))
    host.connected.clear()
    expect(await at.answer).toEqual({ ok: true })
    expect(patient.said.at(-1)?.params).toMatchObject({ why: 'gone' })
  })

  test('V14 a host that closes sends everybody home first', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    const at = await ashore(home, host)
    await host.visits[Symbol.asyncDispose]()
    expect(await at.answer).toEqual({ ok: true })
    expect(home.said.at(-1)?.params).toMatchObject({ why: 'draining' })
    expect(host.inWorld.size).toBe(0)
  })

  test('V22 every portal leads a visitor home, and they are gone from there', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    const at = await ashore(home, host)
    const walked = leave(host, 'Home', { character: { ...mira, id: at.visitor } })
    expect(await walked.answer).toEqual({ ok: true, gone: true })
    expect(await at.answer).toEqual({ ok: true })
    expect(home.said.at(-1)?.params).toMatchObject({ why: 'walked' })
  })

  test('V24 who is banned is not let ashore, under another name either, and is told so; pardoned, they are', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    const first = await ashore(home, host)
    banned.add(first.visitor)
    await host.visits.kick(first.visitor, 'shouting')
    await first.answer
    const renamed = { ...mira, name: 'Mirabelle' }
    expect(await leave(home, 'Reef', { epoch: 2, character: renamed }).answer).toEqual({
      ok: false,
      code: 'portal_refused',
      params: { name: 'Reef', reason: 'banned' },
    })
    banned.clear()
    expect((await ashore(home, host, leave(home, 'Reef', { epoch: 3 }))).visitor).toBe(first.visitor)
  })

  test('V24 a visitor is named whole, or as far as only one is meant', async () => {
    const [home, host] = [start('Home Harbour'), start('Reef')]
    const { visitor } = await ashore(home, host)
    for (const name of ['Mira@Home Harbour', 'mira@home', 'Mira@']) expect(host.visits.named(name)?.id).toBe(visitor)
    for (const name of ['Mira', 'Mir', '', 'Mira@Harbour']) expect(host.visits.named(name)).toBeUndefined()
  })

  test('V20 a moderator sends a visitor home, with the reason', async () => {
    const [home, host] = [start('Home'), start('Reef')]
    const at = await ashore(home, host)
    const heard: string[] = []
    host.visits.onEnd((_, text) => heard.push(text))
    expect(await host.visits.kick(at.visitor, 'shouting')).toBe(true)
    expect(await at.answer).toEqual({ ok: true })
    expect(heard).toEqual([expect.stringContaining('shouting')])
    expect(host.visits.person(at.visitor)).toBeUndefined()
  })
})
