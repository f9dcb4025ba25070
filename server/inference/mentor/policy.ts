/** What the mentor may do by itself, what it must ask for, and what never: decided on structured arguments; a denial wins. */
import { z } from 'zod'
import type { ToolName } from '../../protocol/api-mentor.ts'
import type { Decision, Rule } from './types.ts'

const path = z.string().min(1).max(200)
const id = z.string().min(1).max(80)

/** Every tool with the arguments it takes and what is decided when no rule says otherwise. */
export const TOOLS = {
  list_files: { args: z.strictObject({}), standard: 'allow' },
  read_file: { args: z.strictObject({ project: id, path }), standard: 'allow' },
  propose_change: {
    args: z.strictObject({ project: id, path, text: z.string().max(65_536), why: z.string().max(500) }),
    standard: 'ask',
  },
  run_check: { args: z.strictObject({ project: id }), standard: 'allow' },
  run_agent: { args: z.strictObject({ agent: id }), standard: 'ask' },
  list_agents: { args: z.strictObject({}), standard: 'allow' },
  read_log: {
    args: z.strictObject({ agent: id, lines: z.number().int().min(1).max(100).default(20) }),
    standard: 'allow',
  },
  replay: {
    args: z.strictObject({ agent: id, turns: z.number().int().min(1).max(50).default(10) }),
    standard: 'allow',
  },
} as const satisfies Record<ToolName, { args: z.ZodType; standard: Decision }>

export const isTool = (name: string): name is ToolName => Object.hasOwn(TOOLS, name)
/** Tool -> what is decided when no rule says otherwise. */
export const STANDARD = Object.fromEntries(
  Object.entries(TOOLS).map(([name, { standard }]) => [name, standard]),
) as Readonly<Record<ToolName, Decision>>

/** A value that is not text never matches. */
const matches = ({ tool, when }: Rule, name: ToolName, args: Readonly<Record<string, unknown>>): boolean =>
  (tool === '*' || tool === name) &&
  Object.entries(when ?? {}).every(([key, prefix]) => {
    const value = args[key]
    return typeof value === 'string' && normalPath(value).startsWith(prefix)
  })

/** `a/../b` is `b`: nobody walks around a rule. */
function normalPath(text: string): string {
  const parts: string[] = []
  for (const part of text.replaceAll('\\', '/').split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

/** The strictest rule that speaks of it; deny beats ask beats allow. Without one, what is standard for the tool. */
export function decide(name: ToolName, args: Readonly<Record<string, unknown>>, rules: readonly Rule[]): Decision {
  const said = new Set(rules.filter((rule) => matches(rule, name, args)).map(({ decision }) => decision))
  for (const decision of ['deny', 'ask', 'allow'] as const) if (said.has(decision)) return decision
  return TOOLS[name].standard
}
