/** Messages between real nodes, of which the receiving one is killed: what was acknowledged is there, and once. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { appendOutput } from '../../../client/outputs.ts'
import { INBOX_MAX, LEASE_TTL_MS } from '../../limits.ts'
import type { RunningNetwork } from '../../link/network.ts'
import { startTestNetwork } from '../../link/testing/networks.ts'
import type { Whereabouts } from '../../link/types.ts'
import type { Output } from '../../protocol/terminal.ts'
import { type NetworkNode, startNetworkNode } from './network-node.ts'

const POLL = { timeout: 90_000, interval: 100 }

describe('messages to a node that is killed', () => {
  const stack = new AsyncDisposableStack()
  let dir: string
  let hub: RunningNetwork
  let ann: RunningNetwork
  let ben: NetworkNode
  const here: Whereabouts = { is: 'here', recipient: 'player_ben' }
  const away: Whereabouts = { is: 'absent', recipient: 'player_ben' }
  const at = () => ({ node: hub.self, addresses: hub.addresses() })
  let lease: { readonly id: string; readonly atMs: number } | undefined
  const startBen = async (where: Whereabouts = here) => {
    ben = await startNetworkNode({
      dataDir: join(dir, 'ben'),
      role: 'local',
      name: 'Ben',
      listen: ['/ip4/127.0.0.1/tcp/0'],
      hub: at(),
      people: { Ben: where },
    })
    await vi.waitFor(async () => expect(await ben.ask({ op: 'state' })).toMatchObject({ is: 'joined' }), POLL)
    const { leaseId: id } = await ben.ask<{ leaseId: string }>({ op: 'state' })
    // Its session is kept over the kill; on a machine too slow for that the lease has ended meanwhile.
    if (lease && Date.now() - lease.atMs < LEASE_TTL_MS) expect(id).toBe(lease.id)
    lease = { id, atMs: Date.now() }
  }
  const say = (text: string, to = 'Ben', node = ben.node) =>
    ann.messages.send({
      id: `message_${text}`,
      from: { node: ann.self, id: 'player_ann', name: 'Ann' },
      to: { node, name: to },
      text,
    })
  /** Until the way is there: a node that was killed a moment ago is looked for where it was. */
  const insist = async (text: string, to?: string) => {
    for (;;) {
      try {
        return await say(text, to)
      } catch (error) {
        if (!/E_(UNREACHABLE|CLOSED|TIMEOUT)/.test((error as { code?: string }).code ?? '')) throw error
      }
    }
  }
  const heard = () => ben.heard().map(({ text }) => text)
  /** What stands on a page that was open all the while: each life of its node numbers what it says from further on. */
  const shown = () =>
    ben
      .heard()
      .reduce<readonly Output[]>(
        (outputs, data, n) => appendOutput(outputs, { id: String(n + 1), kind: 'speech', text: data.text, data }),
        [],
      )
      .map(({ text }) => text)

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'academy-messages-'))
    stack.defer(() => rm(dir, { recursive: true, force: true }))
    hub = stack.use(await startTestNetwork({ dataDir: join(dir, 'hub'), role: 'initial', name: 'Hub' }))
    ann = stack.use(await startTestNetwork({ dataDir: join(dir, 'ann'), role: 'local', name: 'Ann', hubs: at() }))
    await vi.waitFor(() => expect(ann.state().is).toBe('joined'), POLL)
    stack.defer(async () => ben?.kill())
    await startBen()
  }, 180_000)
  afterAll(() => stack.disposeAsync(), 60_000)

  test('M1 M2 straight between two real nodes: in order, each once', { timeout: 120_000 }, async () => {
    const texts = Array.from({ length: 20 }, (_, n) => `straight ${n}`)
    expect(await Promise.all(texts.map((text) => say(text)))).toEqual(texts.map(() => 'delivered'))
    expect(await say('straight 7')).toBe('delivered')
    expect(heard()).toEqual(texts)
    expect(ann.link.links().map(({ node }) => node)).toContain(ben.node)
  })

  test('M3 to a node that nobody can call it goes through the hub, and straight back', {
    timeout: 120_000,
  }, async () => {
    await using carl = await startTestNetwork({
      dataDir: join(dir, 'carl'),
      role: 'trusted',
      name: 'Carl',
      listen: [],
      hubs: at(),
    })
    const got: string[] = []
    const open = (node: RunningNetwork) =>
      node.messages.openDoor({
        find: async ({ name }) => ({ is: 'here', recipient: name }),
        give: async (_, { text }) => void got.push(text),
      })
    for (const each of [carl, ann]) open(each)
    await expect.poll(() => carl.state().is, POLL).toBe('joined')
    for (const text of ['around 1', 'around 2']) expect(await say(text, 'Carl', carl.self)).toBe('delivered')
    expect(ann.link.links().map(({ node }) => node)).not.toContain(carl.self)
    const from = { node: carl.self, id: 'player_carl', name: 'Carl' }
    const answer = { id: 'message_back', from, to: { node: ann.self, name: 'Ann' }, text: 'back' }
    expect(await carl.messages.send(answer)).toBe('delivered')
    expect(carl.link.links().map(({ node }) => node)).toContain(ann.self)
    expect(got).toEqual(['around 1', 'around 2', 'back'])
  })

  test('M9 killed as it hands a message over, and once it has: the sender’s next try comes to the same', {
    timeout: 240_000,
  }, async () => {
    const had = heard().length
    // Handed over, and nothing written of it: it comes again under the same mark, and is read once.
    await ben.ask({ op: 'dieAt', at: 'giving' })
    const sent = insist('in the middle')
    await ben.ended
    await startBen()
    expect(await sent).toMatch(/delivered|kept/)
    await expect.poll(() => heard().slice(had), POLL).toEqual(['in the middle', 'in the middle'])
    expect(shown().slice(had)).toEqual(['in the middle'])
    // Written down, and the sender does not know yet: it does not come again.
    await ben.ask({ op: 'dieAt', at: 'given' })
    const second = insist('at the end')
    await ben.ended
    await startBen()
    await second
    expect(await insist('after it')).toBe('delivered')
    expect(heard().slice(had + 2)).toEqual(['at the end', 'after it'])
    expect(shown().slice(had)).toEqual(['in the middle', 'at the end', 'after it'])
  })

  test('M4 M5 M9 kept for the absent, over a kill, up to a bound, and handed over on return in order', {
    timeout: 240_000,
  }, async () => {
    await ben.ask({ op: 'people', people: { Ben: away } })
    const had = heard().length
    const first = Array.from({ length: 10 }, (_, n) => `asleep ${n}`)
    for (const text of first) expect(await say(text)).toBe('kept')
    await ben.kill()
    // Nobody there at all: the hub keeps them.
    expect(await insist('to the hub')).toBe('kept')
    await startBen(away)
    const more = Array.from({ length: INBOX_MAX - first.length - 1 }, (_, n) => `later ${n}`)
    for (const text of more) expect(await insist(text)).toBe('kept')
    await expect(say('one too many')).rejects.toMatchObject({ code: 'E_LIMITED' })
    await ben.ask({ op: 'people', people: { Ben: here } })
    await expect.poll(() => heard().slice(had), POLL).toEqual([...first, 'to the hub', ...more])
  })

  test('M6 one move is followed to another real node', { timeout: 120_000 }, async () => {
    const got: string[] = []
    hub.messages.openDoor({
      find: async () => ({ is: 'here', recipient: 'agent_lamp' }),
      give: async (_, { text }) => void got.push(text),
    })
    await ben.ask({ op: 'people', people: { Lamp: { is: 'moved', node: hub.self } } })
    expect(await insist('where are you', 'Lamp')).toBe('delivered')
    expect(got).toEqual(['where are you'])
  })
})
