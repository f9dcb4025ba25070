/** What people say passes here on its way to the world: the muted are told so, words that hurt are masked. */
import type { Json, Params, PlayerId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import type { TerminalServices } from './types.ts'

const TALK = new Set(['say', 'tell', 'whisper', 'shout', 'emote', 'ask'])

export type Guarded = { readonly input: Json } | { readonly refusal: Refusal }

export function guardTalk(
  services: Pick<TerminalServices, 'accounts' | 'clock'>,
  speaker: PlayerId,
  command: string,
  input: Json,
): Guarded {
  const moderation = services.accounts?.moderation
  if (!moderation || !TALK.has(command)) return { input }
  const { text } = input as Params
  if (typeof text !== 'string') return { input }
  const muted = mutedRefusal(services, speaker)
  return muted ? { refusal: muted } : { input: { ...(input as Params), text: moderation.cleanTalk(text) } }
}

/** Why a person may not speak, with the minutes that are left. */
export function mutedRefusal(
  services: Pick<TerminalServices, 'accounts' | 'clock'>,
  speaker: PlayerId,
): Refusal | undefined {
  const sanction = services.accounts?.moderation.isMuted(speaker)
  if (!sanction) return undefined
  const leftMs = sanction.untilMs === undefined ? undefined : sanction.untilMs - (services.clock?.now() ?? Date.now())
  return {
    code: 'muted',
    params: {
      reason: sanction.reason,
      ...(leftMs !== undefined && { minutes: Math.max(1, Math.ceil(leftMs / 60_000)) }),
    },
  }
}
