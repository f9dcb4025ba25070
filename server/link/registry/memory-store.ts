/** The registry's tables in memory, by a clock that is handed in: for tests and the simulator. They keep the same promises as those in the database. */
import type { Invite, InviteStore, KnownPeer, NodeRecord, NodeStore, PeerStore } from './types.ts'

type Row = NodeRecord & { readonly seq: number; readonly changedAtMs: number }

export function memoryNodeStore(now: () => number): NodeStore {
  const rows = new Map<string, Row>()
  const isAlive = (row: Row) => row.leftAtMs === undefined && row.expiresAtMs > now()
  const alive = () => [...rows.values()].filter(isAlive).sort((a, b) => (a.node < b.node ? -1 : 1))
  const leave = (row: Row, leftReason: string): Row => {
    const left: Row = { ...row, leftAtMs: now(), leftReason, changedAtMs: now() }
    rows.set(row.node, left)
    return left
  }

  return {
    async admit(node, ttlMs) {
      const atMs = now()
      const row: Row = {
        ...node,
        seq: 0,
        admittedAtMs: atMs,
        renewedAtMs: atMs,
        expiresAtMs: atMs + ttlMs,
        changedAtMs: atMs,
      }
      rows.set(node.node, row)
      return row
    },
    async renew(renewals, ttlMs) {
      const renewed = new Map<string, { readonly proven?: NodeRecord['proven']; readonly expiresAtMs: number }>()
      for (const { node, leaseId, seq, load, addresses, manifest } of renewals) {
        const row = rows.get(node)
        if (!row || row.leaseId !== leaseId || !isAlive(row)) continue
        const next: Row = {
          ...row,
          ...(load && { load }),
          ...(addresses && { addresses }),
          ...(manifest && { manifest }),
          seq: Math.max(row.seq, seq),
          renewedAtMs: now(),
          expiresAtMs: now() + ttlMs,
        }
        rows.set(node, next)
        renewed.set(node, { ...(next.proven && { proven: next.proven }), expiresAtMs: next.expiresAtMs })
      }
      return renewed
    },
    async leave(node, leaseId, reason) {
      const row = rows.get(node)
      if (!row || row.leaseId !== leaseId || row.leftAtMs !== undefined) return false
      leave(row, reason)
      return true
    },
    async prove(node, proven) {
      const row = rows.get(node)
      if (row) rows.set(node, { ...row, proven, changedAtMs: now() })
    },
    expire: async () =>
      [...rows.values()]
        .filter((row) => row.leftAtMs === undefined && row.expiresAtMs <= now())
        .map((row) => leave(row, 'lease')),
    get: async (node) => rows.get(node),
    async alive({ after = '', limit = 1_000, role } = {}) {
      return alive()
        .filter((row) => row.node > after && (role === undefined || row.role === role))
        .slice(0, limit)
    },
    aliveOf: async (owner) => [...rows.values()].filter((row) => row.owner === owner && isAlive(row)).length,
    named: async (name, limit) =>
      alive()
        .filter((row) => row.name.toLowerCase() === name.toLowerCase())
        .slice(0, limit),
    async changes(sinceMs) {
      const nodes = [...rows.values()]
        .filter(({ changedAtMs }) => changedAtMs > sinceMs)
        .sort((a, b) => a.changedAtMs - b.changedAtMs)
      return { nodes, untilMs: now() }
    },
  }
}

export function memoryInviteStore(): InviteStore {
  const invites = new Map<string, Invite>()
  const isGood = ({ usesLeft, expiresAtMs }: Invite, nowMs: number) => usesLeft > 0 && expiresAtMs > nowMs
  return {
    put: async (invite) => void invites.set(invite.id, invite),
    get: async (id) => invites.get(id),
    async use(id, nowMs) {
      const invite = invites.get(id)
      if (!invite || !isGood(invite, nowMs)) return false
      invites.set(id, { ...invite, usesLeft: invite.usesLeft - 1 })
      return true
    },
    list: async (nowMs) => [...invites.values()].filter((invite) => isGood(invite, nowMs)),
    remove: async (id) => void invites.delete(id),
  }
}

export function memoryPeerStore(): PeerStore {
  const peers = new Map<string, KnownPeer>()
  const newestFirst = () => [...peers.values()].sort((a, b) => b.lastSeenMs - a.lastSeenMs)
  return {
    list: async (limit) => newestFirst().slice(0, limit),
    async put(batch) {
      for (const peer of batch) peers.set(peer.node, peer)
    },
    async trim(keep) {
      for (const { node } of newestFirst().slice(keep)) peers.delete(node)
    },
  }
}
