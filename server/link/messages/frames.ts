/** What crosses the wire in the protocol `message`, and which failures are of the way. */
import { z } from 'zod'
import { MESSAGES_PER_HOUR, MESSAGES_PER_MINUTE } from '../../limits.ts'
import { WireError } from '../errors.ts'
import type { Served } from '../types.ts'

export const MESSAGE: Served = {
  protocol: 'message',
  maxStreams: 4,
  perMinute: MESSAGES_PER_MINUTE,
  perHour: MESSAGES_PER_HOUR,
  overRelay: true,
  admittedOnly: true,
}

export const answerSchema = z.object({ is: z.enum(['delivered', 'kept', 'moved']), node: z.string().optional() })
export type Answer = z.infer<typeof answerSchema>

/** Failures of the way, not of the message. */
const WAY = new Set(['E_UNREACHABLE', 'E_TIMEOUT', 'E_CLOSED', 'E_UNSUPPORTED', 'E_NOT_ADMITTED', 'E_FORBIDDEN'])
export const isWay = (error: unknown): error is WireError => error instanceof WireError && WAY.has(error.code)
