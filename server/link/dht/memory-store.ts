/** What this node put on the DHT, in memory: for tests and for nodes without a database. */
import type { DhtOwnRecord, DhtRecordStore } from '../types.ts'

export function memoryRecordStore(): DhtRecordStore {
  const records = new Map<string, DhtOwnRecord>()
  return {
    get: async (name) => records.get(name),
    list: async () => [...records.values()],
    put: async (record) => void records.set(record.name, record),
  }
}
