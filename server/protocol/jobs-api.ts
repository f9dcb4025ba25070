/** Bodies of the compute market's routes: what is parsed at the edge, and what the page reads. */
import { z } from 'zod'
import {
  JOB_DEADLINE_MAX_MS,
  JOB_ID_MAX_CHARS,
  JOB_PART_FUEL_MAX,
  JOB_REPLICAS_MAX,
  JOBS_PAGE_MAX,
  WORK_HOSTS_MAX,
} from '../limits.ts'

const micro = z
  .string()
  .regex(/^\d{1,19}$/)
  .describe('micro-credits, a decimal string')
const atMs = z.number().int().describe('milliseconds since the Unix epoch')

export const JobBody = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(JOB_ID_MAX_CHARS)
    .describe('made by the caller and kept before sending; sending again changes nothing'),
  kind: z.string().min(1).max(64).describe('see /api/v1/job-kinds'),
  input: z.json().describe('as the kind takes it'),
  replicas: z
    .number()
    .int()
    .min(1)
    .max(JOB_REPLICAS_MAX)
    .optional()
    .describe('at least so many answers, of different owners where there are any'),
  maxPriceMicro: z
    .union([micro, z.number().int().min(1).transform(String)])
    .describe('the most that all of it may cost, all replicas together'),
  privacy: z.enum(['public', 'trusted', 'own']).optional().describe('who may be shown the input'),
  batched: z
    .boolean()
    .optional()
    .describe('many small payments to this node share one entry of the ledger; each keeps its receipt'),
  strict: z.boolean().optional().describe('wait for different owners until the deadline rather than go on without'),
  limits: z
    .strictObject({
      fuel: z.number().int().min(1).max(JOB_PART_FUEL_MAX).optional(),
      memoryMb: z.number().int().min(16).max(4096).optional(),
      deadlineMs: z.number().int().min(100).max(JOB_DEADLINE_MAX_MS).optional().describe('from now'),
    })
    .optional(),
})

export const Job = z.object({
  id: z.string(),
  kind: z.string(),
  status: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  createdAtMs: atMs,
  updatedAtMs: atMs,
  finishedAtMs: atMs.optional(),
  deadlineMs: atMs,
  maxPriceMicro: micro,
  heldMicro: micro.describe('set aside, and neither paid nor given back yet'),
  paidMicro: micro,
  feeMicro: micro.describe('what the market took on top of what was paid'),
  parts: z.object({ done: z.number().int(), of: z.number().int(), progress: z.number() }),
  workers: z.number().int(),
  owners: z.number().int(),
  verified: z
    .object({ mode: z.enum(['quorum', 'trust', 'own']), credibility: z.number() })
    .optional()
    .describe('by agreement of different owners, on the word of a proven one, or by this very node'),
  result: z.json().optional().describe('bytes are `{ base64 }`'),
  resultCid: z.string().optional(),
  evidenceCid: z.string().optional().describe('what the verdicts rest on; each payment names its part of it'),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
})
export type Job = z.infer<typeof Job>
export const JobList = z.object({ jobs: z.array(Job) })
export const JobPieces = z.object({
  status: Job.shape.status,
  pieces: z.array(z.object({ index: z.number().int(), value: z.json() })),
  next: z.number().int().describe('hand this in as `after` next time'),
})
export type JobPieces = z.infer<typeof JobPieces>
export const JobEvidence = z.looseObject({ job: z.string(), cid: z.string(), parts: z.array(z.json()) })
export const JobKinds = z.object({
  kinds: z.array(z.object({ name: z.string(), perMFuelMicro: micro.optional().describe('asked by this node') })),
})
export const JobQuery = z.object({
  waitMs: z.coerce
    .number()
    .int()
    .min(0)
    .max(20_000)
    .default(0)
    .describe('answer when it has ended, or after so long'),
})
export const PiecesQuery = z.object({ after: z.coerce.number().int().min(0).max(1_000_000).default(0) })
export const JobsQuery = z.object({ limit: z.coerce.number().int().min(1).max(JOBS_PAGE_MAX).optional() })

const hour = z.number().int().min(0).max(23)
const settings = {
  paused: z.boolean(),
  hosts: z.number().int().min(1).max(WORK_HOSTS_MAX).describe('parts worked on at once'),
  memoryMb: z.number().int().min(64).max(65_536).describe('of each'),
  quiet: z.strictObject({ fromHour: hour, toHour: hour }).nullable().optional(),
  prices: z
    .record(z.string().max(64), z.string().regex(/^\d{1,12}$/))
    .describe('kind -> micro-credits for a million fuel'),
  baseMicro: z
    .string()
    .regex(/^\d{1,12}$/)
    .describe('for each part'),
}
export const WorkBody = z.strictObject(settings).partial()
export const Work = z.object({
  settings: z.object(settings),
  kinds: z.array(z.string()),
  load: z.object({ working: z.number(), waiting: z.number(), hosts: z.number() }),
  earnings: z.object({
    totalMicro: micro,
    days: z.array(z.object({ day: z.string(), micro, parts: z.number().int() })),
    kinds: z.array(z.object({ kind: z.string(), micro, parts: z.number().int() })),
    recent: z.array(
      z.object({
        work: z.string(),
        kind: z.string(),
        paidMicro: micro,
        atMs,
        status: z.string(),
        transferId: z.string().optional(),
      }),
    ),
  }),
})
export type Work = z.infer<typeof Work>
