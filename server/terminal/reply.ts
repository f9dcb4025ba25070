/** What a session's verb answers: some output, or a no. */
import type { Json, Params } from '../protocol/ids.ts'
import type { Refusal, RefusalCode } from '../protocol/refusals.ts'
import type { OutputDraft, OutputKind } from '../protocol/terminal.ts'

export type Reply = { readonly out: readonly OutputDraft[] } | { readonly refusal: Refusal }

export const reply = (text: string, kind: OutputKind = 'system', data?: Json): Reply => ({
  out: [{ kind, text, ...(data !== undefined && { data }) }],
})
export const silence: Reply = { out: [] }
export const no = (code: RefusalCode, params?: Params): Reply => ({ refusal: { code, params } })
