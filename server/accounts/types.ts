/** People as the rest of the node sees them. The part that knows passwords, tokens and sanctions stays behind this. */
import type { Locale, PlayerId, Role } from '../protocol/ids.ts'

export type Person = {
  readonly id: PlayerId
  readonly name: string
  readonly guest: boolean
  readonly roles: readonly Role[]
  readonly locale: Locale
}

/** What a valid access token says. `sessionId` names the refresh-token family. */
export type Principal = {
  readonly playerId: PlayerId
  readonly sessionId: string
  readonly roles: readonly Role[]
  /** Of another node, and let in here for what visitors may do, and for nothing else. */
  readonly visitor?: true
}

/** RFC 6749 section 5.1, plus who it is. */
export type TokenBody = {
  readonly access_token: string
  readonly token_type: 'Bearer'
  readonly expires_in: number
  readonly refresh_token: string
  readonly player: {
    readonly id: PlayerId
    readonly name: string
    readonly roles: readonly Role[]
    readonly guest?: boolean
    readonly locale?: Locale
  }
}

/** `origin`: of the page that asks, as its browser says. */
export type Origin = {
  readonly address: string
  readonly userAgent?: string
  readonly requestId: string
  readonly origin?: string
}

/** A sanction in force. `untilMs` absent means for good. */
export type Sanction = { readonly kind: 'mute' | 'ban'; readonly reason: string; readonly untilMs?: number }

/** `kick`: the reason for which their connections end. `sanction`: what has just been laid on them. */
export type StandingChange = {
  readonly kick?: string
  /** All their sessions have ended; whoever they are can sign in again. */
  readonly signedOut?: true
  readonly person?: Person
  readonly sanction?: Sanction
}

export type Accounts = {
  guest(input: { name?: string; locale?: Locale }, from: Origin): Promise<TokenBody>
  register(
    input: { name: string; password: string; locale?: Locale },
    guest: Principal | undefined,
    from: Origin,
  ): Promise<TokenBody>
  login(input: { name: string; password: string }, from: Origin): Promise<TokenBody>
  refresh(refreshToken: string, from: Origin): Promise<TokenBody>
  logout(refreshToken: string, from: Origin): Promise<void>
  /** Ends a session by its id: `logout` for whoever shows an access token only. */
  endSession(sessionId: string, from: Origin): Promise<void>
  /** Verifies signature, expiry and that the session still stands; throws `AccountError` otherwise. */
  verify(accessToken: string): Promise<Principal>
  jwks(): Promise<{ readonly keys: readonly object[] }>
  person(id: PlayerId): Promise<Person | undefined>
  findByName(name: string): Promise<Person | undefined>
  rename(id: PlayerId, name: string, from: Origin): Promise<Person>
  setLocale(id: PlayerId, locale: Locale): Promise<void>
  setRoles(id: PlayerId, roles: readonly Role[], by: PlayerId | 'node', from: Origin): Promise<Person>
  /** Their other sessions end. Throws `wrong_password` when `password` is not the present one. */
  changePassword(
    me: Principal,
    input: { readonly password: string; readonly newPassword: string },
    from: Origin,
  ): Promise<void>
  /** For whoever runs the node: a new password in place of a forgotten one, told once. Every session of theirs ends. */
  resetPassword(name: string): Promise<{ readonly id: PlayerId; readonly name: string; readonly password: string }>
  moderation: Moderation
  audit: Audit
  /** Called with the ids of people whose standing changed (kick, ban, role), so that live connections follow. */
  onStanding(listener: (id: PlayerId, change: StandingChange) => void): () => void
}

export type Moderation = {
  sanctions(id: PlayerId): Promise<readonly Sanction[]>
  /** Synchronous, from a cache kept fresh, for the hot path of talk. */
  isMuted(id: PlayerId): Sanction | undefined
  isBlocked(listener: PlayerId, speaker: PlayerId): boolean
  mute(target: PlayerId, by: PlayerId, reason: string, forMs?: number): Promise<void>
  ban(target: PlayerId, by: PlayerId, reason: string, forMs?: number): Promise<void>
  lift(target: PlayerId, by: PlayerId, kind: 'mute' | 'ban'): Promise<void>
  kick(target: PlayerId, by: PlayerId, reason: string): Promise<void>
  block(by: PlayerId, target: PlayerId, on: boolean): Promise<void>
  report(by: PlayerId, target: PlayerId | undefined, text: string, context: readonly string[]): Promise<string>
  /** Newest first, a page at a time; with `by` it is refused to whoever is not a moderator. */
  reports(
    state: 'open' | 'closed',
    after?: string,
    by?: PlayerId,
  ): Promise<
    readonly { id: string; by: PlayerId; target?: PlayerId; text: string; context: readonly string[]; atMs: number }[]
  >
  closeReport(id: string, by: PlayerId, note: string): Promise<void>
  /** Talk with slurs masked, or a refusal for names. Both languages always. */
  cleanTalk(text: string): string
  nameProblem(name: string): 'bad_name' | 'filtered' | undefined
}

/** The hash-chained record of who signed in, who changed whose standing, and why. */
export type Audit = {
  /** A page of entries after `index` (-1 for the first). */
  entries(afterIndex: number, limit?: number): Promise<readonly AuditRow[]>
  /** Reads the whole chain; `broken` names the first entry that does not follow from those before it. */
  verify(): Promise<{
    readonly entries: number
    readonly broken?: { readonly index: number; readonly problem: string }
  }>
}

// --- what the accounts part keeps -----------------------------------------------------------------------------------

export type PersonRow = {
  readonly id: PlayerId
  readonly name: string
  /** What uniqueness goes by: see names.ts. */
  readonly nameKey: string
  readonly guest: boolean
  readonly roles: readonly Role[]
  readonly locale: Locale
  readonly createdAtMs: number
  readonly lastSeenMs: number
}

export type PersonChange = Partial<Pick<PersonRow, 'name' | 'nameKey' | 'guest' | 'roles' | 'locale' | 'lastSeenMs'>>

/** A family of refresh tokens: one sign-in on one device. */
export type SessionRow = {
  readonly id: string
  readonly playerId: PlayerId
  readonly createdAtMs: number
  readonly network: string
  readonly revokedAtMs?: number
  readonly reason?: string
}

export type RefreshRow = {
  readonly tokenHash: string
  readonly sessionId: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
  readonly usedAtMs?: number
}

export type SigningKeyRow = {
  readonly kid: string
  readonly order: number
  readonly publicJwk: { readonly [key: string]: unknown }
  readonly privateSealed: Uint8Array
  readonly createdAtMs: number
  readonly activeFromMs: number
}

export type AuditRow = {
  readonly index: number
  readonly atMs: number
  /** A person's id, `node`, or `nobody` where who it was is not known. */
  readonly actor: string
  readonly action: string
  readonly subject: string
  /** Canonical JSON. */
  readonly details: string
  readonly prevHash: string
  readonly hash: string
}

export type SanctionRow = {
  readonly id: string
  readonly playerId: PlayerId
  readonly kind: 'mute' | 'ban'
  readonly reason: string
  readonly by: PlayerId
  readonly fromMs: number
  readonly untilMs?: number
  readonly liftedAtMs?: number
  readonly liftedBy?: PlayerId
}

export type BlockRow = { readonly by: PlayerId; readonly target: PlayerId; readonly atMs: number }

export type ReportRow = {
  readonly id: string
  readonly by: PlayerId
  readonly target?: PlayerId
  readonly text: string
  readonly context: readonly string[]
  readonly atMs: number
  readonly closedAtMs?: number
  readonly closedBy?: PlayerId
  readonly note?: string
}

export type AccountOperations = {
  /** False when the name is taken. */
  addPerson(person: PersonRow): Promise<boolean>
  person(id: PlayerId): Promise<PersonRow | undefined>
  personByKey(nameKey: string): Promise<PersonRow | undefined>
  /** The row as it is then; undefined when there is nobody. Rejects with an error of code `name_taken`. */
  changePerson(id: PlayerId, change: PersonChange): Promise<PersonRow | undefined>
  /** Like `changePerson`, for guests only, with the password's hash; undefined when they are no guest any more. */
  upgradeGuest(id: PlayerId, change: PersonChange, passwordHash: string, atMs: number): Promise<PersonRow | undefined>
  passwordHash(id: PlayerId): Promise<string | undefined>
  setPasswordHash(id: PlayerId, passwordHash: string, atMs: number): Promise<void>

  addSession(session: SessionRow, token: RefreshRow): Promise<void>
  session(id: string): Promise<SessionRow | undefined>
  /** Whether the person has signed in from this network since then. */
  knowsNetwork(id: PlayerId, network: string, sinceMs: number): Promise<boolean>
  /** False when it was revoked already or is unknown. */
  revokeSession(id: string, reason: string, atMs: number): Promise<boolean>
  /** Ids of the sessions that this revoked. */
  revokeSessionsOf(player: PlayerId, reason: string, atMs: number, except?: string): Promise<readonly string[]>
  refreshToken(tokenHash: string): Promise<{ readonly token: RefreshRow; readonly session: SessionRow } | undefined>
  /** Marks a token used and adds its successor in one step; false when it was used already, has expired or is revoked. */
  spendToken(tokenHash: string, successor: RefreshRow, nowMs: number): Promise<boolean>
  /** Forgets tokens that expired before, and sessions made before which no token lives any more. */
  purge(tokensBeforeMs: number, sessionsBeforeMs: number): Promise<void>

  /** In order. */
  signingKeys(): Promise<readonly SigningKeyRow[]>
  /** False when that place in the order is taken. */
  addSigningKey(key: SigningKeyRow): Promise<boolean>
  dropSigningKey(kid: string): Promise<void>

  /** The last entry; no other process can append before this transaction ends. */
  lockAuditHead(): Promise<Pick<AuditRow, 'index' | 'hash'> | undefined>
  addAudit(entry: AuditRow): Promise<void>
  auditAfter(index: number, limit: number): Promise<readonly AuditRow[]>
  lastAuditIndex(): Promise<number>

  addSanction(sanction: SanctionRow): Promise<void>
  /** Neither lifted nor expired, of one person or of all. */
  sanctionsInForce(nowMs: number, player?: PlayerId): Promise<readonly SanctionRow[]>
  /** How many were lifted. */
  liftSanctions(player: PlayerId, kind: 'mute' | 'ban', by: PlayerId, nowMs: number): Promise<number>
  blocks(by?: PlayerId): Promise<readonly BlockRow[]>
  setBlock(block: BlockRow, on: boolean): Promise<void>
  addReport(report: ReportRow): Promise<void>
  report(id: string): Promise<ReportRow | undefined>
  reports(state: 'open' | 'closed', beforeId: string | undefined, limit: number): Promise<readonly ReportRow[]>
  /** False when it is closed already or unknown. */
  closeReport(id: string, by: PlayerId, note: string, atMs: number): Promise<boolean>
}

/** One compliance suite holds every implementation: store.test.ts. */
export type AccountStore = AccountOperations & {
  /** All or nothing. Audit entries come last in it, because the head of the log stays locked until the end. */
  atomically<T>(work: (operations: AccountOperations) => Promise<T>): Promise<T>
}
