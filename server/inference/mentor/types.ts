/** The mentor: helps a learner without doing their work. What it sees and does goes through a desk of narrow functions. */
import type { MentorRule, ToolName } from '../../protocol/api-mentor.ts'
import type { LessonId, Locale, PlayerId } from '../../protocol/ids.ts'

export type Sources = Readonly<Record<string, string>>

/** How far a hint goes: a question back, the idea, the place in the code, one small step. */
export const RUNGS = ['question', 'concept', 'place', 'step'] as const
export type Rung = (typeof RUNGS)[number]

/** The lesson that a learner is in the middle of. */
export type OpenLesson = {
  readonly id: LessonId
  readonly slug: string
  readonly title: string
  readonly text: string
  readonly tasks: readonly { readonly text: string; readonly done: boolean }[]
  readonly starter: Sources
  readonly solution: Sources
  readonly attempts: number
  readonly hintsLeft: number
}

/** What the mentor may know and do, always on behalf of one person, who is checked again behind each function. */
export type MentorDesk = {
  lesson(player: PlayerId, locale: Locale): Promise<OpenLesson | undefined>
  /** The next authored hint, where no model answers. */
  authoredHint(player: PlayerId, lesson: string, locale: Locale): Promise<string | undefined>
  /** Whether these sources would pass the lesson. */
  wouldPass(lesson: OpenLesson, sources: Sources): Promise<boolean>
  /** Other words for a thing of the world, in both languages and every case. */
  namesOf(word: string): readonly string[]
  files(player: PlayerId): Promise<readonly { readonly project: string; readonly path: string }[]>
  readFile(player: PlayerId, project: string, path: string): Promise<string | undefined>
  writeFile(player: PlayerId, project: string, path: string, text: string): Promise<string | undefined>
  check(player: PlayerId, project: string, locale: Locale): Promise<string>
  runAgent(player: PlayerId, agent: string): Promise<string>
  agents(
    player: PlayerId,
  ): Promise<
    readonly { readonly id: string; readonly name: string; readonly status: string; readonly error?: string }[]
  >
  log(player: PlayerId, agent: string, lines: number): Promise<string>
  /** What it did turn by turn, in words, newest last. */
  replay(player: PlayerId, agent: string, turns: number): Promise<string>
}

export type Decision = 'allow' | 'ask' | 'deny'
/** A rule speaks of one tool, or of all, and of arguments that begin as named: argument -> how its value begins. */
export type Rule = MentorRule
/** A person's own rules; an empty list when they have set none. */
export type RuleStore = {
  read(player: PlayerId): Promise<readonly Rule[]>
  write(player: PlayerId, rules: readonly Rule[]): Promise<void>
}

export type ApprovalStatus = 'pending' | 'approved' | 'denied' | 'used' | 'expired'
export type Approval = {
  readonly id: string
  readonly player: PlayerId
  readonly dialogue: string
  readonly tool: string
  /** Canonical JSON of the arguments that were approved, and no others. */
  readonly args: string
  /** What the person is shown: a diff, or a line. */
  readonly shown: string
  readonly status: ApprovalStatus
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

/** One row per approval; each change is one compare-and-set, so that of any number at once one wins. */
export type ApprovalStore = {
  add(approval: Approval): Promise<void>
  find(id: string): Promise<Approval | undefined>
  /** From pending, before it expires, by its own person. */
  decide(id: string, player: PlayerId, status: 'approved' | 'denied', nowMs: number): Promise<boolean>
  /** From approved to used, before it expires, for this very person, tool and arguments: true once. */
  use(wanted: Pick<Approval, 'id' | 'player' | 'tool' | 'args'>, nowMs: number): Promise<boolean>
  /** Newest first: those that still can be decided. */
  pending(player: PlayerId, nowMs: number): Promise<readonly Approval[]>
}

export type DialogueLine = {
  readonly seq: number
  readonly role: 'learner' | 'mentor' | 'tool'
  readonly text: string
  readonly atMs: number
}
export type Dialogue = {
  readonly id: string
  readonly player: PlayerId
  /** What was said before the lines that are kept, in short. */
  readonly summary: string
  /** Tokens used today, and the day they count for. */
  readonly tokens: number
  readonly day: string
  /** By lesson: how often was asked since the last progress, what counts as progress, and solution lines shown so far. */
  readonly ladders: Readonly<Record<string, Ladder>>
}
export type Ladder = { readonly asked: number; readonly progress: string; readonly shown: readonly string[] }

export type DialogueStore = {
  open(player: PlayerId): Promise<Dialogue | undefined>
  save(dialogue: Dialogue, lines: readonly DialogueLine[]): Promise<void>
  /** The newest so many, oldest first. */
  last(dialogue: string, count: number): Promise<readonly DialogueLine[]>
  /** Puts a better summary in the place of `before` and counts the tokens it took; false when another stands there by now. */
  sumUp(dialogue: string, change: { before: string; after: string; tokens: number }): Promise<boolean>
}

export type MentorEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool'; readonly tool: string }
  | { readonly type: 'approval'; readonly approval: Approval }
  /** No model answered: an authored hint where there is one, and what would make the mentor available. */
  | { readonly type: 'authored'; readonly hint?: string; readonly why: string }
  | { readonly type: 'refused'; readonly why: string }
  | { readonly type: 'end'; readonly rung?: Rung }

/** What waits for a person's word has changed: told to all of their devices. `result` is in words, where something was done. */
export type MentorNews = {
  readonly player: PlayerId
  readonly approval: Approval
  readonly decided?: { readonly isApproved: boolean; readonly result: string }
}

/** The mentor as the page and the terminal see it. */
export type MentorService = {
  /** Streams the answer. One question at a time for each person; leaving the loop early, or `signal`, cancels. */
  ask(player: PlayerId, locale: Locale, question: string, signal?: AbortSignal): AsyncGenerator<MentorEvent>
  /** Gives a person's word; what they allowed runs at once. Undefined when it was not theirs, decided before, or too late. */
  decide(player: PlayerId, id: string, isApproved: boolean, locale: Locale): Promise<string | undefined>
  /** Newest first. */
  pending(player: PlayerId): Promise<readonly Approval[]>
  onNews(listener: (news: MentorNews) => void): () => void
  /** Oldest first; what was done in words of that language. */
  history(player: PlayerId, locale: Locale): Promise<readonly DialogueLine[]>
  /** Undefined: it answers. Otherwise what would make it available, in words. */
  unavailable(player: PlayerId, locale: Locale): Promise<string | undefined>
  /** Tool -> what is decided where no rule of theirs says otherwise. */
  readonly standard: Readonly<Record<ToolName, Decision>>
  rules(player: PlayerId): Promise<readonly Rule[]>
  setRules(player: PlayerId, rules: readonly Rule[]): Promise<void>
}
