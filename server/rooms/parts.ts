/** What the rooms are given: the world, the journal, the commands, and who answers what the world asks of the outside. */
import type { CommandRunner, Journal, WorldDef } from '../engine/types.ts'
import type { Ledger } from '../ledger/types.ts'
import type { Request } from '../protocol/events.ts'
import type { CharacterId, Json, PlayerId, ZoneId } from '../protocol/ids.ts'
import type { RefusalCode } from '../protocol/refusals.ts'
import type { PortalAbout, PortalAnswer, PortalRequest } from './types.ts'

export type RoomsLog = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export type ScriptRequest = Extract<Request, { kind: 'script' }>
export type SpeechRequest = Extract<Request, { kind: 'speech' }>
export type ScriptAnswer =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly code?: RefusalCode }

/** Who answers the world's requests; without one its requests are refused. */
export type Settlers = {
  readonly ledger?: Pick<Ledger, 'transfer'>
  /** May be asked again under the same id after a crash; must then answer the same. */
  readonly script?: (
    request: ScriptRequest,
    about: { readonly id: string; readonly zone: ZoneId },
  ) => Promise<ScriptAnswer>
  /** What a person of the world says, in time; undefined for the authored line. */
  readonly speech?: (request: SpeechRequest) => Promise<string | undefined>
  /** Resolves when the visit is over, however long that takes. */
  readonly portal?: (request: PortalRequest, about: PortalAbout) => Promise<PortalAnswer>
}

export type RoomsParts = {
  readonly world: WorldDef
  readonly journal: Journal
  readonly run: CommandRunner
  readonly log: RoomsLog
  readonly settle?: Settlers
  /** False when the listener has blocked the speaker. */
  readonly mayHear?: (listener: PlayerId, speaker: CharacterId) => boolean
}

export type RoomsOptions = {
  readonly seed?: string
  /** 0: no tide of its own; `beat()` is called from outside. */
  readonly tideEveryMs?: number
  readonly patchEveryMs?: number
  readonly seatHeldS?: number
  readonly publicAddress?: string
}
