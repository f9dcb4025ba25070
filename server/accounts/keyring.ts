/** Signing keys of access tokens: made, published ahead of use, used, and kept until the last token signed with them has expired. */
import {
  type CryptoKey,
  calculateJwkThumbprint,
  exportJWK,
  exportPKCS8,
  generateKeyPair,
  importJWK,
  importPKCS8,
  type JWK,
} from 'jose'
import type { Clock } from '../lib/clock.ts'
import { SIGNING_KEYS_MISS_RELOAD_MS, SIGNING_KEYS_RELOAD_MS } from '../limits.ts'
import type { AccountsLog } from './log.ts'
import type { Sealer } from './seal.ts'
import type { AccountOperations, SigningKeyRow } from './types.ts'

export type KeyringOptions = {
  /** A key signs for this long. */
  readonly ageMs: number
  /** A key is published for this long before it signs. */
  readonly aheadMs: number
  /** A key is published for this long after it has signed its last: the life of a token. */
  readonly keepMs: number
}

export type Keyring = {
  signer(): Promise<{ readonly kid: string; readonly key: CryptoKey }>
  verifier(kid: string): Promise<CryptoKey | undefined>
  published(): Promise<readonly JWK[]>
}

type Key = { readonly row: SigningKeyRow; readonly verify: CryptoKey; readonly sign?: CryptoKey }
type Store = Pick<AccountOperations, 'signingKeys' | 'addSigningKey' | 'dropSigningKey'>

export function createKeyring(
  { store, sealer, clock, log }: { store: Store; sealer: Sealer; clock: Clock; log: AccountsLog },
  options: KeyringOptions,
): Keyring {
  let keys: readonly Key[] = []
  let readAtMs = Number.NEGATIVE_INFINITY
  let staleAtMs = Number.NEGATIVE_INFINITY
  let reading: Promise<void> | undefined

  async function open(row: SigningKeyRow): Promise<Key> {
    const known = keys.find((key) => key.row.kid === row.kid)
    if (known) return known
    const verify = (await importJWK(row.publicJwk as JWK, 'RS256')) as CryptoKey
    const pem = sealer.open(row.privateSealed, row.kid)
    if (!pem) {
      log.warn({ kid: row.kid }, 'a signing key was sealed under another secret: it verifies, but does not sign here')
      return { row, verify }
    }
    return { row, verify, sign: await importPKCS8(pem.toString(), 'RS256') }
  }

  async function read(): Promise<void> {
    const nowMs = clock.now()
    const plan = planOf(await Promise.all((await store.signingKeys()).map(open)), nowMs, options)
    if (plan.make) {
      const made = await makeKey(plan.make.order, plan.make.activeFromMs, nowMs, sealer)
      // Losing this race is fine: another process made the key of this place, and it is read below.
      if (await store.addSigningKey(made))
        log.info({ kid: made.kid, activeFromMs: made.activeFromMs }, 'signing key made')
    }
    for (const { row } of plan.drop) await store.dropSigningKey(row.kid)
    const rows =
      plan.make || plan.drop.length > 0 ? await Promise.all((await store.signingKeys()).map(open)) : plan.keep
    keys = rows
    readAtMs = nowMs
    const changes = rows.map(({ row }) => row.activeFromMs).filter((atMs) => atMs > nowMs)
    staleAtMs = Math.min(nowMs + SIGNING_KEYS_RELOAD_MS, ...changes)
  }

  async function fresh(): Promise<void> {
    if (clock.now() < staleAtMs) return
    reading ??= read().finally(() => {
      reading = undefined
    })
    await reading
  }

  return {
    async signer() {
      await fresh()
      const key = signerAmong(keys, clock.now())
      if (!key) {
        staleAtMs = Number.NEGATIVE_INFINITY
        throw new Error('there is no key to sign with')
      }
      return { kid: key.row.kid, key: key.sign! }
    },
    async verifier(kid) {
      await fresh()
      const found = () => keys.find(({ row }) => row.kid === kid)?.verify
      if (!found() && clock.now() - readAtMs >= SIGNING_KEYS_MISS_RELOAD_MS) {
        staleAtMs = Number.NEGATIVE_INFINITY
        await fresh()
      }
      return found()
    },
    async published() {
      await fresh()
      return keys.map(({ row }) => ({ ...(row.publicJwk as JWK), kid: row.kid, alg: 'RS256', use: 'sig' }))
    },
  }
}

/** The newest of those in use that this process can sign with. */
const signerAmong = (keys: readonly Key[], nowMs: number): Key | undefined =>
  keys.findLast(({ row, sign }) => sign !== undefined && row.activeFromMs <= nowMs)

type Plan = {
  readonly keep: readonly Key[]
  readonly drop: readonly Key[]
  readonly make?: { order: number; activeFromMs: number }
}

/** What is to be done with the keys there are: which to make, which to forget. */
function planOf(keys: readonly Key[], nowMs: number, { ageMs, aheadMs, keepMs }: KeyringOptions): Plan {
  const isSpent = (index: number) => {
    const next = keys[index + 1]
    return next !== undefined && next.row.activeFromMs + keepMs <= nowMs
  }
  const keep = keys.filter((_, index) => !isSpent(index))
  const drop = keys.filter((_, index) => isSpent(index))
  const order = (keys.at(-1)?.row.order ?? 0) + 1
  const signer = signerAmong(keep, nowMs)
  if (!signer) return { keep, drop, make: { order, activeFromMs: nowMs } }
  const hasNext = keep.some(({ row, sign }) => sign !== undefined && row.order > signer.row.order)
  const dueMs = signer.row.activeFromMs + ageMs
  if (hasNext || nowMs < dueMs - aheadMs) return { keep, drop }
  return { keep, drop, make: { order, activeFromMs: Math.max(dueMs, nowMs + aheadMs) } }
}

async function makeKey(
  order: number,
  activeFromMs: number,
  createdAtMs: number,
  sealer: Sealer,
): Promise<SigningKeyRow> {
  const pair = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true })
  const publicJwk = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(publicJwk)
  const privateSealed = sealer.seal(Buffer.from(await exportPKCS8(pair.privateKey)), kid)
  return { kid, order, publicJwk: publicJwk as Record<string, unknown>, privateSealed, createdAtMs, activeFromMs }
}
