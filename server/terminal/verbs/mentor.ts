/** The mentor at the prompt: asked, answered in whole lines as they come, what waits for one's word, and rules for its tools. */
import { firstWord, normalise } from '../../commands/index.ts'
import type { Approval, MentorEvent, MentorNews, MentorService, Rule } from '../../inference/mentor/types.ts'
import { MENTOR_RULES_MAX } from '../../limits.ts'
import { MENTOR_DECISIONS, MENTOR_TOOL_NAMES } from '../../protocol/api-mentor.ts'
import type { Json, PlayerId } from '../../protocol/ids.ts'
import type { OutputDraft } from '../../protocol/terminal.ts'
import { plainText } from '../plain-text.ts'
import { no, type Reply, reply, silence } from '../reply.ts'
import type { People, SessionContext, SessionVerb, Words } from '../session-verb.ts'
import { subcommand } from '../subcommand.ts'

const NAMES = new Set(['mentor', 'наставник', 'наставника', 'наставнику', 'ментор', 'ментора'])
/** `mentor why …` and `у наставника почему …`: the question that stands behind the name; undefined when it is for somebody else. */
export function forMentor(args: string): { readonly name: string; readonly question: string } | undefined {
  const [word, rest] = firstWord(args.replace(/^у\s+/i, ''))
  const name = normalise(word).replace(/[,:]$/, '')
  return NAMES.has(name) ? { name, question: rest.replace(/^(?:about|про)\s+/i, '').trim() } : undefined
}

const ACTS = {
  ask: ['ask', 'спросить', 'спроси'],
  allow: ['allow', 'yes', 'разрешить', 'разреши', 'да'],
  deny: ['deny', 'no', 'запретить', 'запрети', 'нет'],
  rules: ['rules', 'rule', 'правила', 'правило'],
  stop: ['stop', 'стоп', 'хватит'],
} as const

type Parts = { readonly mentor: MentorService; readonly session: SessionContext }
const underWay = new WeakMap<MentorService, Map<PlayerId, AbortController>>()

export const mentor: SessionVerb = {
  name: 'mentor',
  verbs: { en: ['mentor'], ru: ['наставник', 'ментор'] },
  async run(args, session) {
    const { mentor: service } = session.services
    if (!service) return no('not_here')
    const parts = { mentor: service, session }
    const act = subcommand(args, ACTS)
    if (args === '') return status(parts)
    if (act?.[0] === 'allow' || act?.[0] === 'deny') return decide(parts, act[1].trim(), act[0] === 'allow')
    if (act?.[0] === 'rules') return rules(parts, act[1].trim())
    if (act?.[0] === 'stop') return stop(parts)
    return ask(parts, (act ? act[1] : args).trim())
  },
}

/** Answers at once and lets the mentor talk on by itself: further lines are not kept waiting for a model. */
function ask({ mentor, session }: Parts, question: string): Reply {
  const id = session.person().id
  const talks = underWay.get(mentor) ?? new Map<PlayerId, AbortController>()
  underWay.set(mentor, talks)
  const control = talks.has(id) ? undefined : new AbortController()
  if (control) talks.set(id, control)
  void speak({ mentor, session }, question, control?.signal)
    .catch((error: unknown) => {
      if (control?.signal.aborted) return
      session.services.report?.(error, 'mentor')
      session.people.tell(id, (words) => ({ kind: 'error', text: words('mentor.failed') }))
    })
    .finally(() => control && talks.delete(id))
  return silence
}

async function speak({ mentor, session }: Parts, question: string, signal?: AbortSignal): Promise<void> {
  const id = session.person().id
  let line = ''
  let isFirst = true
  /** Nobody hears it any more: leaving the loop calls the model off. */
  const tell = (draft: OutputDraft): boolean => session.people.tell(id, () => draft)
  const say = (text: string): boolean => {
    const plain = plainText(text).trimEnd()
    if (plain === '') return true
    const said = isFirst ? session.words('mentor.says', { text: plain }) : plain
    isFirst = false
    return tell({ kind: 'speech', text: said, data: { mentor: 'text' } })
  }
  for await (const event of mentor.ask(id, session.locale(), question, signal)) {
    if (event.type === 'text') {
      line += event.text
      const cut = line.lastIndexOf('\n')
      const whole = line.slice(0, cut + 1)
      line = line.slice(cut + 1)
      if (whole !== '' && !say(whole)) return
    } else {
      if (!say(line)) return
      line = ''
      const draft = draftOf(session, event)
      if (draft && !tell(draft)) return
    }
  }
}

function draftOf(session: SessionContext, event: Exclude<MentorEvent, { type: 'text' }>): OutputDraft | undefined {
  switch (event.type) {
    case 'tool':
      return {
        kind: 'system',
        text: session.words('mentor.looks', { what: session.words(`mentor.tool.${event.tool}`) }),
      }
    // What waits is told by the news, at every device.
    case 'approval':
      return undefined
    case 'authored': {
      const hint = event.hint === undefined ? [] : [session.words('mentor.hint', { text: plainText(event.hint) })]
      return { kind: 'system', text: [event.why, ...hint].join('\n') }
    }
    case 'refused':
      return { kind: 'system', text: event.why }
    case 'end':
      return undefined
  }
}

/** Enough of an id to tell what waits apart. */
const shortOf = ({ id }: Approval) => id.slice(-6)
const asked = (words: Words, approval: Approval): string =>
  words('mentor.wants', {
    what: words(`mentor.tool.${approval.tool}`),
    shown: approval.shown,
    id: shortOf(approval),
  })

/** What waits, and what became of it, at each device of a person; the page's panels read the data. */
export function tellMentorNews(mentor: Pick<MentorService, 'onNews'>, people: People): () => void {
  return mentor.onNews(({ player, approval, decided }) => {
    const { project, path } = (approval.tool === 'propose_change' ? JSON.parse(approval.args) : {}) as Record<
      string,
      string
    >
    const changed: Readonly<Record<string, Json>> =
      decided?.isApproved && project && path ? { project, paths: [path] } : {}
    people.tell(player, (words) =>
      decided
        ? { kind: 'system', text: decidedLine(words, approval, decided), data: { mentor: 'decided', ...changed } }
        : { kind: 'system', text: asked(words, approval), data: { mentor: 'approval' } },
    )
  })
}

const decidedLine = (
  words: Words,
  { tool }: Approval,
  { isApproved, result }: NonNullable<MentorNews['decided']>,
): string =>
  words('mentor.decided', {
    what: words(`mentor.tool.${tool}`),
    decision: words(`mentor.decided.${isApproved ? 'allowed' : 'denied'}`),
    result,
  })

async function status({ mentor, session }: Parts): Promise<Reply> {
  const id = session.person().id
  const [why, pending] = [await mentor.unavailable(id, session.locale()), await mentor.pending(id)]
  const waiting = pending.map((one) => asked(session.words, one))
  return reply(
    [
      why ?? session.words('mentor.ready'),
      ...(waiting.length > 0 ? waiting : [session.words('mentor.nothing_waits')]),
    ].join('\n'),
  )
}

async function decide({ mentor, session }: Parts, typed: string, isApproved: boolean): Promise<Reply> {
  const { id } = session.person()
  const pending = await mentor.pending(id)
  const found =
    typed === '' && pending.length === 1
      ? pending[0]
      : pending.find((one) => one.id.endsWith(typed) && typed.length >= 4)
  if (!found) return reply(session.words(typed === '' && pending.length > 1 ? 'mentor.which' : 'mentor.no_such'))
  const result = await mentor.decide(id, found.id, isApproved, session.locale())
  if (result === undefined) return reply(session.words('mentor.no_such'))
  // Every device of theirs is told by the news, this one too.
  return silence
}

function stop({ mentor, session }: Parts): Reply {
  const talk = underWay.get(mentor)?.get(session.person().id)
  talk?.abort()
  return reply(session.words(talk ? 'mentor.stopped' : 'mentor.silent'))
}

/** `rules`, `rules TOOL allow|ask|deny|usual`, and behind it `path=main.ts`: how an argument begins. */
async function rules({ mentor, session }: Parts, typed: string): Promise<Reply> {
  const id = session.person().id
  const now = await mentor.rules(id)
  if (typed === '') return reply(listed(session, mentor, now))
  const [tool = '', word = '', ...conditions] = typed.split(/\s+/)
  const decision = MENTOR_DECISIONS.find(
    (each) => each === word || normalise(session.words(`mentor.decision.${each}`)) === normalise(word),
  )
  const isUsual = word === 'usual' || normalise(word) === 'обычно'
  const when = Object.fromEntries(conditions.map((each) => each.split('=', 2) as [string, string]))
  const isTool = tool === '*' || MENTOR_TOOL_NAMES.some((each) => each === tool)
  if (!isTool || (!decision && !isUsual) || Object.entries(when).some(([key, value]) => !key || !value))
    return no('bad_arguments', { usage: session.words('help.mentor').split('\n')[0]! })
  const key = JSON.stringify(when)
  const others = now.filter((rule) => rule.tool !== tool || (!isUsual && JSON.stringify(rule.when ?? {}) !== key))
  const rule = decision && { tool: tool as Rule['tool'], decision, ...(conditions.length > 0 && { when }) }
  const next = [...others, ...(rule ? [rule] : [])].slice(-MENTOR_RULES_MAX)
  await mentor.setRules(id, next)
  return reply(listed(session, mentor, next))
}

function listed(session: SessionContext, { standard }: MentorService, mine: readonly Rule[]): string {
  const line = (tool: string, decision: string, when: Rule['when']) =>
    `  ${tool} (${session.words(`mentor.tool.${tool}`)})${Object.entries(when ?? {})
      .map(([key, begins]) => ` ${key}=${begins}`)
      .join('')}: ${session.words(`mentor.decision.${decision}`)}`
  return [
    session.words('mentor.rules'),
    ...mine.map(({ tool, decision, when }) => line(tool, decision, when)),
    session.words('mentor.rules_usual'),
    ...Object.entries(standard).map(([tool, decision]) => line(tool, decision, undefined)),
    session.words('mentor.rules_how'),
  ].join('\n')
}
