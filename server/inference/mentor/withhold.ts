/**
 * Keeps the answer to an open lesson out of what the mentor says, whatever the model was talked into. Text goes through in whole lines; a line
 * that carries what only the solution has is taken out, and so is a block of code that would pass the lesson or is longer than the rung allows.
 */
import { nameOf, type Steps, spoken } from './steps.ts'
import type { Sources } from './types.ts'

/** White space, quotes, semicolons, comments and waiting for it are no difference. */
const normal = (line: string): string =>
  line
    .normalize('NFKC')
    .replace(/\/\/.*$|\/\*.*?\*\//g, '')
    .replace(/\bawait\b/g, '')
    .replace(/[`'"“”«»‘’]/g, '"')
    .replace(/[\s;\u200b-\u200f\u2060\ufeff]/g, '')
    .toLowerCase()

const linesOf = (sources: Sources) => Object.values(sources).flatMap((text) => text.split('\n'))

/** Lines that stand in the solution and not in the starter: what a learner is to find. Closing brackets and the like are nobody's. */
export function secretLines(solution: Sources, starter: Sources): readonly string[] {
  const given = new Set(linesOf(starter).map(normal))
  return [...new Set(linesOf(solution).map(normal))].filter((line) => line.length >= 6 && !given.has(line))
}

/** The secret lines that a text gives away: as written, backwards, in base64 or hex, or spread over lines of their own. */
export function givenAway(text: string, secrets: readonly string[]): readonly string[] {
  const forms = [text, ...decodedRuns(text)].map(normal)
  const backwards = [...forms[0]!].reverse().join('')
  const said = bare(normal(spoken(text)))
  return secrets.filter(
    (secret) => [...forms, backwards].some((form) => form.includes(secret)) || said.includes(bare(secret)),
  )
}

const bare = (form: string): string => form.replace(/[()"]/g, '')

function decodedRuns(text: string): string[] {
  const joined = text.replace(/\s+/g, '')
  const base64 = [...joined.matchAll(/[A-Za-z0-9+/_-]{12,}={0,2}/g)].map(([run]) =>
    Buffer.from(run, 'base64').toString(),
  )
  const hex = [...joined.matchAll(/(?:[0-9a-f]{2}){8,}/gi)].map(([run]) => Buffer.from(run, 'hex').toString())
  return [...base64, ...hex]
}

export type Withheld = 'solution' | 'too_much_code'
export type Passed = {
  readonly text: string
  readonly withheld: readonly Withheld[]
  readonly shown: readonly string[]
}

export type WithholdOptions = {
  readonly solution: Sources
  readonly starter: Sources
  readonly codeLines: number
  /** The answer's steps, and how many new ones may be named in this answer and in all answers of the lesson. */
  readonly steps?: Steps & { readonly now: number; readonly ever: number }
  /** Secret lines shown in this lesson before, and steps named, each with `step ` in front. */
  readonly shown?: readonly string[]
  /** Stands where something was taken out. */
  readonly notice: string
  /** Whether a block of code, in the place of the program, would pass. */
  readonly wouldPass: (code: string) => Promise<boolean>
}

const STEP = 'step '
/** Steps of an answer that has fewer are no row that could be dictated. */
const WHOLE_MIN = 3
const FENCE = /^\s*(```|~~~)/

/** A filter for one answer: `push` gives what may be shown so far, `end` the rest. */
export function createWithholder(options: WithholdOptions) {
  const secrets = secretLines(options.solution, options.starter)
  let partial = ''
  let block: string[] | undefined
  /** The last lines said, with which a secret may be spread over several. */
  let recent: string[] = []
  const shown = new Set(options.shown ?? [])
  const withheld: Withheld[] = []
  const named = new Set<string>()
  const whole = new Set<string>()
  const { steps } = options
  const before = [...shown].filter((one) => one.startsWith(STEP)).map((one) => one.slice(STEP.length))

  /** Steps are few or they are the way: one too many, or all of them in one answer, and the line goes. */
  function dictates(text: string): boolean {
    if (!steps) return false
    const fresh = steps.named(text, steps.secret).map(nameOf)
    const all = [...new Set([...whole, ...steps.named(text, steps.all).map(nameOf)])]
    const now = new Set([...named, ...fresh])
    const ever = new Set([...before, ...now])
    const isMore = now.size > named.size
    const isAll = all.length > whole.size && all.length >= WHOLE_MIN && all.length === steps.all.length
    if ((isMore && (now.size > steps.now || ever.size > steps.ever)) || isAll) return true
    for (const step of fresh) {
      named.add(step)
      shown.add(STEP + step)
    }
    for (const step of all) whole.add(step)
    return false
  }

  const takenOut = (why: Withheld): string => {
    const isRepeat = withheld.at(-1) === why
    withheld.push(why)
    return isRepeat ? '' : `${options.notice}\n`
  }

  function prose(line: string): string {
    const window = [...recent, line].join('\n')
    const found = givenAway(window, secrets)
    if (found.length > 0) {
      recent = []
      for (const secret of found) shown.add(secret)
      return takenOut('solution')
    }
    if (dictates([...recent.slice(-2), line].join('\n'))) {
      recent = []
      return takenOut('solution')
    }
    recent = [...recent.slice(-5), line]
    return `${line}\n`
  }

  async function code(lines: readonly string[]): Promise<string> {
    const text = lines
      .slice(1)
      .join('\n')
      .replace(/\n\s*(```|~~~)\s*$/, '')
    const count = text.split('\n').filter((line) => normal(line) !== '').length
    if (givenAway(text, secrets).length > 0 || dictates(text)) return takenOut('solution')
    if (count > options.codeLines) return takenOut('too_much_code')
    if (await options.wouldPass(text)) return takenOut('solution')
    return lines.map((line) => `${line}\n`).join('')
  }

  async function take(line: string): Promise<string> {
    if (block) {
      block.push(line)
      if (!FENCE.test(line)) return ''
      const whole = block
      block = undefined
      return code(whole)
    }
    if (FENCE.test(line)) {
      block = [line]
      return ''
    }
    return prose(line)
  }

  return {
    async push(text: string): Promise<string> {
      partial += text
      let out = ''
      for (let cut = partial.indexOf('\n'); cut >= 0; cut = partial.indexOf('\n')) {
        const line = partial.slice(0, cut)
        partial = partial.slice(cut + 1)
        out += await take(line)
      }
      return out
    },
    async end(): Promise<Passed> {
      let text = partial === '' ? '' : await take(partial)
      partial = ''
      // A block that was never closed is a block all the same.
      if (block) text += await code([...block, '```'])
      block = undefined
      return { text: text.replace(/\n$/, ''), withheld, shown: [...shown] }
    },
  }
}
