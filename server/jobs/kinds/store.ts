/** Keeps a replica of a bundle and is paid by the audit: each asks for random chunks under a fresh nonce (Juels and Kaliski, PORs, CCS 2007). */
import { randomInt } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { STORE_AUDIT_CHUNKS, STORE_AUDIT_EVERY_MS, STORE_AUDITS_MAX } from '../../limits.ts'
import type { CheckServices, Done, WorkServices } from './kind.ts'
import { kind } from './kind.ts'
import { WorkerFailed } from './script.ts'

const input = z.strictObject({
  cid: z.string().min(10).max(128),
  /** How often it is looked at, each as much a share of the price. */
  audits: z.number().int().min(1).max(STORE_AUDITS_MAX).default(10),
  everyMs: z.number().int().min(10).max(86_400_000).default(STORE_AUDIT_EVERY_MS),
})
type Input = z.output<typeof input>

/** Fuel of one audit. */
const AUDIT_FUEL = 100_000

export const store = kind<Input>({
  name: 'store',
  input,
  verification: 'kind',
  parts: (of, stage) => (stage === 0 ? [of] : []),
  fuelOf: (part) => (part as Input).audits * AUDIT_FUEL,
  async perform(part, { bundles, signal, buyer }: WorkServices): Promise<Done> {
    const { cid, audits } = part as Input
    if (!bundles) throw new WorkerFailed('this node keeps no bundles')
    const bytes =
      (await bundles.get(cid)) ?? (await bundles.pull(cid, [buyer], { signal, pin: pinOf(cid), owner: 'jobs' }))
    await bundles.pin(cid, pinOf(cid))
    return { outcome: { ok: true, value: { cid, bytes: bytes.length } }, fuel: audits * AUDIT_FUEL }
  },
  check: audit,
  async release(part, { bundles }) {
    await bundles?.unpin((part as Input).cid, pinOf((part as Input).cid))
  },
  join: (_input, [result]) => result!,
})

const pinOf = (cid: string) => `store:${cid}`

/** The share of audits that were passed. What does not answer in time has not passed. */
async function audit(part: unknown, { bundles, node, isSelf, signal, progress }: CheckServices): Promise<number> {
  const { cid, audits, everyMs } = part as Input
  const info = await bundles?.info(cid)
  if (!bundles || !info) return 0
  let passed = 0
  for (let n = 0; n < audits; n++) {
    if (n > 0) await sleep(everyMs, undefined, { signal, ref: false })
    const indices = Array.from({ length: Math.min(STORE_AUDIT_CHUNKS, info.chunks) }, () => randomInt(info.chunks))
    const held = isSelf ? bundles.has(cid) : bundles.audit(cid, node, [...new Set(indices)])
    if (await held.catch(() => false)) passed++
    progress((n + 1) / audits)
  }
  return passed / audits
}
