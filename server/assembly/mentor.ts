/** The mentor's parts: its desk in the node, its toolbox with each person's rules, approvals and talk that are kept. */
import type { Moderation } from '../accounts/types.ts'
import { createApprovals } from '../inference/mentor/approvals.ts'
import { createMentor } from '../inference/mentor/mentor.ts'
import { createToolbox } from '../inference/mentor/toolbox.ts'
import type { Callers, Inference } from '../inference/types.ts'
import type { Clock } from '../lib/clock.ts'
import { message } from '../protocol/text/index.ts'
import type { Database } from '../storage/database.ts'
import { createApprovalStore, createDialogueStore, createRuleStore } from '../storage/mentor.ts'
import { createMentorDesk, type DeskParts } from './mentor-desk.ts'

export type MentorAssemblyParts = DeskParts & {
  readonly database: Database
  readonly inference: Inference
  readonly callers: Pick<Callers, 'ofPerson'>
  readonly moderation: Pick<Moderation, 'cleanTalk'>
  readonly clock: Clock
  readonly log: { warn(fields: object, message: string): void }
}

export function assembleMentor(parts: MentorAssemblyParts) {
  const { database, inference, callers, moderation, clock, log } = parts
  const desk = createMentorDesk(parts)
  const approvals = createApprovals({ store: createApprovalStore(database), clock })
  const rules = createRuleStore(database)
  return createMentor({
    inference,
    desk,
    approvals,
    rules,
    toolbox: createToolbox({ desk, approvals, rules: rules.read }),
    dialogues: createDialogueStore(database),
    principal: async (player) => (await callers.ofPerson(player)).principal,
    clean: moderation.cleanTalk,
    words: (locale, key, params) => message(locale, key, params as Readonly<Record<string, string | number>>),
    clock,
    log,
  })
}
