/** The prompt across nodes, on a network that answers from memory. */
import { expect, test } from 'vitest'
import type { NodeInfo, NodeMessage } from '../link/types.ts'
import { createStage } from '../testing/stage.ts'
import type { TerminalNetwork } from './types.ts'

const node = (name: string, more: Partial<NodeInfo> = {}): NodeInfo => ({
  node: `12D3KooW${name.replace(' ', '')}00000000`,
  self: false,
  name,
  role: 'trusted',
  version: '1',
  owner: 'a'.repeat(64),
  alive: true,
  zones: [],
  services: [],
  models: [],
  prices: {},
  gpus: [],
  addresses: [],
  ...more,
})
const failure = (code: string) => Object.assign(new Error(code), { code })

function fakeNetwork() {
  const [here, watch] = [
    node('Here', { self: true }),
    node('Night Watch', { load: { people: 2, agents: 0, cpuPct: 1, rssMb: 1 } }),
  ]
  const sent: Omit<NodeMessage, 'sentAtMs'>[] = []
  const values = new Map<string, string>()
  const said: string[] = []
  let hearBroadcast: (said: { name: string; text: string }) => void = () => {}
  const network = {
    self: here.node,
    owner: 'b'.repeat(64),
    state: () => ({ is: 'joined', hub: 'hub' }),
    nodes: async () => [here, watch],
    resolve: async (text: string) => {
      const found = [here, watch].find(({ name }) => name === text)
      if (text === 'Twins') throw failure('E_CONFLICT')
      if (!found) throw failure('E_NOT_FOUND')
      return found
    },
    ping: async () => 1.23,
    messages: {
      async send(message: Omit<NodeMessage, 'sentAtMs'>) {
        if (message.to.name === 'Nobody') throw failure('E_NOT_FOUND')
        if (message.to.name === 'Far') throw failure('E_UNREACHABLE')
        sent.push(message)
        return message.to.name === 'Away' ? 'kept' : 'delivered'
      },
      awake: async () => {},
    },
    desk: {
      known: () => [
        { node: watch.node, name: 'Night Watch', addresses: [], firstSeenMs: 0, lastSeenMs: 0, failures: 2 },
      ],
      stats: () => ({
        links: 1,
        relayed: 0,
        requests: 0,
        relayedBytes: 0,
        dhtNodes: 3,
        knownPeers: 1,
        bans: 0,
        topics: [],
      }),
      broadcast: async (text: string) => void said.push(text),
      onBroadcast: (listener: typeof hearBroadcast) => {
        hearBroadcast = listener
        return () => {}
      },
      dht: {
        put: async (person: string, key: string, text: string) => {
          values.set(`${person} ${key}`, text)
          return { key: `owner/p/${person}/${key}`, nodes: 2 }
        },
        get: async (person: string, key: string) => {
          const value = values.get(`${person} ${key}`)
          return value === undefined ? undefined : { key, value, seq: 1 }
        },
      },
    },
  } as unknown as TerminalNetwork
  return { network, sent, said, hear: (text: string) => hearBroadcast({ name: 'Hub', text }) }
}

test('N23 tell NAME@NODE goes to that node, and says what became of it', async () => {
  const { network, sent } = fakeNetwork()
  const mira = await createStage({ network }).open('Mira')
  expect(await mira.type('tell "Ada Grey@Night Watch" the lamp is lit')).toBe(
    'You tell Ada Grey on Night Watch: “the lamp is lit”',
  )
  expect(sent[0]).toMatchObject({ from: { name: 'Mira' }, to: { name: 'Ada Grey' }, text: 'the lamp is lit' })
  expect(await mira.type('tell "Away@Night Watch" later')).toContain('is away; your words wait')
  expect(await mira.ack('tell "Nobody@Night Watch" hm')).toMatchObject({ code: 'no_such_person' })
  expect(await mira.ack('tell "Far@Night Watch" hm')).toMatchObject({ code: 'node_unreachable' })
  expect(await mira.ack('tell Ada@Nowhere hm')).toMatchObject({ code: 'no_such_node' })
  expect(await mira.ack('tell Ada@Twins hm')).toMatchObject({ code: 'several_nodes' })
})

test('N23 a node that is by itself says so', async () => {
  const mira = await createStage().open('Mira')
  expect(await mira.ack('tell Ada@Night hm')).toMatchObject({ code: 'no_such_node' })
  expect(await mira.type('known')).toBe('This node is by itself: it has joined no network.')
})

test('N24 words on the DHT are the person’s own', async () => {
  const { network } = fakeNetwork()
  const stage = createStage({ network })
  const [mira, ada] = [await stage.open('Mira'), await stage.open('Ada')]
  expect(await mira.type('dht put motto light for all')).toContain('Kept by 2 other nodes')
  expect(await mira.type('dht get motto')).toBe('light for all')
  expect(await ada.type('dht get motto')).toBe('Nothing stands under that word.')
  expect(await ada.ack('dht republish')).toMatchObject({ code: 'forbidden' })
  expect(await ada.type('dht')).toContain('dht put WORD TEXT')
})

test('N22 nodes, ping, known and stats say what is there', async () => {
  const { network } = fakeNetwork()
  const about = { name: 'Here', role: 'local', version: '1', startedAtMs: 0 }
  const mira = await createStage({ network, node: about }).open('Mira')
  expect(await mira.type('nodes')).toContain('Night Watch (trusted, …00000000): known, not linked, 2 people awake')
  expect(await mira.type('ping Night Watch')).toBe('Night Watch answers in 1.2 ms.')
  expect(await mira.type('known')).toMatch(/Night Watch .* 2 tries in vain/)
  expect(await mira.type('stats')).toContain('Links: 1')
})

test('N27 a word to all nodes is for admins to say and for everybody to hear', async () => {
  const { network, said, hear } = fakeNetwork()
  const stage = createStage({ network })
  const mira = await stage.open('Mira')
  expect(await mira.ack('broadcast hello')).toMatchObject({ code: 'forbidden' })
  const admin = await stage.open('Root', 'en', ['admin'])
  await admin.ack('broadcast the lighthouse restarts')
  expect(said).toEqual(['the lighthouse restarts'])
  hear('the lighthouse restarts')
  expect(mira.seen()).toContain('[Hub] the lighthouse restarts')
})
