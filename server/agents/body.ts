/** What an agent's body is doing: one action after another, each taking its time in the world. */
import { AGENT_WAIT_MAX_TICKS } from '../limits.ts'
import { apiAction } from '../protocol/agent-api/definition.ts'
import type { AgentCall, AgentInput } from '../protocol/agent-io.ts'
import type { AgentId, CharacterId, Json, Locale, PlayerId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import type { AgentsDeps } from './parts.ts'

type Answer = Extract<AgentInput, { type: 'result' }>
/** An answer that is given at a tide; what is seen is looked at only then. */
export type Due = {
  readonly tick: number
  readonly call: number
  readonly sees: boolean
  readonly refusal?: Refusal
  /** What a model said. */
  readonly value?: Json
}

export type Body = ReturnType<typeof createBody>
export type BodyDeps = Pick<
  AgentsDeps,
  | 'zones'
  | 'voice'
  | 'commandInput'
  | 'moderation'
  | 'log'
  | 'clock'
  | 'hop'
  | 'mayAct'
  | 'tellAcross'
  | 'ask'
  | 'compute'
>
export type BodyOf = {
  readonly id: CharacterId
  readonly owner: PlayerId
  readonly locale: Locale /** Makes the ids of its lines: the same call never acts twice. */
  readonly lineId: (call: number) => string
  /** At which it lives here. */
  readonly epoch?: number
}

const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : undefined)

const TALK = new Set(['say', 'tell'])
/** Calls that are carried out elsewhere than in the world. */
const OUTWARD = new Set(['hop', 'ask', 'compute'])

export function createBody(deps: BodyDeps, of: BodyOf) {
  const { zones, voice } = deps
  const due: Due[] = []
  const queue: (AgentCall & { readonly asked: number })[] = []
  const known = new Set<number>()
  /** Calls that ask to be taken to another node: answered there, or with a refusal here. */
  const hopping = new Set<number>()
  /** Questions to a model and to the market that are not answered yet, with what is said when the agent leaves before. */
  const asking = new Map<number, Refusal>()
  let busyUntil = 0
  let acting = false
  let gone = false

  /** T20: it lives elsewhere now, or at a later epoch. */
  const stale = (): Refusal | undefined =>
    of.epoch !== undefined && deps.mayAct?.(of.id as AgentId, of.epoch) === false
      ? { code: 'agent_away', params: { node: 'none' } }
      : undefined

  function take(call: AgentCall, asked: number): void {
    if (known.has(call.call)) return
    known.add(call.call)
    const action = apiAction(call.action)!
    const refusal = OUTWARD.has(call.action) ? stale() : undefined
    if (refusal) return void due.push({ call: call.call, tick: asked + 1, sees: false, refusal })
    if (call.action === 'hop' && deps.hop) return void hop(deps.hop, call, asked)
    if (call.action === 'ask' && deps.ask) return void ask(deps.ask, call, asked)
    if (call.action === 'compute' && deps.compute) return void compute(deps.compute, call, asked)
    if (action.body && call.action !== 'hop') queue.push({ ...call, asked })
    else due.push({ call: call.call, ...atOnce(call, asked, action.ticks) })
  }

  async function hop(to: NonNullable<BodyDeps['hop']>, call: AgentCall, asked: number): Promise<void> {
    hopping.add(call.call)
    const refusal = await to(of.id as AgentId, String(call.args[0] ?? '').slice(0, 100))
    hopping.delete(call.call)
    if (!gone) due.push({ call: call.call, tick: asked + 1, sees: false, ...(refusal && { refusal }) })
  }

  /** The answer comes when it comes, as an input of a later tide: the world waits for no model. */
  async function ask(model: NonNullable<BodyDeps['ask']>, call: AgentCall, asked: number): Promise<void> {
    const [prompt, options] = call.args
    await later(call, asked, { code: 'no_model' }, model(of.owner, of.id, String(prompt ?? ''), textOf(options)))
  }

  /** Named after the call: asked for again after a restart it is the same job, and paid once. */
  async function compute(market: NonNullable<BodyDeps['compute']>, call: AgentCall, asked: number): Promise<void> {
    const [kind, input, terms] = call.args.map(textOf)
    const wish = { id: of.lineId(call.call), owner: of.owner, kind: kind ?? '', input: input ?? '', terms }
    await later(call, asked, { code: 'no_market' }, market(wish))
  }

  async function later(
    call: AgentCall,
    asked: number,
    left: Refusal,
    answer: Promise<{ readonly value?: Json; readonly refusal?: Refusal }>,
  ): Promise<void> {
    asking.set(call.call, left)
    const { value, refusal } = await answer
    asking.delete(call.call)
    if (gone) return
    due.push({
      call: call.call,
      tick: asked + 1,
      sees: false,
      ...(refusal && { refusal }),
      ...(value !== undefined && { value }),
    })
  }

  function atOnce(call: AgentCall, asked: number, ticks: number): Omit<Due, 'call'> {
    switch (call.action) {
      case 'look':
        return { tick: asked + ticks, sees: true }
      case 'wait':
        return { tick: asked + Math.min(AGENT_WAIT_MAX_TICKS, Math.max(1, Number(call.args[0] ?? 1))), sees: false }
      case 'mark':
      case 'clearMarks':
        return { tick: asked + ticks, sees: false }
      case 'ask':
        return { tick: asked + 1, sees: false, refusal: { code: 'no_model' } }
      case 'compute':
        return { tick: asked + 1, sees: false, refusal: { code: 'no_market' } }
      default:
        return {
          tick: asked + 1,
          sees: false,
          refusal: { code: 'no_such_node', params: { name: String(call.args[0] ?? '').slice(0, 100) } },
        }
    }
  }

  /** Begins the next action when the body is free. */
  function act(tick: number): void {
    if (gone || acting || tick < busyUntil) return
    const next = queue.shift()
    if (!next) return
    const { ticks } = apiAction(next.action)!
    busyUntil = tick + ticks
    acting = true
    void submit(next).then((refusal) => {
      acting = false
      due.push({ call: next.call, tick: busyUntil, sees: next.action === 'go', ...(refusal && { refusal }) })
    })
  }

  async function submit(call: AgentCall): Promise<Refusal | undefined> {
    const refusal = stale()
    if (refusal) return refusal
    const muted = TALK.has(call.action) ? deps.moderation.isMuted(of.owner) : undefined
    if (muted)
      return {
        code: 'muted',
        params: {
          reason: muted.reason,
          ...(muted.untilMs !== undefined && {
            minutes: Math.max(1, Math.ceil((muted.untilMs - deps.clock.now()) / 60_000)),
          }),
        },
      }
    if (deps.tellAcross && call.action === 'tell' && String(call.args[0] ?? '').includes('@')) {
      const [to, text] = cleaned(call.args)
      return deps.tellAcross({ id: of.lineId(call.call), from: of.id, to: String(to), text: String(text) })
    }
    const input = deps.commandInput(call.action, TALK.has(call.action) ? cleaned(call.args) : call.args)
    if (input === undefined) return { code: 'unknown_command', params: { word: call.action } }
    try {
      const { verdict } = await zones.submit(of.id, call.action, input, of.lineId(call.call))
      return verdict.ok ? undefined : verdict.refusal
    } catch (err) {
      deps.log.warn({ err, agent: of.id, action: call.action }, 'an action of an agent could not be carried out')
      return { code: 'zone_unavailable' }
    }
  }

  /** The words are the last argument. */
  const cleaned = (args: readonly Json[]): readonly Json[] => [
    ...args.slice(0, -1),
    deps.moderation.cleanTalk(String(args.at(-1) ?? '')),
  ]

  /** Answers whose time has come, in the order of their calls' ends. One that must see waits until there is something to see. */
  function answers(tick: number): readonly Answer[] {
    const ready = due.filter((one) => one.tick <= tick)
    const given: Answer[] = []
    for (const one of ready) {
      const answer = answerTo(one)
      if (!answer) continue
      due.splice(due.indexOf(one), 1)
      known.delete(one.call)
      given.push(answer)
    }
    return given
  }

  function answerTo({ call, sees, refusal, value = null }: Due): Answer | undefined {
    if (refusal) return { type: 'result', call, ok: false, refusal: { ...refusal, message: words(refusal) } }
    if (!sees) return { type: 'result', call, ok: true, value }
    const view = zones.read(of.id, (world, me) => voice.placeView(world, me, of.locale))
    return view && { type: 'result', call, ok: true, value: view as unknown as Json }
  }

  const words = (refusal: Refusal): string =>
    zones.read(of.id, (world) => voice.describeRefusal(refusal, of.locale, world)) ??
    voice.describeRefusal(refusal, of.locale)

  return {
    take,
    act,
    answers,
    /** When its next answer is due: infinite when it waits for none, undefined while it is doing something. */
    nextDue: (): number | undefined =>
      acting || queue.length > 0 || asking.size > 0
        ? undefined
        : due.reduce((least, { tick }) => Math.min(least, tick), Number.POSITIVE_INFINITY),
    /** Whether something it began in the world has not come to its end. */
    isActing: (): boolean => acting,
    /** What it has done and has not been told of yet; when it has come to another node, so are its hops. */
    undelivered: (tick: number): readonly Due[] => [
      ...due,
      ...[...hopping].map((call) => ({ call, tick: tick + 1, sees: false })),
      // Its answer would come to where it is no more.
      ...[...asking].map(([call, refusal]) => ({ call, tick: tick + 1, sees: false, refusal })),
    ],
    /** It did this elsewhere: only the answer is still to be given. */
    did(done: Due): void {
      known.add(done.call)
      due.push(done)
    },
    /** After this nothing more is begun. */
    leave() {
      gone = true
      queue.length = 0
      due.length = 0
    },
  }
}
