/**
 * People of the world speak through a model where the world gives them a voice and nothing authored fits. Whatever stands in the way, no
 * model, time, budget, the filter, words beyond what the world says, comes to the authored line.
 */
import type { WorldDef } from '../../engine/types.ts'
import { NPC_SPEECH_MAX_MS, NPC_SPEECH_MAX_TOKENS, NPC_SPEECH_PER_MINUTE } from '../../limits.ts'
import type { Locale, PlayerId } from '../../protocol/ids.ts'
import { InferError } from '../errors.ts'
import { createLimiter } from '../limiter.ts'
import type { InferenceStore } from '../store.ts'
import type { Callers, Inference } from '../types.ts'
import { judgeSpeech, namesOf } from './bounds.ts'
import { type Speech, sheetOf } from './sheet.ts'

export type SpeakerParts = {
  readonly inference: Pick<Inference, 'complete'>
  readonly callers: Pick<Callers, 'ofPerson'>
  readonly usage: Pick<InferenceStore, 'usageOf'>
  readonly world: () => WorldDef
  /** As people's talk is filtered. */
  readonly clean: (text: string) => string
  readonly tokensPerDay: number
  readonly now: () => number
  readonly log: { info(fields: object, message: string): void }
}

/** Who pays where a model has a price: an account that the host may fill. Without credits only models without a price are asked. */
const TENANT = 'academy:characters'
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

export function createSpeaker(parts: SpeakerParts) {
  const { inference, callers, usage, world, clean, tokensPerDay, now, log } = parts
  const limiter = createLimiter(now, {
    requestsPerMinute: NPC_SPEECH_PER_MINUTE,
    tokensPerMinute: Number.MAX_SAFE_INTEGER,
    concurrency: 1,
  })
  let names: { readonly of: WorldDef; readonly by: Readonly<Record<Locale, readonly string[]>> } | undefined
  let spent: { readonly day: string; tokens: number } | undefined

  async function spentToday(): Promise<{ tokens: number }> {
    const day = dayOf(now())
    if (spent?.day === day) return spent
    const rows = await usage.usageOf(TENANT, 1_000)
    const tokens = rows.reduce((sum, row) => (row.day === day ? sum + row.inTokens + row.outTokens : sum), 0)
    if (spent?.day !== day) spent = { day, tokens }
    return spent
  }

  return async (speech: Speech): Promise<string | undefined> => {
    const def = world()
    const sheet = sheetOf(def, speech)
    if (!sheet) return undefined
    const { locale, npc } = speech
    let leave: (() => void) | undefined
    try {
      const entered = limiter.enter(speech.to, undefined, 0)
      leave = () => entered(0)
      const today = await spentToday()
      if (today.tokens >= tokensPerDay) throw new InferError('budget_exhausted', 'The day’s tokens are used up.')
      const { minor = false } = (await callers.ofPerson(speech.to as PlayerId)).principal
      const { text, usage: used } = await inference.complete(
        {
          messages: sheet.messages,
          maxTokens: NPC_SPEECH_MAX_TOKENS,
          temperature: 0.8,
          // What was not said aloud stays on the node of its owner.
          privacy: speech.isAloud && !minor ? 'open' : 'personal',
        },
        { tenant: TENANT, minor },
        { noCache: true, signal: AbortSignal.timeout(NPC_SPEECH_MAX_MS) },
      )
      today.tokens += used.inTokens + used.outTokens
      if (names?.of !== def) names = { of: def, by: { en: namesOf(def, 'en'), ru: namesOf(def, 'ru') } }
      const judged = judgeSpeech(text, sheet, locale, names.by[locale])
      if (!judged.ok) log.info({ npc, why: judged.why }, 'what a model said for a person of the world was left out')
      return judged.ok && clean(judged.text) === judged.text ? judged.text : undefined
    } catch (error) {
      if (!(error instanceof InferError)) throw error
      return undefined
    } finally {
      leave?.()
    }
  }
}
