/** Messages that wait, in memory: for tests and the simulator. */
import { INBOX_GIVEN_KEPT_MAX, INBOX_GIVEN_KEPT_MS } from '../../limits.ts'
import type { HeldMessage, InboxStore } from '../types.ts'

export function memoryInboxStore(): InboxStore {
  const held = new Map<string, HeldMessage>()
  /** Until when each is known. */
  const given = new Map<string, number>()
  const of = (where: HeldMessage['where'], node: string, recipient?: string) =>
    [...held.values()].filter(
      (each) =>
        each.where === where && each.node === node && (recipient === undefined || each.recipient === recipient),
    )
  return {
    async put(message, { perRecipient, perNode }) {
      const { id, where, node, recipient } = message
      if (held.has(id) || given.has(id)) return true
      if (of(where, node, recipient).length >= perRecipient || of(where, node).length >= perNode) return false
      held.set(id, message)
      return true
    },
    state: async (id) => (given.has(id) ? 'given' : held.has(id) ? 'waiting' : undefined),
    list: async (where, node, recipient, limit) => of(where, node, recipient).slice(0, limit),
    async waiting(node, limit) {
      const first = new Map<string, HeldMessage>()
      for (const each of of('here', node)) if (!first.has(each.recipient)) first.set(each.recipient, each)
      return [...first.values()].slice(0, limit)
    },
    async given(ids, nowMs) {
      for (const id of ids) {
        held.delete(id)
        given.set(id, nowMs + INBOX_GIVEN_KEPT_MS)
        if (given.size > INBOX_GIVEN_KEPT_MAX) given.delete(given.keys().next().value!)
      }
    },
    async remove(ids) {
      for (const id of ids) held.delete(id)
    },
    async expire(nowMs) {
      const over = [...held.values()].filter(({ expiresAtMs }) => expiresAtMs <= nowMs)
      for (const { id } of over) held.delete(id)
      for (const [id, untilMs] of given) if (untilMs <= nowMs) given.delete(id)
      return over.length
    },
  }
}
