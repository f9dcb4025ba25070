/** Registration between members and hubs, over a network in memory, on time by hand. */
import { expect, test } from 'vitest'
import { signingKey } from '../../lib/ed25519.ts'
import { sign } from '../../lib/signed.ts'
import { HEARTBEAT_MS, LEASE_SWEEP_MS, LEASE_TTL_MS } from '../../limits.ts'
import { identityOf } from '../identity.ts'
import { createMemoryNetwork } from '../memory-wire.ts'
import { createStandingBook } from '../standing.ts'
import { manualTime } from '../testing/manual-time.ts'
import type { Frame, NodeRole, Served } from '../types.ts'
import { NODE_PROTOCOL, nodeRequest } from './frames.ts'
import { makeInvite, readInvite } from './invite.ts'
import { createMember, type Session } from './member.ts'
import { memoryInviteStore, memoryNodeStore } from './memory-store.ts'
import { type AdmissionPolicy, createRegistrar, type NodeChange } from './registrar.ts'
import type { Manifest } from './types.ts'

const quiet = { info() {}, warn() {} }
const manifest = (name: string, role: NodeRole): Manifest => ({
  name,
  role,
  version: '1',
  zones: [],
  cpu: { cores: 2, model: 'a machine' },
  memoryMb: 1_000,
  gpus: [],
  models: [],
  services: [],
  prices: {},
  privacy: [],
})

function world() {
  const time = manualTime()
  const net = createMemoryNetwork({ schedule: (run, delayMs) => void time.timers.after(delayMs, run) })
  const store = memoryNodeStore(time.clock.now)
  const invites = memoryInviteStore()
  const serveNode = (wire: ReturnType<typeof net.join>, answer: (body: Frame, caller: never) => Promise<Frame>) =>
    wire.serve(NODE_PROTOCOL satisfies Served, answer as never)

  async function hub(policy: AdmissionPolicy = 'open') {
    const identity = identityOf(signingKey(), signingKey(), time.clock.now())
    const wire = net.join({ id: identity.node, owner: identity.owner, role: 'initial' })
    const standing = createStandingBook(identity, time.clock.now)
    const changes: NodeChange[] = []
    const registrar = createRegistrar(
      {
        wire,
        identity,
        standing,
        admission: { banned: () => undefined },
        store,
        invites,
        ...time,
        self: () => ({
          manifest: manifest('Hub', 'initial'),
          addresses: [`/ip4/10.0.0.1/tcp/1/p2p/${identity.node}`],
        }),
        log: quiet,
      },
      { policy, relay: true },
    )
    serveNode(wire, async (body, caller) => (await registrar.answer(nodeRequest.parse(body), caller))!)
    registrar.onChange((change) => changes.push(change))
    await registrar.start()
    return { node: identity.node, identity, wire, registrar, standing, changes }
  }

  function member(hubNode: string, role: NodeRole = 'local', code?: string, kept: { session?: Session } = {}) {
    const identity = identityOf(signingKey(), signingKey(), time.clock.now())
    const wire = net.join({ id: identity.node, owner: identity.owner, role })
    const standing = createStandingBook(identity, time.clock.now)
    const invite = code === undefined ? undefined : readInvite(code)
    const start = () => {
      const made = createMember({
        wire,
        identity,
        standing,
        sessions: {
          read: async () => kept.session,
          write: async (session) => void (kept.session = session),
        },
        ...time,
        random: () => 0.5,
        seeds: async () => [{ node: hubNode, addresses: [] }],
        dial: async () => {},
        self: () => ({ manifest: manifest('Mem', role), addresses: [] }),
        ...(invite && { invite }),
        log: quiet,
      })
      void made.start()
      return made
    }
    return { identity, wire, standing, kept, start }
  }
  return { time, net, store, invites, hub, member }
}

test('R4 a node proves its key and its owner, and is admitted with a lease and a pass that others can check', async () => {
  const { time, store, hub, member } = world()
  const h = await hub()
  const m = member(h.node)
  const running = m.start()
  await time.advance(100)
  expect(running.state()).toMatchObject({ is: 'joined', hub: h.node })
  expect(await store.get(m.identity.node)).toMatchObject({ owner: m.identity.owner, role: 'local', hub: h.node })
  const other = createStandingBook(identityOf(signingKey(), signingKey(), time.clock.now()), time.clock.now)
  other.take(m.identity.node, m.standing.greeting())
  expect(other.of(m.identity.node)).toEqual({ owner: m.identity.owner })
  other.trustHubs([h.node])
  expect(other.of(m.identity.node)).toEqual({ owner: m.identity.owner, role: 'local', name: 'Mem' })
  await h.registrar.stop()
})

test('R5 a proof is good for one challenge, one hub and one node', async () => {
  const { time, hub, member } = world()
  const h = await hub()
  const m = member(h.node)
  const { identity, wire } = m
  const nonceC = new Uint8Array(32)
  const say = async (body: object) => {
    const answer = wire.request(h.node, 'node', body as Frame)
    answer.catch(() => {})
    await time.advance(10)
    return answer
  }
  const hello = async () =>
    (await say({ op: 'hello', nonceC, manifest: manifest('M', 'local'), addresses: [] })) as { nonceS: Uint8Array }
  const proof = (nonceS: Uint8Array, hubNode = h.node, node = identity.node) =>
    sign('prove', { nonceS, nonceC, hub: hubNode, node }, identity.nodeKey)
  const prove = (nonceS: Uint8Array, signed: object) =>
    say({ op: 'prove', nonceS, proof: signed, cert: identity.ownerCert })

  const first = await hello()
  await expect(prove(first.nonceS, proof(first.nonceS, 'another hub'))).rejects.toMatchObject({ code: 'E_FORBIDDEN' })
  await expect(prove(first.nonceS, proof(first.nonceS))).rejects.toMatchObject({ code: 'E_REJECTED' })
  const second = await hello()
  await expect(prove(second.nonceS, proof(first.nonceS))).rejects.toMatchObject({ code: 'E_FORBIDDEN' })
  const third = await hello()
  await expect(prove(third.nonceS, proof(third.nonceS, h.node, 'somebody'))).rejects.toMatchObject({
    code: 'E_FORBIDDEN',
  })
  const fourth = await hello()
  await time.advance(60_000)
  await expect(prove(fourth.nonceS, proof(fourth.nonceS))).rejects.toMatchObject({ code: 'E_REJECTED' })
  const fifth = await hello()
  expect(await prove(fifth.nonceS, proof(fifth.nonceS))).toMatchObject({ role: 'local' })
  await h.registrar.stop()
})

test('R6 where trusted nodes come by invitation, one without is told how, and a code works as often as it says', async () => {
  const { time, invites, hub, member } = world()
  const h = await hub('invite')
  const uninvited = member(h.node, 'trusted').start()
  await time.advance(100)
  expect(uninvited.state()).toMatchObject({ is: 'refused', code: 'E_FORBIDDEN' })
  expect((uninvited.state() as { why: string }).why).toContain('--invite')
  await uninvited.stop('done')

  const { invite, code } = makeInvite(
    { node: h.node, addresses: [] },
    { role: 'trusted', uses: 1, nowMs: time.clock.now() },
  )
  await invites.put(invite)
  const invited = member(h.node, 'trusted', code).start()
  await time.advance(100)
  expect(invited.state()).toMatchObject({ is: 'joined' })
  const late = member(h.node, 'trusted', code).start()
  await time.advance(100)
  expect(late.state()).toMatchObject({ is: 'refused' })
  const local = member(h.node, 'local').start()
  await time.advance(100)
  expect(local.state()).toMatchObject({ is: 'joined' })
  await h.registrar.stop()
})

test('R7 a node that falls silent has left within its lease and a sweep; one that says goodbye at once', async () => {
  const { time, net, hub, member } = world()
  const h = await hub()
  const [silent, polite] = [member(h.node), member(h.node)]
  silent.start()
  const leaving = polite.start()
  await time.advance(LEASE_TTL_MS * 3)
  const left = () => h.changes.filter(({ what }) => what === 'left').map(({ node }) => [node.node, node.leftReason])
  expect(left()).toEqual([])
  net.cut(h.node, silent.identity.node, true)
  const bye = leaving.stop('enough')
  await time.advance(LEASE_SWEEP_MS * 2)
  await bye
  expect(left()).toEqual([[polite.identity.node, 'bye: enough']])
  await time.advance(LEASE_TTL_MS)
  expect(left()).toContainEqual([silent.identity.node, 'lease'])
  expect(h.standing.of(silent.identity.node).role).toBeUndefined()
  net.cut(h.node, silent.identity.node, false)
  await time.advance(LEASE_TTL_MS * 3)
  expect(h.changes.at(-1)).toMatchObject({ what: 'joined', node: { node: silent.identity.node } })
  await h.registrar.stop()
})

test('R8 when one of two hubs on a database dies, its members go on with the other under the same lease', async () => {
  const { time, store, hub, member } = world()
  const [one, two] = [await hub(), await hub()]
  const m = member(one.node)
  const running = m.start()
  await time.advance(HEARTBEAT_MS * 3)
  const before = running.state() as { leaseId: string; hub: string }
  expect(before.hub).toBe(one.node)
  one.wire.leave()
  await one.registrar.stop()
  await time.advance(HEARTBEAT_MS * 2)
  expect(running.state()).toEqual({ is: 'joined', hub: two.node, leaseId: before.leaseId })
  await time.advance(LEASE_TTL_MS * 2)
  expect((await store.get(m.identity.node))?.leftAtMs).toBeUndefined()
  expect(two.changes.some(({ what, node }) => what === 'left' && node.node === m.identity.node)).toBe(false)
  await two.registrar.stop()
})

test('R9 after a restart within its lease a node takes it up again; later it joins anew', async () => {
  const { time, hub, member } = world()
  const h = await hub()
  const m = member(h.node)
  m.start()
  await time.advance(HEARTBEAT_MS)
  const { leaseId } = m.kept.session!
  const again = member(h.node, 'local', undefined, m.kept)
  void again
  const same = m.start()
  await time.advance(100)
  expect(same.state()).toMatchObject({ is: 'joined', leaseId })
  await h.registrar.stop()
})

test('R10 a class of sixty is admitted together', async () => {
  const { time, store, hub, member } = world()
  const h = await hub('lan')
  const all = Array.from({ length: 60 }, () => member(h.node).start())
  await time.advance(1_000)
  expect(all.every((each) => each.state().is === 'joined')).toBe(true)
  expect((await store.alive({ limit: 100 })).length).toBe(61)
  await h.registrar.stop()
})
