/** An `AccountStore` in memory, for tests: one transaction at a time, taken back whole when it fails. */
import type {
  AccountOperations,
  AccountStore,
  AuditRow,
  BlockRow,
  PersonChange,
  PersonRow,
  RefreshRow,
  ReportRow,
  SanctionRow,
  SessionRow,
  SigningKeyRow,
} from '../types.ts'

type State = {
  people: Map<string, PersonRow>
  hashes: Map<string, string>
  sessions: Map<string, SessionRow>
  tokens: Map<string, RefreshRow>
  keys: SigningKeyRow[]
  audit: AuditRow[]
  sanctions: SanctionRow[]
  blocks: BlockRow[]
  reports: ReportRow[]
}

const empty = (): State => ({
  people: new Map(),
  hashes: new Map(),
  sessions: new Map(),
  tokens: new Map(),
  keys: [],
  audit: [],
  sanctions: [],
  blocks: [],
  reports: [],
})

export function createMemoryAccountStore(): AccountStore & { readonly audit: AuditRow[] } {
  let state = empty()
  const operations = operationsOn(() => state)
  let last: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const next = last.then(work)
    last = next.catch(() => {})
    return next
  }
  const alone = Object.fromEntries(
    Object.entries(operations).map(([name, operation]) => [
      name,
      (...args: never[]) => inTurn(() => (operation as (...args: never[]) => Promise<unknown>)(...args)),
    ]),
  ) as AccountOperations
  return {
    ...alone,
    atomically: (work) =>
      inTurn(async () => {
        const before = structuredClone(state)
        try {
          return await work(operations)
        } catch (error) {
          state = before
          throw error
        }
      }),
    get audit() {
      return state.audit
    },
  }
}

function operationsOn(state: () => State): AccountOperations {
  const holder = (nameKey: string) => [...state().people.values()].find((person) => person.nameKey === nameKey)
  const change = (id: string, changed: PersonChange): PersonRow | undefined => {
    const before = state().people.get(id)
    if (!before) return undefined
    const taken = changed.nameKey === undefined ? undefined : holder(changed.nameKey)
    if (taken && taken.id !== id) throw Object.assign(new Error('the name is taken'), { code: 'name_taken' })
    const after = { ...before, ...changed }
    state().people.set(id, after)
    return after
  }
  const isInForce = (row: SanctionRow, nowMs: number) =>
    row.liftedAtMs === undefined && (row.untilMs === undefined || row.untilMs > nowMs)

  return {
    async addPerson(person) {
      if (state().people.has(person.id) || holder(person.nameKey)) return false
      state().people.set(person.id, person)
      return true
    },
    person: async (id) => state().people.get(id),
    personByKey: async (nameKey) => holder(nameKey),
    changePerson: async (id, changed) => change(id, changed),
    async upgradeGuest(id, changed, passwordHash) {
      if (!state().people.get(id)?.guest) return undefined
      const row = change(id, { ...changed, guest: false })
      state().hashes.set(id, passwordHash)
      return row
    },
    passwordHash: async (id) => state().hashes.get(id),
    async setPasswordHash(id, passwordHash) {
      state().hashes.set(id, passwordHash)
    },

    async addSession(session, token) {
      state().sessions.set(session.id, session)
      state().tokens.set(token.tokenHash, token)
    },
    session: async (id) => state().sessions.get(id),
    knowsNetwork: async (id, network, sinceMs) =>
      [...state().sessions.values()].some(
        (session) => session.playerId === id && session.network === network && session.createdAtMs >= sinceMs,
      ),
    async revokeSession(id, reason, atMs) {
      const session = state().sessions.get(id)
      if (!session || session.revokedAtMs !== undefined) return false
      state().sessions.set(id, { ...session, revokedAtMs: atMs, reason })
      return true
    },
    async revokeSessionsOf(player, reason, atMs, except) {
      const open = [...state().sessions.values()].filter(
        ({ id, playerId, revokedAtMs }) => playerId === player && revokedAtMs === undefined && id !== except,
      )
      for (const session of open) state().sessions.set(session.id, { ...session, revokedAtMs: atMs, reason })
      return open.map(({ id }) => id)
    },
    async refreshToken(tokenHash) {
      const token = state().tokens.get(tokenHash)
      const session = token && state().sessions.get(token.sessionId)
      return session && { token, session }
    },
    async spendToken(tokenHash, successor, nowMs) {
      const token = state().tokens.get(tokenHash)
      if (!token || token.usedAtMs !== undefined || token.expiresAtMs <= nowMs) return false
      if (state().sessions.get(token.sessionId)?.revokedAtMs !== undefined) return false
      state().tokens.set(tokenHash, { ...token, usedAtMs: nowMs })
      state().tokens.set(successor.tokenHash, { ...successor, sessionId: token.sessionId })
      return true
    },
    async purge(tokensBeforeMs, sessionsBeforeMs) {
      const { tokens, sessions } = state()
      for (const [hash, token] of tokens) if (token.expiresAtMs < tokensBeforeMs) tokens.delete(hash)
      const living = new Set([...tokens.values()].map(({ sessionId }) => sessionId))
      for (const [id, session] of sessions)
        if (session.createdAtMs < sessionsBeforeMs && !living.has(id)) sessions.delete(id)
    },

    signingKeys: async () => state().keys.toSorted((a, b) => a.order - b.order),
    async addSigningKey(key) {
      if (state().keys.some(({ kid, order }) => kid === key.kid || order === key.order)) return false
      state().keys.push(key)
      return true
    },
    async dropSigningKey(kid) {
      state().keys = state().keys.filter((key) => key.kid !== kid)
    },

    async lockAuditHead() {
      const head = state().audit.at(-1)
      return head && { index: head.index, hash: head.hash }
    },
    async addAudit(entry) {
      state().audit.push(entry)
    },
    auditAfter: async (index, limit) =>
      state()
        .audit.filter((entry) => entry.index > index)
        .slice(0, limit),
    lastAuditIndex: async () => state().audit.at(-1)?.index ?? -1,

    async addSanction(sanction) {
      state().sanctions.push(sanction)
    },
    sanctionsInForce: async (nowMs, player) =>
      state().sanctions.filter((row) => isInForce(row, nowMs) && (player === undefined || row.playerId === player)),
    async liftSanctions(player, kind, by, nowMs) {
      const isMeant = (row: SanctionRow) => row.playerId === player && row.kind === kind && isInForce(row, nowMs)
      const count = state().sanctions.filter(isMeant).length
      state().sanctions = state().sanctions.map((row) =>
        isMeant(row) ? { ...row, liftedAtMs: nowMs, liftedBy: by } : row,
      )
      return count
    },
    blocks: async (by) => state().blocks.filter((block) => by === undefined || block.by === by),
    async setBlock(block, on) {
      const others = state().blocks.filter(({ by, target }) => by !== block.by || target !== block.target)
      state().blocks = on ? [...others, block] : others
    },
    async addReport(report) {
      state().reports.push(report)
    },
    report: async (id) => state().reports.find((report) => report.id === id),
    reports: async (wanted, beforeId, limit) =>
      state()
        .reports.filter(({ closedAtMs }) => (wanted === 'open') === (closedAtMs === undefined))
        .filter(({ id }) => beforeId === undefined || id < beforeId)
        .toSorted((a, b) => (a.id < b.id ? 1 : -1))
        .slice(0, limit),
    async closeReport(id, by, note, atMs) {
      const report = state().reports.find((row) => row.id === id)
      if (!report || report.closedAtMs !== undefined) return false
      state().reports = state().reports.map((row) =>
        row === report ? { ...row, closedAtMs: atMs, closedBy: by, note } : row,
      )
      return true
    },
  }
}
