import { type Client, ClientState } from '@colyseus/core'
import { Encoder, Reflection, StateView } from '@colyseus/schema'
import { describe, expect, test, vi } from 'vitest'
import { BagState, CharacterState, ItemState, ZoneRoomState } from '../protocol/state.ts'
import { CopyingSerializer } from './serializer.ts'

type Frames = {
  readonly client: Client & { view?: StateView }
  readonly sent: Uint8Array[]
  readonly asSent: Uint8Array[]
}

/** A client whose socket sends nothing for now: it keeps what it was handed, as the kernel would not. */
function slowClient(view?: StateView): Frames {
  const sent: Uint8Array[] = []
  const asSent: Uint8Array[] = []
  const raw = (bytes: Uint8Array) => {
    sent.push(bytes)
    asSent.push(bytes.slice())
  }
  return { client: { state: ClientState.JOINED, raw, view } as never, sent, asSent }
}

function crowd(count: number): ZoneRoomState {
  const state = new ZoneRoomState({ zone: 'harbor', nameEn: 'Harbor', nameRu: 'Гавань' })
  for (let i = 0; i < count; i++) {
    const id = `player_${i}`
    state.characters.set(
      id,
      new CharacterState({ name: `Somebody ${i}`, kind: 'player', place: 'harbor:dock', x: i, y: 0, glyph: '@' }),
    )
    const bag = new BagState()
    bag.items.set(
      `item_${i}`,
      new ItemState({ thing: 'harbor:oil', nameEn: 'oil', nameRu: 'масло', glyph: '!', place: '' }),
    )
    state.bags.set(id, bag)
  }
  return state
}

const move = (state: ZoneRoomState, round: number) =>
  state.characters.forEach((character, id) => void (character.y = (round * 7 + id.length) % 1000))

/** What a client has after decoding these frames, the first of which is a full state. */
function decoded(frames: readonly Uint8Array[]) {
  const decoder = Reflection.decode<ZoneRoomState>(Reflection.encode(new Encoder(new ZoneRoomState())))
  for (const frame of frames) decoder.decode(frame, { offset: 1 })
  return JSON.parse(JSON.stringify(decoder.state))
}

describe.each([1, 200, 1500])('serializer with %i people', (count) => {
  test("what a slow client was handed is never written to again, and decodes to exactly the server's state", () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const state = crowd(count)
    const serializer = new CopyingSerializer<ZoneRoomState>()
    serializer.reset(state)
    const view = new StateView()
    view.add(state.bags.get('player_0')!)
    const other = new StateView()
    other.add(state.bags.get(`player_${count - 1}`)!)
    const clients = [slowClient(view), slowClient(other), slowClient()]
    for (const { client } of clients) client.raw(serializer.getFullState(client))
    for (let round = 0; round < 20; round++) {
      move(state, round)
      if (round === 10) state.characters.delete('player_0')
      serializer.applyPatches(clients.map(({ client }) => client))
    }
    for (const { sent, asSent } of clients) expect(sent).toEqual(asSent)
    const { characters, bags } = JSON.parse(JSON.stringify(state))
    expect(decoded(clients[0]!.sent)).toMatchObject({ characters, bags: { player_0: bags.player_0 } })
    expect(decoded(clients[1]!.sent).bags).toEqual({ [`player_${count - 1}`]: bags[`player_${count - 1}`] })
    const unseen = decoded(clients[2]!.sent)
    expect(unseen.characters).toEqual(characters)
    expect(unseen.bags ?? {}).toEqual({})
    vi.restoreAllMocks()
  })

  test('a client held back gets no patches, and a full state puts it right', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => {})
    const state = crowd(count)
    const serializer = new CopyingSerializer<ZoneRoomState>()
    serializer.reset(state)
    const { client, sent } = slowClient(new StateView())
    client.raw(serializer.getFullState(client))
    serializer.skipped.add(client)
    move(state, 1)
    serializer.applyPatches([client])
    expect(sent).toHaveLength(1)
    serializer.skipped.delete(client)
    client.raw(serializer.getFullState(client))
    expect(decoded(sent).characters).toEqual(JSON.parse(JSON.stringify(state)).characters)
    vi.restoreAllMocks()
  })
})
