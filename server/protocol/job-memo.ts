/** The memos of a job's payments: which job, and under which name its evidence is found. Written by the market, told by page and terminal. */

export type JobMemo = { readonly job: string; readonly evidence?: string }

export const jobMemo = ({ job, evidence }: JobMemo): string =>
  `job ${job}${evidence === undefined ? '' : ` evidence ${evidence}`}`

export function readJobMemo(memo: string): JobMemo | undefined {
  const [, job, evidence] = /^job (\S+)(?: evidence (\S+))?$/.exec(memo) ?? []
  return job === undefined ? undefined : { job, ...(evidence !== undefined && { evidence }) }
}

/** In somebody's language; other memos are as they are. The whole names are in the receipt. */
export function tellMemo(memo: string, words: (key: string, params: Record<string, string>) => string): string {
  const about = readJobMemo(memo)
  if (!about) return memo
  const { job, evidence } = about
  return evidence === undefined
    ? words('credits.about.job', { job: brief(job) })
    : words('credits.about.verdict', { job: brief(job), evidence: brief(evidence) })
}

const SHOWN = 8
const brief = (name: string): string => (name.length > SHOWN * 2 ? `${name.slice(0, SHOWN)}…${name.slice(-4)}` : name)
