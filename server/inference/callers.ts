/** API keys: made, listed, revoked, and recognised at the door without asking the database each time. */
import { createHash, randomBytes } from 'node:crypto'
import { newId } from '../lib/ids.ts'
import { INFER_KEY_CACHE_MAX, INFER_KEY_CACHE_MS, INFER_KEYS_MAX, INFER_RECEIPTS_SHOWN } from '../limits.ts'
import type { PlayerId } from '../protocol/ids.ts'
import { InferError } from './errors.ts'
import type { ApiKey, InferenceStore } from './store.ts'
import type { Caller, CallerLimits, Callers, Keys, KeyView, Scope } from './types.ts'
import type { UsageBook } from './usage.ts'

const PREFIX = 'ak_'
const SECRET_BYTES = 32
const SCOPES: readonly Scope[] = ['chat', 'embed', 'models']
const USAGE_LINES = 200

type Parts = {
  readonly store: InferenceStore
  readonly usage: UsageBook
  readonly now: () => number
  /** Whether this person may act at all: no ban is on them. */
  readonly mayAct: (player: PlayerId) => Promise<boolean>
}
type Known = {
  readonly caller: Caller
  readonly player: PlayerId
  readonly untilMs: number
  readonly expiresAtMs?: number
}

export const isApiKey = (token: string): boolean => token.startsWith(PREFIX)
const hashOf = (secret: string) => createHash('sha256').update(secret).digest('hex')
const tenantOf = (player: PlayerId) => `player:${player}`

export function createCallers({ store, usage, now, mayAct }: Parts): Callers & Keys {
  const known = new Map<string, Known>()

  function recall(name: string): Caller | undefined {
    const entry = known.get(name)
    if (!entry || entry.untilMs <= now()) return undefined
    if (entry.expiresAtMs !== undefined && entry.expiresAtMs <= now()) throw wrongKey()
    return entry.caller
  }
  function learn(name: string, player: PlayerId, caller: Caller, expiresAtMs?: number): Caller {
    if (known.size >= INFER_KEY_CACHE_MAX) known.delete(known.keys().next().value!)
    known.delete(name)
    known.set(name, {
      caller,
      player,
      untilMs: now() + INFER_KEY_CACHE_MS,
      ...(expiresAtMs !== undefined && { expiresAtMs }),
    })
    return caller
  }

  async function readKey(hash: string): Promise<Caller> {
    const key = await store.keyByHash(hash)
    if (key) usage.mark(key.id)
    if (!key || key.revokedAtMs !== undefined || (key.expiresAtMs !== undefined && key.expiresAtMs <= now()))
      throw wrongKey()
    if (!(await mayAct(key.playerId))) throw new InferError('forbidden', 'The owner of this key is banned.')
    const minor = key.personalOnly || (await store.isMinor(key.playerId))
    return learn(hash, key.playerId, callerOf(key, minor), key.expiresAtMs)
  }

  function callerOf(key: ApiKey, minor: boolean): Caller {
    return {
      scopes: key.scopes,
      principal: {
        tenant: tenantOf(key.playerId),
        playerId: key.playerId,
        keyId: key.id,
        ...(minor && { minor }),
        ...(key.models.length > 0 && { models: key.models }),
        limits: limitsOf(key),
      },
    }
  }

  function limitsOf(key: ApiKey): CallerLimits {
    const { budgetMicro, budgetTokens } = key
    return {
      ...(key.requestsPerMinute !== undefined && { requestsPerMinute: key.requestsPerMinute }),
      ...(key.tokensPerMinute !== undefined && { tokensPerMinute: key.tokensPerMinute }),
      ...(key.concurrency !== undefined && { concurrency: key.concurrency }),
      ...(budgetMicro !== undefined && { leftMicro: () => budgetMicro - key.spentMicro - usage.since(key.id).micro }),
      ...(budgetTokens !== undefined && {
        leftTokens: () => budgetTokens - key.spentTokens - usage.since(key.id).tokens,
      }),
    }
  }

  async function readPerson(player: PlayerId): Promise<Caller> {
    const minor = await store.isMinor(player)
    return learn(player, player, {
      scopes: SCOPES,
      principal: { tenant: tenantOf(player), playerId: player, ...(minor && { minor }) },
    })
  }

  function forget(player: PlayerId): void {
    for (const [name, entry] of known) if (entry.player === player) known.delete(name)
  }

  return {
    ofKey(secret) {
      const hash = hashOf(secret)
      return recall(hash) ?? readKey(hash)
    },
    ofPerson: (player) => recall(player) ?? readPerson(player),
    forget,

    async create(playerId, { models = [], scopes = SCOPES, personalOnly = false, ...wanted }) {
      const standing = (await store.keysOf(playerId)).filter(({ revokedAtMs }) => revokedAtMs === undefined)
      if (standing.length >= INFER_KEYS_MAX)
        throw new InferError('forbidden', `You have ${INFER_KEYS_MAX} keys already. Revoke one that you do not use.`)
      const secret = PREFIX + randomBytes(SECRET_BYTES).toString('base64url')
      const key: ApiKey = {
        ...wanted,
        id: newId('key', now()),
        playerId,
        hash: hashOf(secret),
        hint: secret.slice(0, 8),
        scopes,
        models,
        personalOnly,
        createdAtMs: now(),
        spentMicro: 0n,
        spentTokens: 0,
      }
      await store.addKey(key)
      return { key: viewOf(key), secret }
    },
    list: async (player) => (await store.keysOf(player)).map(viewOf),
    async revoke(player, id) {
      const revoked = await store.revokeKey(player, id, now())
      forget(player)
      return revoked
    },
    receipts: async (player) =>
      (await store.receiptsOf(tenantOf(player), INFER_RECEIPTS_SHOWN)).map(({ tenant: _, ...row }) => row),
    usage: async (player) => {
      await usage.flush()
      return (await store.usageOf(tenantOf(player), USAGE_LINES)).map(({ tenant: _, ...row }) => row)
    },
    isMinor: (player) => store.isMinor(player),
    async setMinor(player, minor) {
      await store.setMinor(player, minor, now())
      forget(player)
    },
  }
}

const viewOf = ({ playerId: _, hash: __, ...view }: ApiKey): KeyView => view

const wrongKey = () =>
  new InferError(
    'unauthorized',
    'This API key is unknown, revoked or expired. Make one with "academy key new", or on the page of your account.',
  )
