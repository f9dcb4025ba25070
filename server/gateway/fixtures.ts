/** Stand-ins for the parts behind the gateway, for its tests: everything in memory, every call counted. */
import type { Accounts, Person, StandingChange, TokenBody } from '../accounts/types.ts'
import type { WorldDef } from '../engine/types.ts'
import type { PlayerId, Role } from '../protocol/ids.ts'
import type { LineAck, OutputDraft } from '../protocol/terminal.ts'
import type { Seats, Zones } from '../rooms/types.ts'
import type { OpenInput, Session, Terminal } from '../terminal/types.ts'
import { createGateway, type GatewayOptions } from './gateway.ts'
import type { GatewayLog, GatewayParts } from './types.ts'

class FakeAccountError extends Error {
  readonly code: string
  readonly status: number
  readonly retryAfterMs = 1500
  constructor(code: string, status: number) {
    super(code)
    this.code = code
    this.status = status
  }
}

export type FakeAccounts = Accounts & {
  readonly people: Map<PlayerId, Person>
  addPerson(name: string, roles?: readonly Role[]): { person: Person; token: string }
  end(token: string): void
  announce: Parameters<Accounts['onStanding']>[0]
  readonly writes: string[]
}

export function fakeAccounts(): FakeAccounts {
  const people = new Map<PlayerId, Person>()
  const tokens = new Map<string, PlayerId>()
  const listeners = new Set<Parameters<Accounts['onStanding']>[0]>()
  const writes: string[] = []
  const addPerson = (name: string, roles: readonly Role[] = ['learner']) => {
    const person: Person = {
      id: `player_${String(people.size + 1).padStart(4, '0')}`,
      name,
      guest: false,
      roles,
      locale: 'en',
    }
    const token = `token-${person.id}`
    people.set(person.id, person)
    tokens.set(token, person.id)
    return { person, token }
  }
  const body = (name: string): TokenBody => {
    const { person, token } = addPerson(name)
    const { id, roles } = person
    return {
      access_token: token,
      token_type: 'Bearer',
      expires_in: 900,
      refresh_token: `refresh-${id}`,
      player: { id, name, roles },
    }
  }
  const wrote = async (what: string) => void writes.push(what)
  const fake: FakeAccounts = {
    people,
    addPerson,
    writes,
    end: (token) => void tokens.delete(token),
    announce(id: PlayerId, change: StandingChange) {
      for (const listener of listeners) listener(id, change)
    },
    guest: async ({ name }) => wrote('guest').then(() => body(name ?? 'Guest')),
    register: async ({ name }) => wrote('register').then(() => body(name)),
    login: async ({ name, password }) => {
      if (password === 'crash') throw new TypeError('a bug of ours')
      if (password === 'locked out') throw new FakeAccountError('too_many_attempts', 429)
      if (password !== 'right') throw new FakeAccountError('bad_credentials', 401)
      return body(name)
    },
    refresh: async () => body('Again'),
    logout: () => wrote('logout'),
    endSession: () => wrote('logout'),
    async verify(token) {
      const playerId = tokens.get(token)
      if (!playerId) throw new FakeAccountError('token_expired', 401)
      return { playerId, sessionId: `session-${playerId}`, roles: people.get(playerId)!.roles }
    },
    jwks: async () => ({ keys: [{ kty: 'RSA', kid: '1' }] }),
    person: async (id) => people.get(id),
    findByName: async (name) => [...people.values()].find((person) => person.name === name),
    async rename(id, name) {
      await wrote('rename')
      people.set(id, { ...people.get(id)!, name })
      return people.get(id)!
    },
    setLocale: async (id, locale) => void people.set(id, { ...people.get(id)!, locale }),
    async changePassword() {
      await wrote('changePassword')
    },
    async resetPassword(name) {
      await wrote('resetPassword')
      return { id: name, name, password: 'lamp-lamp-lamp-lamp' }
    },
    async setRoles(id, roles) {
      await wrote('roles')
      return { ...people.get(id)!, roles }
    },
    moderation: {
      sanctions: async () => [],
      isMuted: () => undefined,
      isBlocked: () => false,
      mute: () => wrote('mute'),
      ban: () => wrote('ban'),
      lift: () => wrote('lift'),
      kick: () => wrote('kick'),
      block: () => wrote('block'),
      report: () => wrote('report').then(() => 'report_1'),
      reports: async () => [{ id: 'report_1', by: 'player_0001', text: 'rude', context: [], atMs: 1 }],
      closeReport: () => wrote('close'),
      cleanTalk: (text: string) => text,
      nameProblem: () => undefined,
    },
    audit: { entries: async () => [], verify: async () => ({ entries: 0 }) },
    onStanding: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return fake
}

export type FakeZones = Zones & { readonly seats: Seats; readonly awakeIds: Set<string>; readonly slept: string[] }

/** One zone, `harbor`, with everybody on its dock. */
export function fakeZones(): FakeZones {
  const here = new Set<string>()
  const awakeIds = new Set<string>()
  const slept: string[] = []
  const world = {
    zones: new Map([['harbor', { name: { en: 'Harbor', ru: 'Гавань' } }]]),
    places: new Map(),
    things: new Map(),
  }
  const seats: Seats = {
    reserve: async () => ({
      name: 'zone',
      roomId: 'harbor-1',
      sessionId: 's1',
      processId: 'p1',
      zone: 'harbor',
      place: 'harbor:dock',
    }),
    reclaim: async () => undefined,
    upgrade: () => false,
    connections: () => 0,
    onConnections: () => () => {},
    remove: () => {},
  }
  return {
    seats,
    awakeIds,
    slept,
    world: () => world as unknown as WorldDef,
    list: () => [{ id: 'harbor', characters: here.size, roomId: 'harbor-1', ready: true }],
    enter: async ({ id }) => {
      here.add(id)
      awakeIds.add(id)
      return { zone: 'harbor', place: 'harbor:dock' }
    },
    submit: async () => ({ seq: 1, tick: 1, verdict: { ok: true, events: [] }, events: [] }),
    read: () => undefined,
    whereIs: (id) => (here.has(id) ? { zone: 'harbor', place: 'harbor:dock' } : undefined),
    awake: () => [],
    findByName: () => undefined,
    sleep: async (id) => {
      awakeIds.delete(id)
      slept.push(id)
    },
    remove: async (id) => void here.delete(id),
    change: async () => {},
    onTurn: () => () => {},
    onTide: () => () => {},
    reload: async () => {},
  } as FakeZones
}

export type FakeTerminal = Pick<Terminal, 'open'> & {
  /** Lines done, as `player:text`. */
  readonly done: string[]
  readonly minds: Map<PlayerId, (outputs: readonly OutputDraft[]) => void>
  readonly closed: PlayerId[]
  /** Lines `wait` hang until this is called. */
  release(): void
}

/** Understands `look`, `say …` (everybody hears it), `wait`, `crash`; refuses the rest. */
export function fakeTerminal(): FakeTerminal {
  const minds = new Map<PlayerId, (outputs: readonly OutputDraft[]) => void>()
  const done: string[] = []
  const closed: PlayerId[] = []
  let waiting: (() => void)[] = []
  const open = async ({ person, send }: OpenInput): Promise<Session> => {
    minds.set(person.id, send)
    return {
      line(text): LineAck | Promise<LineAck> {
        done.push(`${person.name}:${text}`)
        if (text === 'look') send([{ kind: 'place', text: 'A dark quay.' }])
        else if (text.startsWith('say '))
          for (const each of minds.values()) each([{ kind: 'speech', text: `${person.name}: ${text.slice(4)}` }])
        else if (text === 'wait') return new Promise((resolve) => waiting.push(() => resolve({ ok: true })))
        else if (text === 'crash') throw new TypeError('a bug of ours')
        else return { ok: false, code: 'unknown_command' }
        return { ok: true }
      },
      complete: (prefix) => [{ text: `${prefix}ok`, kind: 'verb' }],
      setLocale: () => {},
      refresh: () => {},
      close: async () => {
        minds.delete(person.id)
        closed.push(person.id)
      },
    }
  }
  return {
    open,
    done,
    minds,
    closed,
    release() {
      for (const each of waiting) each()
      waiting = []
    },
  }
}

export const quietLog: GatewayLog & { readonly errors: object[] } = {
  errors: [],
  debug: () => {},
  info: () => {},
  warn: () => {},
  error: (fields) => void quietLog.errors.push(fields),
}

export async function startGateway(parts: Partial<GatewayParts> = {}, options: GatewayOptions = {}) {
  const accounts = fakeAccounts()
  const zones = fakeZones()
  const terminal = fakeTerminal()
  const config = {
    port: 0,
    host: '127.0.0.1',
    trustProxy: false,
    node: { name: 'Test', role: 'initial', version: '0.0.0' },
  } as const
  const gateway = createGateway(
    { accounts, zones, terminal, log: quietLog, ...parts, config: { ...config, ...parts.config } },
    { presenceGraceMs: 60_000, drainMs: 100, ...options },
  )
  const url = await gateway.listen()
  return { accounts, zones, terminal, gateway, url, [Symbol.asyncDispose]: () => gateway.close() }
}
