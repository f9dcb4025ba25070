/** A verb that the session answers itself, from the node's services rather than from the world. */
import type { Person } from '../accounts/types.ts'
import type { VerbEntry } from '../commands/index.ts'
import type { Outcome, ZoneView } from '../engine/types.ts'
import type { CharacterRecord } from '../protocol/events.ts'
import type { CharacterId, Json, Locale, Params, PlayerId, Role } from '../protocol/ids.ts'
import type { OutputDraft } from '../protocol/terminal.ts'
import type { Keeper } from './kept.ts'
import type { Reply } from './reply.ts'
import type { Preferences, TerminalServices } from './types.ts'

export type SessionVerb = VerbEntry & {
  /** Only people with one of these roles. */
  readonly roles?: readonly Role[]
  run(args: string, session: SessionContext, verb: string): Reply | Promise<Reply>
}

/** The words of a key in one language. */
export type Words = (key: string, params?: Params) => string

/** What a verb may know and do of the session it was typed in. */
export type SessionContext = {
  readonly services: TerminalServices
  readonly people: People
  readonly keeper: Keeper
  readonly words: Words
  person(): Person
  locale(): Locale
  nowMs(): number
  preferences(): Preferences
  setPreferences(change: Partial<Preferences>): Promise<void>
  setLocale(locale: Locale): Promise<void>
  /** The person has changed: a new name. */
  become(person: Person): void
  /** Reads the world from where the person stands; undefined while they are between two zones. */
  look<T>(read: (world: ZoneView, me: CharacterRecord) => T): T | undefined
  /** Talk is guarded here as everywhere. */
  submit(command: string, input: Json): Promise<Outcome>
  history(): readonly string[]
  lastTeller(): { readonly id: CharacterId; readonly name: string } | undefined
  /** The last lines this person was shown, for reports. */
  recentLines(): readonly string[]
  /** Whether a word is a verb's own, whole. */
  isVerb(word: string): boolean
  /** The name of the command that a word means, abbreviated or not. */
  verbNamed(word: string): string | undefined
}

/** Those whose sessions are open now. */
export type People = {
  /** Sends to every session of a person, each in its own language; false when there is none. */
  tell(id: PlayerId, draft: (words: Words) => OutputDraft): boolean
  /** The same for everybody who has joined a channel and does not block the speaker. */
  broadcast(channel: string, from: PlayerId, draft: (words: Words) => OutputDraft): void
}
