/** Answers what zones ask of the outside. A request stays in its zone until it is settled, so after a crash it is simply asked again, under the same id. */
import { GONE, ZoneUnavailable } from '../engine/index.ts'
import type { ZoneInput } from '../engine/types.ts'
import type { TransferRefusal } from '../ledger/types.ts'
import { within } from '../lib/within.ts'
import { REQUEST_RETRY_MAX_MS, REQUEST_RETRY_MIN_MS, SCRIPT_ANSWER_MAX_MS } from '../limits.ts'
import type { Request } from '../protocol/events.ts'
import type { CharacterId, Direction, PlaceId, ZoneId } from '../protocol/ids.ts'
import type { RefusalCode } from '../protocol/refusals.ts'
import type { RoomsLog, ScriptRequest, Settlers } from './parts.ts'

type Of<K extends Request['kind']> = Extract<Request, { kind: K }>
type Settlement = Omit<Extract<ZoneInput, { type: 'settle' }>, 'type' | 'id'>
export type Requests = AsyncDisposable & {
  /** Sees to it that the request is answered; asking twice is asking once. */
  take(zone: ZoneId, id: string, request: Request, again?: boolean): void
  /** Resolves when the character's way between two zones, if it is on one, is over. */
  arrival(id: CharacterId): Promise<void> | undefined
  isUnderWay(id: CharacterId): boolean
  /** Where somebody who is on a visit to another node stood when they left. */
  away(id: CharacterId): { readonly zone: ZoneId; readonly place: PlaceId } | undefined
}

export type RequestsParts = {
  readonly settlers: Settlers
  readonly log: RoomsLog
  readonly zoneOf: (place: string) => ZoneId | undefined
  readonly submit: (zone: ZoneId, input: ZoneInput) => Promise<import('../engine/types.ts').Outcome>
}

export function createRequests({ settlers, log, zoneOf, submit }: RequestsParts): Requests {
  const underWay = new Map<string, Promise<void>>()
  const walking = new Map<CharacterId, Promise<void>>()
  const visiting = new Map<CharacterId, { readonly zone: ZoneId; readonly place: PlaceId }>()
  const closing = new AbortController()
  return {
    take(zone, id, request, again = false) {
      const key = `${zone}/${id}`
      if (underWay.has(key) || closing.signal.aborted) return
      const work = see(zone, id, request, again).finally(() => underWay.delete(key))
      underWay.set(key, work)
      if (request.kind === 'handoff') {
        const who = request.character.id
        const walk = work.finally(() => walking.get(who) === walk && walking.delete(who))
        walking.set(who, walk)
      }
      if (request.kind === 'portal') {
        const { id: who, place } = request.character
        const at = { zone, place }
        visiting.set(who, at)
        void work.finally(() => visiting.get(who) === at && visiting.delete(who))
      }
    },
    arrival: (id) => walking.get(id),
    isUnderWay: (id) => walking.has(id),
    away: (id) => visiting.get(id),
    async [Symbol.asyncDispose]() {
      closing.abort()
      await Promise.all(underWay.values())
    },
  }

  /** Never rejects: what cannot be answered now is tried again until it can, or until the node closes. */
  async function see(zone: ZoneId, id: string, request: Request, again: boolean): Promise<void> {
    const settlement = await persistently(() => answer(zone, id, request, again), id)
    if (!settlement) return
    await persistently(() => submit(zone, { type: 'settle', id, ...settlement }), id)
  }

  function answer(zone: ZoneId, id: string, request: Request, again: boolean): Promise<Settlement> {
    if (request.kind === 'handoff') return handOver(id, request)
    if (request.kind === 'portal') return visit(zone, id, request, again)
    if (request.kind === 'speech') return speak(request)
    return request.kind === 'transfer' ? pay(id, request) : runScript(zone, id, request)
  }

  /** Safe to repeat: a zone takes one arrival once. Only its own word counts as a no. */
  async function handOver(id: string, { to, character, items, direction }: Of<'handoff'>): Promise<Settlement> {
    const target = zoneOf(to)
    if (target === undefined) return { ok: false, code: 'no_exit' }
    const { verdict } = await submit(target, { type: 'arrive', id, character, items, ...fromOf(direction) })
    if (!verdict.ok && verdict.refusal.code === 'busy') throw new ZoneUnavailable(target)
    return verdict.ok ? { ok: true } : { ok: false, code: verdict.refusal.code }
  }

  async function pay(id: string, { from, to, amountMicro, memo, then }: Of<'transfer'>): Promise<Settlement> {
    if (!settlers.ledger) return { ok: false, code: 'no_ledger' }
    const code = then.type === 'sell' ? 'sale' : 'purchase'
    const [result] = await settlers.ledger.transfer([{ id, from, to, amountMicro: BigInt(amountMicro), code, memo }])
    if (result!.status !== 'refused') return { ok: true }
    if (result!.reason !== 'insufficient_funds')
      log.warn({ request: id, reason: result!.reason }, 'a payment was refused')
    return { ok: false, code: refusalOf(result!.reason, code) }
  }

  async function visit(zone: ZoneId, id: string, request: Of<'portal'>, again: boolean): Promise<Settlement> {
    if (!settlers.portal) return { ok: false, code: 'portal_nowhere' }
    const answered = await settlers.portal(request, { id, zone, again, signal: closing.signal })
    if (!answered.ok) return { ok: false, code: answered.code, ...(answered.params && { value: answered.params }) }
    return { ok: true, ...(answered.gone && { value: GONE }) }
  }

  /** Never waits for long, and what fails is the authored line. */
  async function speak(request: Of<'speech'>): Promise<Settlement> {
    const text = await settlers.speech?.(request).catch((error: unknown) => {
      log.warn({ err: error, npc: request.npc }, 'a person of the world found no words')
      return undefined
    })
    return text === undefined ? { ok: false } : { ok: true, value: { text } }
  }

  async function runScript(zone: ZoneId, id: string, request: ScriptRequest): Promise<Settlement> {
    if (!settlers.script) return { ok: false, code: 'nothing_happens' }
    try {
      const answered = await within(settlers.script(request, { id, zone }), SCRIPT_ANSWER_MAX_MS, noAnswer)
      return answered.ok ? { ok: true, value: answered.value } : { ok: false, code: answered.code ?? 'jammed' }
    } catch (error) {
      log.error(
        { err: error, zone, script: request.script, handler: request.handler },
        'a script of the world failed',
      )
      return { ok: false, code: 'jammed' }
    }
  }

  async function persistently<T>(attempt: () => Promise<T>, id: string): Promise<T | undefined> {
    for (let tries = 0; !closing.signal.aborted; tries++) {
      try {
        return await attempt()
      } catch (error) {
        if (tries === 0 || tries % 10 === 9)
          log.warn({ err: error, request: id, tries: tries + 1 }, 'a request of the world waits')
        await pause(Math.min(REQUEST_RETRY_MIN_MS * 2 ** tries, REQUEST_RETRY_MAX_MS))
      }
    }
    return undefined
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms)
      closing.signal.addEventListener('abort', done, { once: true })
      function done(): void {
        clearTimeout(timer)
        closing.signal.removeEventListener('abort', done)
        resolve()
      }
    })
  }
}

const fromOf = (direction: Direction | undefined) => (direction === undefined ? {} : { from: direction })

function refusalOf(reason: TransferRefusal, code: 'purchase' | 'sale'): RefusalCode {
  if (reason !== 'insufficient_funds') return 'no_ledger'
  return code === 'sale' ? 'will_not_buy' : 'cannot_afford'
}

const noAnswer = (): Error => new Error(`no answer within ${SCRIPT_ANSWER_MAX_MS} ms`)
