/** Visits: people who go to another node's world for a while, as the rest of the node sees them. */
import type { NodeId } from '../link/types.ts'
import type { Locale, PlayerId, Role } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'

/** Names one departure; the id of the request that keeps the character at home. */
export type VisitId = string

/** Why a node lets somebody not ashore. */
export const VISIT_REFUSALS = ['capacity', 'closed', 'name', 'stale', 'banned', 'failed'] as const

/** Why a visit is over. */
export const VISIT_ENDS = [
  'return',
  'walked',
  'gone',
  'silent',
  'unclaimed',
  'insecure',
  'restarted',
  'draining',
  'kicked',
  'lease',
  'over',
] as const
export type VisitEnd = (typeof VISIT_ENDS)[number]

/** What a home says of its person, signed with the node's key: good for one departure, to one node. */
export type Pass = {
  readonly visit: VisitId
  readonly epoch: number
  readonly person: PlayerId
  readonly name: string
  readonly locale: Locale
  readonly home: NodeId
  readonly homeName: string
  readonly dst: NodeId
  /** Nothing else is done by a visitor: see V20. */
  readonly may: readonly ['walk', 'talk', 'use']
  readonly issuedAtMs: number
}

/** A node that a page could go to, or why it could not. */
export type Island = {
  readonly node: NodeId
  readonly name: string
  readonly people: number | undefined
  /** Where its page's connections go. Absent: it is reached by nodes alone. */
  readonly url?: string
}

/** What the page of somebody who leaves is given, once. */
export type Claimed = {
  readonly visit: VisitId
  readonly node: string
  readonly url: string
  readonly ticket: string
  /** Of the frame whose policy allows connections to that node and to nothing else. */
  readonly frame: string
}

/** What a ticket is exchanged for at the node it is of. */
export type Admitted = {
  readonly token: string
  readonly player: { readonly id: PlayerId; readonly name: string }
  readonly node: string
}

export type VisitPerson = {
  readonly id: PlayerId
  readonly name: string
  readonly guest: true
  readonly roles: readonly Role[]
  readonly locale: Locale
}

/** Visitors of this node, as its doors know them. */
export type VisitorDesk = {
  /** Origins of the pages that visitors of this node come with; nobody else's page may ask anything here. */
  isOrigin(origin: string): boolean
  /** Exchanges a ticket, once. Undefined: it is not good any more, or never was. */
  redeem(ticket: string, origin: string | undefined): Promise<Admitted | undefined>
  verify(token: string): { readonly playerId: PlayerId; readonly sessionId: string } | undefined
  person(id: PlayerId): VisitPerson | undefined
  /** Whole, or as far as it names one of them alone, with the @ in it: nodes' names may hold spaces. */
  named(name: string): VisitPerson | undefined
  setLocale(id: PlayerId, locale: Locale): void
  /** Whether they may still act: not once this node cannot be sure that they are its own (V12). */
  mayAct(id: PlayerId): boolean
  /** Sends them home, for a reason that they are told. */
  kick(id: PlayerId, why: string): Promise<boolean>
  /** Their connections are to end. */
  onEnd(listener: (id: PlayerId, text: string) => void): () => void
}

/** Everything about visits that the gateway and the terminal use. */
export type Visits = VisitorDesk & {
  islands(): Promise<readonly Island[]>
  /** Why nobody can go to that island now, as far as it shows from here. */
  shut(to: string): Promise<Refusal | undefined>
  /** Of this node's people: where they are. */
  away(id: PlayerId): { readonly node: string; readonly visit: VisitId } | undefined
  /** Brings one of this node's people home, or sends a visitor home. False: there is no visit. */
  comeHome(id: PlayerId): Promise<boolean>
  /** For the page of one of this node's people, once for each visit. */
  claim(id: PlayerId, visit: VisitId, origin: string): Promise<Claimed | undefined>
  /** Where a frame may connect to. */
  frameTo(key: string): string | undefined
  /** One of this node's people is on their way home. */
  onBack(listener: (id: PlayerId) => void): () => void
}
