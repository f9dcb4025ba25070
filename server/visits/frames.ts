/** Frames of `/academy/visit/1.0.0`: between a home and the node its person visits. Each may come twice, late or never. */
import { z } from 'zod'
import {
  NAME_MAX_CHARS,
  VISIT_REQUESTS_PER_HOUR,
  VISIT_REQUESTS_PER_MINUTE,
  VISIT_STREAMS_MAX,
  VISIT_TEXT_MAX_CHARS,
  VISITORS_PER_HOME_MAX,
} from '../limits.ts'
import type { Served } from '../link/types.ts'
import { LOCALES } from '../protocol/ids.ts'
import { VISIT_ENDS, VISIT_REFUSALS } from './types.ts'

export const VISIT_PROTOCOL: Served = {
  protocol: 'visit',
  maxStreams: VISIT_STREAMS_MAX,
  perMinute: VISIT_REQUESTS_PER_MINUTE,
  perHour: VISIT_REQUESTS_PER_HOUR,
  overRelay: true,
  admittedOnly: true,
}

const text = z.string().min(1).max(VISIT_TEXT_MAX_CHARS)
const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array)
const visit = { visit: text, epoch: count }

export const passSchema = z.object({
  ...visit,
  person: text,
  name: z
    .string()
    .min(1)
    .max(NAME_MAX_CHARS * 2),
  locale: z.enum(LOCALES),
  home: text,
  homeName: z.string().max(40),
  dst: text,
  may: z.tuple([z.literal('walk'), z.literal('talk'), z.literal('use')]),
  issuedAtMs: count,
})

/** What the home asks of the other node. */
export const homeRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ASK'), pass: z.object({ body: bytes, key: bytes, sig: bytes }) }),
  z.object({ type: z.literal('TICKET'), ...visit, origin: text }),
  z.object({ type: z.literal('END'), ...visit }),
])
/** What the other node asks of the home. */
export const hostRequest = z.discriminatedUnion('type', [
  z.object({ type: z.literal('RENEW'), visits: z.array(z.object(visit)).max(VISITORS_PER_HOME_MAX) }),
  z.object({ type: z.literal('BACK'), ...visit, why: z.enum(VISIT_ENDS) }),
])
export type HomeRequest = z.output<typeof homeRequest>
export type HostRequest = z.output<typeof hostRequest>

export const visitAnswer = z.discriminatedUnion('type', [
  z.object({ type: z.literal('WELCOME') }),
  z.object({ type: z.literal('NO'), reason: z.enum(VISIT_REFUSALS) }),
  z.object({ type: z.literal('TICKET'), ticket: text }),
  /** Those of the asked that go on; the others are over. */
  z.object({ type: z.literal('HELD'), visits: z.array(text) }),
  z.object({ type: z.literal('ENDED') }),
])
export type VisitAnswer = z.output<typeof visitAnswer>
