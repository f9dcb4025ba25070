/** A zone's state as plain data, its hash, and the way back. */
import { createHash } from 'node:crypto'
import type { Json } from '../protocol/ids.ts'
import type { ZoneSnapshot, ZoneState } from './types.ts'

/** Order is meaningful for characters and items (who came first), pending and timers (what is asked or fires first); not for doors and variables. */
export function saveState(state: ZoneState): Json {
  return {
    zone: state.zone,
    tick: state.tick,
    seq: state.seq,
    random: [...state.random],
    characters: [...state.characters.values()],
    items: [...state.items.values()],
    doors: sortedEntries(state.doors),
    vars: sortedEntries(state.vars),
    pending: [...state.pending],
    timers: [...state.timers],
    arrived: [...state.arrived],
  } as unknown as Json
}

type Saved = Pick<ZoneState, 'zone' | 'tick' | 'seq' | 'random' | 'arrived'> & {
  readonly [K in 'characters' | 'items']: ZoneState[K] extends Map<string, infer T> ? readonly T[] : never
} & {
  readonly [K in 'doors' | 'vars' | 'pending' | 'timers']: ZoneState[K] extends Map<string, infer T>
    ? readonly (readonly [string, T])[]
    : never
}

export function restoreState(saved: Json): ZoneState {
  const s = saved as unknown as Saved
  const byId = <T extends { readonly id: string }>(records: readonly T[]) =>
    new Map(records.map((record) => [record.id, record]))
  return {
    zone: s.zone,
    tick: s.tick,
    seq: s.seq,
    random: s.random,
    characters: byId(s.characters),
    items: byId(s.items),
    doors: new Map(s.doors),
    vars: new Map(s.vars),
    pending: new Map(s.pending),
    timers: new Map(s.timers),
    arrived: [...s.arrived],
  }
}

/** Shares its records with the state, which never changes one. */
export function takeSnapshot(state: ZoneState, worldDigest: string): ZoneSnapshot {
  const saved = saveState(state)
  return {
    zone: state.zone,
    seq: state.seq,
    tick: state.tick,
    worldDigest,
    hash: sha256(canonicalJson(saved)),
    state: saved,
  }
}

export const hashState = (state: ZoneState): string => sha256(canonicalJson(saveState(state)))

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

function sortedEntries<T>(map: ReadonlyMap<string, T>): [string, T][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** JSON with the keys of every object in order and nothing undefined. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((part) => canonicalJson(part ?? null)).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(',')}}`
}
