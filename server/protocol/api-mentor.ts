/** Bodies and events of the routes about the mentor: what is asked, what comes back piece by piece, rules and approvals. */
import { z } from 'zod'

export const MENTOR_TOOL_NAMES = [
  'list_files',
  'read_file',
  'propose_change',
  'run_check',
  'run_agent',
  'list_agents',
  'read_log',
  'replay',
] as const
export type ToolName = (typeof MENTOR_TOOL_NAMES)[number]

export const MENTOR_DECISIONS = ['allow', 'ask', 'deny'] as const
/** A rule speaks of one tool, or of all (`*`), and of arguments that begin as named. The strictest that fits holds. */
export const MentorRule = z.object({
  tool: z.enum([...MENTOR_TOOL_NAMES, '*']),
  decision: z.enum(MENTOR_DECISIONS),
  when: z.record(z.string().min(1).max(20), z.string().min(1).max(200)).optional(),
})
export const MentorRulesBody = z.object({ rules: z.array(MentorRule).max(32) })

export const MentorRung = z.enum(['question', 'concept', 'place', 'step'])
export const MentorApproval = z.object({
  id: z.string(),
  tool: z.string(),
  /** A line that says what for and a diff, or the arguments. */
  shown: z.string(),
  createdAtMs: z.number(),
  expiresAtMs: z.number(),
})
export const MentorLine = z.object({
  seq: z.number(),
  role: z.enum(['learner', 'mentor', 'tool']),
  text: z.string(),
  atMs: z.number(),
})
export const MentorAnswer = z.object({
  history: z.array(MentorLine),
  pending: z.array(MentorApproval),
  available: z.boolean(),
  /** What would make it available, in words. */
  why: z.string().optional(),
  rules: z.array(MentorRule),
  /** What is decided without a rule. */
  standard: z.record(z.string(), z.enum(MENTOR_DECISIONS)),
})
export const MentorAskBody = z.object({ text: z.string().min(1).max(4_000) })
export const MentorDecisionBody = z.object({ approve: z.boolean() })
export const MentorDecisionAnswer = z.object({ result: z.string() })

/** One event of the stream; its `type` is also the event's name there. */
export const MentorEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('tool'), tool: z.string() }),
  z.object({ type: z.literal('approval'), approval: MentorApproval }),
  z.object({ type: z.literal('authored'), hint: z.string().optional(), why: z.string() }),
  z.object({ type: z.literal('refused'), why: z.string() }),
  z.object({ type: z.literal('end'), rung: MentorRung.optional() }),
  z.object({ type: z.literal('error'), message: z.string() }),
])
export type MentorEvent = z.infer<typeof MentorEvent>
export type MentorApproval = z.infer<typeof MentorApproval>
export type MentorAnswer = z.infer<typeof MentorAnswer>
export type MentorRule = z.infer<typeof MentorRule>
