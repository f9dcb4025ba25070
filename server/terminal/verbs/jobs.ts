/** Compute jobs from the prompt: handed in, looked at, called off; small inputs are typed, of any kind and with all terms as the API takes them. */
import type { JobRequest, Jobs, JobView } from '../../jobs/types.ts'
import { JOB_LINES } from '../../limits.ts'
import type { Json } from '../../protocol/ids.ts'
import { JobBody } from '../../protocol/jobs-api.ts'
import { no, type Reply, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'
import { subcommand } from '../subcommand.ts'

const ACTS = {
  list: ['list', 'список', 'все'],
  kinds: ['kinds', 'виды'],
  show: ['show', 'look', 'показать', 'что'],
  cancel: ['cancel', 'stop', 'отменить', 'стоп'],
} as const

/** The most that a job typed here may cost where nothing else is said: a tenth of a credit. */
const MOST_MICRO = 100_000n

type Parts = { readonly jobs: Jobs; readonly session: SessionContext }

export const job: SessionVerb = {
  name: 'job',
  verbs: { en: ['job', 'jobs'], ru: ['расчёт', 'расчёты', 'расчет', 'расчеты'] },
  async run(args, session) {
    const { jobs } = session.services
    if (!jobs) return no('not_here')
    const parts = { jobs, session }
    const act = subcommand(args, ACTS)
    if (args === '' || act?.[0] === 'list') return list(parts)
    if (act?.[0] === 'kinds') return kinds(parts)
    if (act?.[0] === 'cancel') return shown(parts, await jobs.cancel(session.person().id, act[1].trim()))
    if (act?.[0] === 'show') return shown(parts, await jobs.get(session.person().id, act[1].trim()))
    if (args.trim().startsWith('{')) return asWritten(parts, args)
    const wish = subcommand(args, KINDS)
    if (!wish) return shown(parts, await jobs.get(session.person().id, args.trim()))
    const input = INPUTS[wish[0]](wish[1].trim())
    return input ? handIn(parts, { kind: wish[0], input: input.value }) : unread(session)
  },
}

const unread = (session: SessionContext): Reply =>
  no('bad_arguments', { usage: session.words('help.job').split('\n')[0]! })

/** As the API takes it; name and cap may be left out. */
const Written = JobBody.partial({ id: true, maxPriceMicro: true })

function asWritten(parts: Parts, text: string): Reply | Promise<Reply> {
  const wish = Written.safeParse(jsonIn(text))
  if (wish.success) {
    const { maxPriceMicro, ...rest } = wish.data
    return handIn(parts, { ...rest, ...(maxPriceMicro && { maxPriceMicro: BigInt(maxPriceMicro) }) })
  }
  const [issue] = wish.error.issues
  if (!issue || issue.path.length === 0) return unread(parts.session)
  const kind = (jsonIn(text) as { kind?: unknown }).kind
  return no('bad_job_input', { kind: String(kind), path: issue.path.join('.'), why: issue.message })
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const numbers = (text: string) => {
  const all = text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map(Number)
  return all.length > 0 && all.every(Number.isFinite) ? { value: all } : undefined
}
/** Kinds by the words they are typed with. */
const KINDS = {
  sum: ['sum', 'сложить', 'сумма'],
  multiply: ['multiply', 'умножить', 'произведение'],
  sort: ['sort', 'упорядочить', 'сортировать'],
  hash: ['hash', 'хеш', 'отпечаток'],
  render: ['render', 'картина', 'нарисовать'],
} as const
/** What each kind's input looks like when it is typed. */
const INPUTS: Readonly<Record<keyof typeof KINDS, (text: string) => { readonly value: Json } | undefined>> = {
  sum: numbers,
  multiply: numbers,
  sort: (text) => numbers(text) ?? (text === '' ? undefined : { value: text.split(/\s+/) }),
  hash: (text) => (text === '' ? undefined : { value: text }),
  render: (text) => ({ value: (text === '' ? {} : { scene: text }) as Json }),
}

type Wish = Partial<JobRequest> & Pick<JobRequest, 'kind' | 'input'>

async function handIn({ jobs, session }: Parts, wish: Wish): Promise<Reply> {
  const person = session.person()
  const { id = `${wish.kind}-${session.nowMs().toString(36)}`, maxPriceMicro = MOST_MICRO } = wish
  const request: JobRequest = { ...wish, id, maxPriceMicro }
  const made = await jobs.submit({ id: person.id, account: `player:${person.id}` }, request)
  if (!made.ok) return { refusal: made.refusal }
  void jobs.ended(person.id, id).then((ended) => {
    if (ended.ok)
      session.people.tell(person.id, (words) => ({
        kind: 'system',
        text: line(words, ended.value),
        data: { job: id },
      }))
  })
  return reply(session.words('job.taken', { id }), 'system', { job: id })
}

async function list({ jobs, session }: Parts): Promise<Reply> {
  const all = await jobs.list(session.person().id, JOB_LINES)
  if (all.length === 0) return reply(session.words('job.none'))
  return reply([session.words('job.head'), ...all.map((one) => `  ${line(session.words, one)}`)].join('\n'))
}

function kinds({ jobs, session }: Parts): Reply {
  const all = jobs.kinds().map(({ name, perMFuelMicro }) =>
    session.words('job.kind', {
      kind: name,
      offered: perMFuelMicro === undefined ? 'no' : 'yes',
      priceMicro: perMFuelMicro ?? '0',
    }),
  )
  return reply([session.words('job.kinds'), ...all.map((one) => `  ${one}`)].join('\n'))
}

const shown = ({ session }: Parts, answer: Awaited<ReturnType<Jobs['get']>>): Reply =>
  answer.ok
    ? reply(line(session.words, answer.value), 'system', { job: answer.value.id })
    : { refusal: answer.refusal }

/** One line for a job, its result too where that is short. */
function line(words: SessionContext['words'], view: JobView): string {
  const result = view.result === undefined ? '' : JSON.stringify(view.result)
  const text = result.length > 0 && result.length <= 200 ? result : ''
  return words('job.line', {
    id: view.id,
    status: view.status,
    done: view.parts.done,
    of: view.parts.of,
    paidMicro: view.paidMicro,
    result: text === '' ? 'none' : 'some',
    text,
    problem: view.error?.code ?? 'none',
    why: view.error?.message ?? '',
  })
}
