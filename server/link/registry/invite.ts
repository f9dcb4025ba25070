/** Invitations: a short text that carries where the hub is and a secret, which itself never crosses a wire. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { newId } from '../../lib/ids.ts'
import { INVITE_TTL_MS } from '../../limits.ts'
import type { NodeId, NodeRole } from '../types.ts'
import type { Invite } from './types.ts'

/** What an invitation code holds. */
export type InviteCode = {
  readonly id: string
  readonly secret: Uint8Array
  readonly hub: NodeId
  readonly addresses: readonly string[]
}

const PREFIX = 'academy-'
const shape = z.tuple([z.string(), z.string(), z.string(), z.array(z.string().max(300)).max(8)])

const keyOf = (secret: Uint8Array) => new Uint8Array(createHash('sha256').update(secret).digest())

export function makeInvite(
  hub: { readonly node: NodeId; readonly addresses: readonly string[] },
  terms: { readonly role: NodeRole; readonly uses: number; readonly nowMs: number; readonly ttlMs?: number },
): { readonly invite: Invite; readonly code: string } {
  const secret = new Uint8Array(randomBytes(16))
  const id = newId('invite', terms.nowMs)
  const invite: Invite = {
    id,
    keyHash: keyOf(secret),
    role: terms.role,
    usesLeft: terms.uses,
    createdAtMs: terms.nowMs,
    expiresAtMs: terms.nowMs + (terms.ttlMs ?? INVITE_TTL_MS),
  }
  const content = [id, Buffer.from(secret).toString('base64url'), hub.node, hub.addresses.slice(0, 8)]
  return { invite, code: `${PREFIX}${Buffer.from(JSON.stringify(content)).toString('base64url')}` }
}

/** Undefined for what is no invitation. */
export function readInvite(code: string): InviteCode | undefined {
  try {
    if (!code.startsWith(PREFIX)) return undefined
    const text = Buffer.from(code.slice(PREFIX.length), 'base64url').toString('utf8')
    const [id, secret, hub, addresses] = shape.parse(JSON.parse(text))
    return { id, secret: new Uint8Array(Buffer.from(secret, 'base64url')), hub, addresses }
  } catch {
    return undefined
  }
}

/** The holder's proof, bound to this hub, this challenge and this node. */
export const inviteMac = (keyHash: Uint8Array, nonceS: Uint8Array, node: NodeId): Uint8Array =>
  new Uint8Array(createHmac('sha256', keyHash).update(nonceS).update(node).digest())

export const inviteProof = ({ id, secret }: InviteCode, nonceS: Uint8Array, node: NodeId) => ({
  id,
  mac: inviteMac(keyOf(secret), nonceS, node),
})

export const isProofOf = (invite: Invite, mac: Uint8Array, nonceS: Uint8Array, node: NodeId): boolean =>
  timingSafeEqual(inviteMac(invite.keyHash, nonceS, node), mac)
