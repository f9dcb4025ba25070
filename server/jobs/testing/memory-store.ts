/** Jobs kept in memory, as bytes, so that nothing is shared with whoever saved it: for networks of many nodes in one process. */
import { decode, encode } from '@ipld/dag-cbor'
import type { JobRecord, JobStore, Outcomes, Receipt, Standing, TabRecord, WorkRecord } from '../types.ts'

export type MemoryStore = JobStore & {
  readonly standings: ReadonlyMap<string, Standing>
  readonly works: () => readonly WorkRecord[]
}

const clean = (value: object): Uint8Array =>
  encode(Object.fromEntries(Object.entries(value).filter(([key, one]) => one !== undefined && key !== 'result')))

export function createMemoryStore(): MemoryStore {
  const jobs = new Map<string, Uint8Array>()
  const works = new Map<string, Uint8Array>()
  const standings = new Map<string, Standing>()
  const tabs = new Map<string, TabRecord>()
  const receipts = new Map<string, Receipt>()
  const all = () => [...jobs.values()].map((bytes) => decode<JobRecord>(bytes))
  const allWork = () => [...works.values()].map((bytes) => decode<WorkRecord>(bytes))
  return {
    standings,
    works: allWork,
    async create(job) {
      if (jobs.has(job.id)) return false
      jobs.set(job.id, clean(job))
      return true
    },
    async save(job, paid = []) {
      jobs.set(job.id, clean(job))
      for (const receipt of paid) receipts.set(receipt.id, receipts.get(receipt.id) ?? receipt)
    },
    async savePiece() {},
    async get(id) {
      const bytes = jobs.get(id)
      return bytes && decode<JobRecord>(bytes)
    },
    list: async (asker, limit) =>
      all()
        .filter((job) => job.asker === asker)
        .slice(0, limit),
    open: async () => all().filter((job) => ['queued', 'running'].includes(job.status) || job.unsettled),
    async saveWork(work) {
      works.set(work.work, clean(work))
    },
    async work(id) {
      const bytes = works.get(id)
      return bytes && decode<WorkRecord>(bytes)
    },
    openWork: async () => allWork().filter(({ status }) => status === 'agreed' || status === 'committed'),
    openTab: async (tab) => void tabs.set(tab.id, tab),
    openTabs: async () => [...tabs.values()],
    closeTab: async (id) => void tabs.delete(id),
    addReceipt: async (receipt) => void receipts.set(receipt.id, receipts.get(receipt.id) ?? receipt),
    hasReceipt: async (id) => receipts.has(id),
    receipts: async (tab) => [...receipts.values()].filter((one) => one.tab === tab),
    earnings: async () => ({ rows: [], totalMicro: 0n, recent: [] }),
    standing: async (owner, kind) => standings.get(`${owner}/${kind}`) ?? { passed: 0, failed: 0, provenMicro: 0 },
    async addOutcomes(outcomes: readonly Outcomes[]) {
      for (const { owner, kind, outcome, valueMicro } of outcomes) {
        const { passed, failed, provenMicro } = standings.get(`${owner}/${kind}`) ?? {
          passed: 0,
          failed: 0,
          provenMicro: 0,
        }
        standings.set(`${owner}/${kind}`, {
          passed: outcome === 'wrong' ? 0 : outcome === 'confirmed' ? passed + 1 : passed,
          failed: failed + (outcome === 'wrong' ? 1 : 0),
          provenMicro: provenMicro + (outcome === 'confirmed' ? Number(valueMicro) : 0),
        })
      }
    },
  }
}
