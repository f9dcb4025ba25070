/** The DHT as people use it: texts under words of their own, which nobody else on the node can write. */
import { DHT_NODE_VALUES_MAX, DHT_PERSON_VALUES_MAX, DHT_TEXT_MAX_CHARS } from '../../limits.ts'
import { WireError } from '../errors.ts'
import type { Dht, DhtDesk, DhtRecordStore, OwnerId } from '../types.ts'

const WHOLE_KEY = /^([0-9a-f]{64})\/(.+)$/

export function createDhtDesk(dht: Dht, store: DhtRecordStore, owner: OwnerId): DhtDesk {
  const nameOf = (person: string, word: string) => `p/${person}/${word}`

  async function hasRoom(person: string, name: string): Promise<void> {
    const all = (await store.list()).map((each) => each.name)
    if (all.includes(name)) return
    const own = all.filter((each) => each.startsWith(nameOf(person, ''))).length
    if (own >= DHT_PERSON_VALUES_MAX || all.length >= DHT_NODE_VALUES_MAX)
      throw new WireError('E_LIMITED', `At most ${DHT_PERSON_VALUES_MAX} values; put one of those again instead.`)
  }

  return {
    async put(person, word, text) {
      if (text.length > DHT_TEXT_MAX_CHARS)
        throw new WireError('E_TOO_LARGE', `A value has at most ${DHT_TEXT_MAX_CHARS} characters.`)
      const name = nameOf(person, word)
      await hasRoom(person, name)
      const { nodes } = await dht.put(name, new TextEncoder().encode(text))
      return { key: `${owner}/${name}`, nodes }
    },
    async get(person, key) {
      const [, whose = owner, name = nameOf(person, key)] = WHOLE_KEY.exec(key) ?? []
      const found = await dht.get(name, whose)
      return found && { key: `${whose}/${name}`, value: new TextDecoder().decode(found.value), seq: found.seq }
    },
    find: dht.findNode,
    provide: dht.provide,
    providers: async (key) => (await dht.findProviders(key)).map(({ node }) => node),
    republish: dht.republish,
  }
}
