/** What the agents part is handed by others, in its own words. */
import type { ZoneView } from '../engine/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { CharacterRecord, WorldEvent } from '../protocol/events.ts'
import type { AgentId, CharacterId, Json, Locale, PlaceId, PlayerId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import type { PlaceView } from '../protocol/view.ts'
import type { Zones } from '../rooms/types.ts'
import type { CompileOptions, CompileResult, Sandbox, SourceFiles } from '../sandbox/types.ts'
import type { AgentStore, ProjectStore } from './store.ts'
import type { Projects } from './types.ts'

/** How the world is put into words and views. */
export type AgentVoice = {
  placeView(world: ZoneView, me: CharacterRecord, locale: Locale): PlaceView
  audience(event: WorldEvent, world: ZoneView): readonly CharacterId[]
  nameOf(world: ZoneView, who: CharacterRecord, locale: Locale): string
  thingName(world: ZoneView, thing: string, locale: Locale): string
  describeRefusal(refusal: Refusal, locale: Locale, world?: ZoneView): string
  /** A text of the world in one language. */
  render(locale: Locale, key: string, params: { readonly [key: string]: Json }, world: ZoneView): string
}

export type AgentLog = { info(fields: object, text: string): void; warn(fields: object, text: string): void }

export type AgentsDeps = {
  readonly store: AgentStore
  readonly projects: Pick<Projects, 'sources'>
  /** Projects of agents that come from other nodes. Absent: none comes. */
  readonly guestProjects?: Pick<ProjectStore, 'insert' | 'remove'>
  /** How this node's programs are compiled and run; agents travel between nodes of the same. */
  readonly version?: string
  readonly sandbox: Pick<Sandbox, 'load' | 'turn' | 'unload' | 'onResult' | 'onLost'> &
    Partial<Pick<Sandbox, 'locate' | 'near'>>
  readonly compile: (files: SourceFiles, options?: CompileOptions) => Promise<CompileResult> | CompileResult
  readonly zones: Pick<Zones, 'enter' | 'submit' | 'read' | 'whereIs' | 'sleep' | 'remove' | 'onTide' | 'onTurn'>
  readonly voice: AgentVoice
  /** A call as the input of the command of that name; undefined when there is none. */
  readonly commandInput: (action: string, args: readonly Json[]) => Json | undefined
  readonly people: { person(id: PlayerId): Promise<{ readonly name: string; readonly locale: Locale } | undefined> }
  /** Agents speak with their owner's voice: muted when they are, filtered as they are. */
  readonly moderation: {
    isMuted(id: PlayerId): { readonly reason: string; readonly untilMs?: number } | undefined
    cleanTalk(text: string): string
    nameProblem(name: string): 'bad_name' | 'filtered' | undefined
  }
  /** How a place is called. */
  readonly placeName?: (place: PlaceId) => Readonly<Record<Locale, string>> | undefined
  readonly clock: Clock
  readonly log: AgentLog
  /** 32 bits that nobody can guess; they become an input. */
  readonly seed: () => number
  /** Ids of new agents; without it nobody can guess them, and they sort by time. */
  readonly agentId?: () => AgentId
  /** How long an agent is idle before it is put by; without it as long as the limits say. */
  readonly idleTicks?: number
  /** Asks a model on behalf of an agent and its owner; `options` is JSON text as the program gave it. Absent: there is none. */
  readonly ask?: (
    owner: PlayerId,
    agent: CharacterId,
    prompt: string,
    options: string | undefined,
  ) => Promise<{ readonly value?: Json; readonly refusal?: Refusal }>
  /** Has something computed on behalf of an agent's owner, once for each id; input and terms are JSON text. Absent: there is no market. */
  readonly compute?: (asked: {
    readonly id: string
    readonly owner: PlayerId
    readonly kind: string
    readonly input: string
    readonly terms: string | undefined
  }) => Promise<{ readonly value?: Json; readonly refusal?: Refusal }>
  /** Takes an agent to another node; comes back only with a refusal. Absent: there is no other node. */
  readonly hop?: (id: AgentId, node: string) => Promise<Refusal | undefined>
  /** Says something to `name@node`, once for each id; comes back with a refusal when that did not go. Absent: there is no other node. */
  readonly tellAcross?: (message: {
    readonly id: string
    readonly from: CharacterId
    readonly to: string
    readonly text: string
  }) => Promise<Refusal | undefined>
  /** How an agent that is away is now, as JSON of what its host knows; undefined when it cannot be asked. */
  readonly awayState?: (id: AgentId, logAfter?: number) => Promise<string | undefined>
  /** Whether an agent that the store has as going may have turns at this node. */
  readonly mayRun?: (id: AgentId) => boolean
  /** Whether what it does at that epoch may take effect here. Asked before anything is begun. */
  readonly mayAct?: (id: AgentId, epoch: number) => boolean
  /** This node's name, as `node` of an agent. */
  readonly node: string
}

export const isGoing = (status: string): boolean => status === 'running' || status === 'resting'
