/** Messages between three nodes in memory: two that talk and a hub. */
import { describe, expect, test } from 'vitest'
import { signingKey } from '../../lib/ed25519.ts'
import { INBOX_MAX } from '../../limits.ts'
import { type Identity, identityOf } from '../identity.ts'
import { createMemoryNetwork } from '../memory-wire.ts'
import { systemTimers } from '../timers.ts'
import type { Doorstep, Frame, InboxStore, NodeMessage, NodeRole, Whereabouts } from '../types.ts'
import { seal } from './envelope.ts'
import { memoryInboxStore } from './memory-inbox.ts'
import { createMessages } from './messages.ts'

/** @param before the same node before it was killed: its key and what it had written down are left */
function node(
  net: ReturnType<typeof createMemoryNetwork>,
  role: NodeRole,
  routers: () => string[] = () => [],
  before?: { readonly identity: Identity; readonly inbox: InboxStore; readonly wire: { leave(): void } },
) {
  before?.wire.leave()
  const identity = before?.identity ?? identityOf(signingKey(), signingKey(), Date.now())
  const wire = net.join({ id: identity.node, owner: identity.owner, role })
  const inbox = before?.inbox ?? memoryInboxStore()
  const messages = createMessages({
    wire,
    nodeKey: identity.nodeKey,
    role,
    inbox,
    clock: { now: () => Date.now() },
    timers: { after: (_ms, run) => systemTimers.after(1, run) },
    routers,
    report: () => {},
  })
  const heard: NodeMessage[] = []
  const people = new Map<string, Whereabouts>()
  const door: Doorstep = {
    find: async ({ name }) => people.get(name) ?? { is: 'unknown' },
    give: async (_recipient, message) => void heard.push(message),
  }
  messages.openDoor(door)
  return { id: identity.node, identity, wire, inbox, messages, heard, people }
}

function three() {
  const net = createMemoryNetwork({ requestTimeoutMs: 300 })
  const hub = node(net, 'initial', () => [hub.id])
  const [a, b] = [node(net, 'local', () => [hub.id]), node(net, 'local', () => [hub.id])]
  b.people.set('Ben', { is: 'here', recipient: 'player_ben' })
  let n = 0
  const say = (text: string, to = b.id, name = 'Ben', id = `message_${++n}`) =>
    a.messages.send({ id, from: { node: a.id, id: 'player_ann', name: 'Ann' }, to: { node: to, name }, text })
  return { net, hub, a, b, say }
}
const texts = (heard: readonly NodeMessage[]) => heard.map(({ text }) => text)

describe('messages between nodes', () => {
  test('M1 what one says to another arrives in order and once, whatever the network does', async () => {
    const { net, b, say } = three()
    let n = 0
    // Doubled, late, and now and then lost on the way back.
    net.onPassage(({ what }) => ({
      copies: what === 'answer' && n++ % 5 === 0 ? 0 : 1 + (n % 2),
      delayMs: (n * 7) % 5,
    }))
    const all = Array.from({ length: 20 }, (_, i) => say(String(i)))
    expect(await Promise.all(all)).toEqual(Array(20).fill('delivered'))
    expect(texts(b.heard)).toEqual(Array.from({ length: 20 }, (_, i) => String(i)))
  })

  test('M2 the same id sent again is answered again and heard once', async () => {
    const { b, say } = three()
    expect(await say('once', b.id, 'Ben', 'message_x')).toBe('delivered')
    expect(await say('once', b.id, 'Ben', 'message_x')).toBe('delivered')
    expect(texts(b.heard)).toEqual(['once'])
  })

  test('M3 without a straight way it goes through the hub', async () => {
    const { net, a, b, say } = three()
    net.cut(a.id, b.id, true)
    expect(await say('around')).toBe('delivered')
    expect(b.heard[0]).toMatchObject({ text: 'around', from: { node: a.id, name: 'Ann' } })
  })

  test('M4 a hub keeps messages for a node that is away; they come first when it is back', async () => {
    const { net, hub, a, b, say } = three()
    net.cut(a.id, b.id, true)
    net.cut(hub.id, b.id, true)
    expect(await say('one')).toBe('kept')
    expect(await say('two')).toBe('kept')
    net.cut(a.id, b.id, false)
    net.cut(hub.id, b.id, false)
    expect(await say('three')).toBe('delivered')
    expect(texts(b.heard)).toEqual(['one', 'two', 'three'])
    await b.messages.awake('player_ben')
    expect(await hub.inbox.list('away', b.id, undefined, 10)).toEqual([])
  })

  test('M5 what is for somebody asleep waits for them, in order, up to a bound', async () => {
    const { b, say } = three()
    b.people.set('Ben', { is: 'absent', recipient: 'player_ben' })
    for (let i = 0; i < INBOX_MAX; i++) expect(await say(String(i))).toBe('kept')
    await expect(say('one too many')).rejects.toMatchObject({ code: 'E_LIMITED' })
    expect(b.heard).toEqual([])
    b.people.set('Ben', { is: 'here', recipient: 'player_ben' })
    expect(await say('last')).toBe('delivered')
    expect(texts(b.heard)).toEqual([...Array.from({ length: INBOX_MAX }, (_, i) => String(i)), 'last'])
  })

  test('M6 one move is followed, a second is not', async () => {
    const { net, b, say } = three()
    const c = node(net, 'trusted')
    b.people.set('Lamp', { is: 'moved', node: c.id })
    c.people.set('Lamp', { is: 'here', recipient: 'agent_lamp' })
    expect(await say('hello', b.id, 'Lamp')).toBe('delivered')
    expect(texts(c.heard)).toEqual(['hello'])
    c.people.set('Lamp', { is: 'moved', node: b.id })
    await expect(say('again', b.id, 'Lamp')).rejects.toMatchObject({ code: 'E_CONFLICT' })
  })

  test('M7 nobody of that name, and somebody who takes none of yours, are told apart', async () => {
    const { b, say } = three()
    b.people.set('Eve', { is: 'refused', why: 'They have blocked you.' })
    await expect(say('?', b.id, 'Nobody')).rejects.toMatchObject({ code: 'E_NOT_FOUND' })
    await expect(say('?', b.id, 'Eve')).rejects.toMatchObject({ code: 'E_REJECTED' })
  })

  test('M8 a message that its node did not sign, or that a local node passes on, is not taken', async () => {
    const { net, a, b } = three()
    const mallory = node(net, 'local')
    const message = {
      id: 'message_f',
      from: { node: a.id, id: 'player_ann', name: 'Ann' },
      to: { node: b.id, name: 'Ben' },
      text: 'forged',
      sentAtMs: Date.now(),
    }
    const send = (envelope: object) =>
      mallory.wire.request(b.id, 'message', { op: 'send', envelope, hops: 0 } as unknown as Frame)
    await expect(send(seal(message, mallory.identity.nodeKey))).rejects.toMatchObject({ code: 'E_MALFORMED' })
    await expect(send(seal(message, a.identity.nodeKey))).rejects.toMatchObject({ code: 'E_FORBIDDEN' })
    const moved = { op: 'send', envelope: seal(message, a.identity.nodeKey), hops: 0, moved: true }
    await expect(mallory.wire.request(b.id, 'message', moved as unknown as Frame)).rejects.toMatchObject({
      code: 'E_FORBIDDEN',
    })
    expect(b.heard).toEqual([])
  })

  test('M9 a node that was killed knows what it handed over, and hands over what it had kept', async () => {
    const { net, hub, b, say } = three()
    expect(await say('one', b.id, 'Ben', 'message_1')).toBe('delivered')
    b.people.set('Ben', { is: 'absent', recipient: 'player_ben' })
    expect(await say('two', b.id, 'Ben', 'message_2')).toBe('kept')
    const again = node(net, 'local', () => [hub.id], b)
    again.people.set('Ben', { is: 'here', recipient: 'player_ben' })
    expect(await say('one', b.id, 'Ben', 'message_1')).toBe('delivered')
    expect(again.heard).toEqual([])
    await again.messages.awake('player_ben')
    expect(await say('two', b.id, 'Ben', 'message_2')).toBe('delivered')
    expect(texts(again.heard)).toEqual(['two'])
  })

  test('M9 what was written down and not handed over when its node was killed is handed over once', async () => {
    const { net, hub, b, say } = three()
    // Killed in the middle of handing over: it never says that it has.
    let under = () => {}
    const isUnder = new Promise<void>((done) => (under = done))
    b.messages.openDoor({
      find: async () => ({ is: 'here', recipient: 'player_ben' }),
      give: () => {
        under()
        return new Promise(() => {})
      },
    })
    const sent = say('one')
    await isUnder
    const again = node(net, 'local', () => [hub.id], b)
    again.people.set('Ben', { is: 'here', recipient: 'player_ben' })
    expect(await sent).toBe('delivered')
    expect(texts(again.heard)).toEqual(['one'])
  })

  test('M11 what is in an agent’s hands only is answered, not handed over twice, and comes again in order when it was let go of', async () => {
    const { b, say } = three()
    const hands: { text: string; end: (isTaken: boolean) => void }[] = []
    b.messages.openDoor({
      find: async () => ({ is: 'here', recipient: 'agent_lamp' }),
      give: async (_, { text }) => ({ taken: new Promise((end) => hands.push({ text, end })) }),
    })
    const inHands = () => hands.map(({ text }) => text)
    const waiting = async () => (await b.inbox.list('here', b.id, 'agent_lamp', 10)).length
    for (const text of ['one', 'two', 'three'])
      expect(await say(text, b.id, 'Lamp', `message_${text}`)).toBe('delivered')
    expect(await say('two', b.id, 'Lamp', 'message_two')).toBe('delivered')
    await b.messages.awake('agent_lamp')
    expect(inHands()).toEqual(['one', 'two', 'three'])
    expect(await waiting()).toBe(3)
    hands[0]!.end(true)
    await expect.poll(waiting).toBe(2)
    for (const hand of hands.splice(0)) hand.end(false)
    await expect
      .poll(async () => {
        await b.messages.awake('agent_lamp')
        return inHands()
      })
      .toEqual(['two', 'three'])
    for (const hand of hands) hand.end(true)
    await expect.poll(waiting).toBe(0)
  })

  test('M10 what waits is handed over when its recipient is here again or has moved, though nobody says so', async () => {
    const { net, hub, b, say } = three()
    const c = node(net, 'trusted', () => [hub.id])
    b.people.set('Lamp', { is: 'absent', recipient: 'Lamp' })
    for (const text of ['one', 'two']) expect(await say(text, b.id, 'Lamp')).toBe('kept')
    b.people.set('Lamp', { is: 'moved', node: c.id, recipient: 'Lamp' })
    c.people.set('Lamp', { is: 'here', recipient: 'Lamp' })
    await expect.poll(() => texts(c.heard)).toEqual(['one', 'two'])
    expect(await b.inbox.waiting(b.id, 10)).toEqual([])
    b.people.set('Ben', { is: 'absent', recipient: 'player_ben' })
    expect(await say('three')).toBe('kept')
    b.people.set('Ben', { is: 'here', recipient: 'player_ben' })
    await expect.poll(() => texts(b.heard)).toEqual(['three'])
  })
})
