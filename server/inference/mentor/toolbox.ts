/** Runs what the model asked for, on behalf of one person: arguments checked, policy asked, a person's word where it is needed. */

import { z } from 'zod'
import { MENTOR_TOOL_ANSWER_MAX_CHARS } from '../../limits.ts'
import type { ToolName } from '../../protocol/api-mentor.ts'
import type { Locale, PlayerId } from '../../protocol/ids.ts'
import type { JsonSchema, Tool, ToolCall } from '../types.ts'
import type { Approvals } from './approvals.ts'
import { diff } from './diff.ts'
import { decide, isTool, TOOLS } from './policy.ts'
import type { Approval, MentorDesk, OpenLesson, Rule } from './types.ts'
import { givenAway, secretLines } from './withhold.ts'

const DESCRIPTIONS: Readonly<Record<ToolName, string>> = {
  list_files: "The learner's projects and their files.",
  read_file: 'The text of one file, lines numbered.',
  propose_change: 'Proposes a new text for a file. The learner sees the difference and decides.',
  run_check: 'Mistakes of a project, with file and line.',
  run_agent: 'Runs an agent with the newest code. The learner decides.',
  list_agents: "The learner's agents, what they are at, and the last error of each.",
  read_log: 'The last lines an agent has written.',
  replay: 'What an agent did in its last turns.',
}

/** What the model is told of a change that was made. */
export const CHANGED = 'Changed.'

/** As a model is told of them. */
export const MENTOR_TOOLS: readonly Tool[] = (Object.keys(TOOLS) as ToolName[]).map((name) => ({
  name,
  description: DESCRIPTIONS[name],
  parameters: z.toJSONSchema(TOOLS[name].args, { io: 'input' }) as JsonSchema,
}))

export type ToolboxParts = {
  readonly desk: MentorDesk
  readonly approvals: Approvals
  readonly rules: (player: PlayerId) => Promise<readonly Rule[]>
}
export type Errand = {
  readonly player: PlayerId
  readonly locale: Locale
  readonly dialogue: string
  readonly lesson?: OpenLesson
}
/** `text` is for the model; an approval is for the person. */
export type Outcome = { readonly text: string; readonly approval?: Approval }

type Args = Readonly<Record<string, unknown>>

export function createToolbox({ desk, approvals, rules }: ToolboxParts) {
  async function call(errand: Errand, { name, arguments: raw }: ToolCall): Promise<Outcome> {
    if (!isTool(name)) return { text: `There is no tool ${JSON.stringify(name.slice(0, 40))}.` }
    const args = parse(name, raw)
    if (typeof args === 'string') return { text: args }
    const decision = decide(name, args, await rules(errand.player))
    if (decision === 'deny') return { text: `Not allowed here: ${name}.` }
    const kept = name === 'propose_change' ? await keptBack(errand, args) : undefined
    if (kept) return { text: kept }
    if (decision === 'allow') return { text: clip(await act(errand, name, args)) }
    const approval = await approvals.ask({ ...errand, tool: name, args }, await shownFor(errand.player, name, args))
    return approval
      ? { text: 'The learner has been asked and decides; do not wait for it.', approval }
      : { text: 'Too much waits for the learner already. Ask nothing more of them now.' }
  }

  /** While a lesson is open a change that would pass it is the learner's to make. */
  async function keptBack({ lesson, player }: Errand, args: Args): Promise<string | undefined> {
    if (!lesson) return undefined
    const { project, path, text } = args as { project: string; path: string; text: string }
    const before = await desk.readFile(player, project, path)
    if (before === undefined) return `There is no file ${path}.`
    const secrets = secretLines(lesson.solution, lesson.starter)
    const had = new Set(givenAway(before, secrets))
    const isNew = givenAway(text, secrets).some((line) => !had.has(line))
    const isAnswer =
      isNew ||
      (await desk.wouldPass(lesson, { [path]: text })) ||
      (await desk.wouldPass(lesson, { ...(await sourcesOf(player, project)), [path]: text }))
    return isAnswer ? "Refused: that is the lesson's answer, which the learner is to find." : undefined
  }

  async function sourcesOf(player: PlayerId, project: string): Promise<Readonly<Record<string, string>>> {
    const paths = (await desk.files(player)).filter((file) => file.project === project).map(({ path }) => path)
    const texts = await Promise.all(paths.map(async (path) => [path, await desk.readFile(player, project, path)]))
    return Object.fromEntries(texts.filter(([, text]) => text !== undefined))
  }

  async function shownFor(player: PlayerId, name: ToolName, args: Args): Promise<string> {
    if (name !== 'propose_change') return JSON.stringify(args)
    const { project, path, text, why } = args as { project: string; path: string; text: string; why: string }
    return `${path}: ${why}\n${diff((await desk.readFile(player, project, path)) ?? '', text)}`
  }

  async function act({ player, locale }: Omit<Errand, 'dialogue'>, name: ToolName, args: Args): Promise<string> {
    const { project, path, text, agent, lines, turns } = args as Record<string, never>
    switch (name) {
      case 'list_files':
        return (await desk.files(player)).map((file) => `${file.project} ${file.path}`).join('\n') || 'No files.'
      case 'read_file':
        return numbered(await desk.readFile(player, project!, path!))
      case 'propose_change':
        return (await desk.writeFile(player, project!, path!, text!)) ?? CHANGED
      case 'run_check':
        return desk.check(player, project!, locale)
      case 'run_agent':
        return desk.runAgent(player, agent!)
      case 'list_agents':
        return agentLines(await desk.agents(player))
      case 'read_log':
        return desk.log(player, agent!, lines!)
      case 'replay':
        return desk.replay(player, agent!, turns!)
    }
  }

  /** What the mentor is told before every answer, as far as its tools may look without asking; and what the learner has written by now. */
  async function survey({ player, locale }: Pick<Errand, 'player' | 'locale'>) {
    const [own, agents, files] = await Promise.all([rules(player), desk.agents(player), desk.files(player)])
    const look = async (name: ToolName, args: Args, see: () => string | Promise<string>) =>
      decide(name, args, own) === 'allow' ? clip(await see()) : `Not allowed here: ${name}.`
    const [file, agent] = [files[0], agents[0]]
    const text = file && (await desk.readFile(player, file.project, file.path))
    const found = [await look('list_agents', {}, () => agentLines(agents))]
    if (file) {
      found.push(`${file.path}\n${await look('read_file', file, () => numbered(text))}`)
      found.push(await look('run_check', { project: file.project }, () => desk.check(player, file.project, locale)))
    }
    if (agent) {
      const args = { agent: agent.id, lines: LOG_LINES }
      found.push(await look('read_log', args, () => desk.log(player, agent.id, LOG_LINES)))
    }
    return { text: found.join('\n\n'), written: file && text !== undefined ? { [file.path]: text } : {} }
  }

  return {
    call,
    survey,
    /** Runs what a person has allowed, once; undefined when that is not to be had any more. */
    async runApproved(approval: Approval, locale: Locale): Promise<string | undefined> {
      if (!isTool(approval.tool)) return undefined
      const { tool, player } = approval
      const args = JSON.parse(approval.args) as Args
      // What has been forbidden since stays forbidden.
      if (decide(tool, args, await rules(player)) === 'deny') return undefined
      const ran = await approvals.run(approval.id, { player, tool, args }, () => act({ player, locale }, tool, args))
      return ran && clip(ran.value)
    },
  }
}
export type Toolbox = ReturnType<typeof createToolbox>

/** The arguments, or what is wrong with them. */
function parse(name: ToolName, raw: string): Args | string {
  let value: unknown
  try {
    value = raw.trim() === '' ? {} : JSON.parse(raw)
  } catch {
    return `The arguments of ${name} are not JSON.`
  }
  const parsed = TOOLS[name].args.safeParse(value)
  if (parsed.success) return parsed.data
  return `${name}: ${parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'arguments'}: ${message}`).join('; ')}`
}

/** Lines of its log that the mentor looks at unasked. */
const LOG_LINES = 10
const agentLines = (agents: Awaited<ReturnType<MentorDesk['agents']>>): string =>
  agents.map(({ id, name, status, error }) => `${id} ${name}: ${status}${error ? `; ${error}` : ''}`).join('\n') ||
  'No agents.'

const numbered = (text: string | undefined): string =>
  text === undefined
    ? 'There is no such file.'
    : text
        .split('\n')
        .map((line, i) => `${i + 1} ${line}`)
        .join('\n')

const clip = (text: string): string =>
  text.length > MENTOR_TOOL_ANSWER_MAX_CHARS ? `${text.slice(0, MENTOR_TOOL_ANSWER_MAX_CHARS)}\n(cut)` : text
