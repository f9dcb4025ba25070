/**
 * Kills a posting process again and again and counts what stands: `node server/testing/ledger-kills.ts [--kills 500] [--database
 * pglite|postgres] [--seed N]`. Four payers post transfers, pending ones, parts of them and chains; at a random answer comes SIGKILL.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createLedger } from '../ledger/ledger.ts'
import { entriesAfter, expectedAfter, payerAccount, shopAccount, stepOf } from '../ledger/testing/payer-steps.ts'
import type { Ledger } from '../ledger/types.ts'
import { systemClock } from '../lib/clock.ts'
import { type DatabaseKind, openDatabase } from '../storage/database.ts'
import { createLedgerStore } from '../storage/ledger.ts'
import { createPostgresDatabase } from './database.ts'
import { layPgliteDirectory } from './pglite-image.ts'

const PAYER = fileURLToPath(new URL('../ledger/testing/payer.ts', import.meta.url))
const PAYERS = 4
const ANSWERS_MAX = 80
const log = { info() {}, error() {} }

export type Kills = {
  readonly kills: number
  readonly answered: number
  /** Every way in which what stands is not what was answered; empty when nothing was lost and nothing doubled. */
  readonly problems: readonly string[]
}
export type KillOptions = {
  readonly kind: DatabaseKind
  readonly kills: number
  readonly seed: number
  readonly note?: (line: string) => void
}

export async function killAgainAndAgain({ kind, kills, seed, note = () => {} }: KillOptions): Promise<Kills> {
  const dir = mkdtempSync(join(tmpdir(), 'academy-test-'))
  const fresh = kind === 'postgres' ? await createPostgresDatabase() : undefined
  if (kind === 'pglite') await layPgliteDirectory(join(dir, 'database'))
  const where = fresh ? { url: fresh.url } : { dataDir: join(dir, 'database') }
  try {
    const random = createRandom(seed)
    /** The step each payer has had no answer to. */
    const next = Array.from({ length: PAYERS }, () => 0)
    const problems: string[] = []
    for (let kill = 1; kill <= kills; kill++) {
      await postUntilKilled({ ...where, next }, 1 + Math.floor(random() * ANSWERS_MAX), (line) => {
        const [payer, n] = line.split(' ').map(Number)
        if (n === undefined || n !== next[payer!]) problems.push(line)
        else next[payer!] = n + 1
      })
      if (kill % 25 === 0)
        note(`${kill} kills, ${next.reduce((a, b) => a + b)} answered, ${problems.length} problems`)
    }
    await using db = await openDatabase({ ...where, log })
    const ledger = createLedger({ store: createLedgerStore(db), clock: systemClock })
    problems.push(...(await whatIsWrong(ledger, next)))
    return { kills, answered: next.reduce((a, b) => a + b), problems }
  } finally {
    await fresh?.[Symbol.asyncDispose]()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Sends the steps without an answer once more, then counts everything. */
async function whatIsWrong(ledger: Ledger, next: readonly number[]): Promise<readonly string[]> {
  const problems: string[] = []
  const expect = (what: string, found: unknown, wanted: unknown) => {
    if (found !== wanted) problems.push(`${what} is ${found} and should be ${wanted}`)
  }
  for (const [payer, n] of next.entries()) {
    for (const again of [stepOf(payer, n), stepOf(payer, n), stepOf(payer, Math.max(0, n - 1))])
      for (const result of await ledger.transfer(again))
        if (result.status === 'refused') problems.push(`step ${n} of payer ${payer} was refused: ${result.reason}`)
    const wanted = expectedAfter(n + 1)
    expect(payerAccount(payer), await ledger.balance(payerAccount(payer)), wanted.player)
    expect(shopAccount(payer), await ledger.balance(shopAccount(payer)), wanted.shop)
    const account = await ledger.account(payerAccount(payer))
    expect(`what ${payerAccount(payer)} set aside`, account?.debitsPendingMicro, wanted.setAside)
  }
  const audit = await ledger.audit()
  expect(
    'the number of entries',
    audit.transfers,
    next.reduce((sum, n) => sum + entriesAfter(n + 1), 0),
  )
  return [...problems, ...audit.problems]
}

/** Hands on what the payer said before it was killed. */
async function postUntilKilled(task: object, answers: number, hear: (line: string) => void): Promise<void> {
  const payer = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PAYER, JSON.stringify(task)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let heard = 0
  for await (const line of createInterface({ input: payer.stdout })) {
    hear(line)
    heard += 1
    if (heard === answers) payer.kill('SIGKILL')
  }
  if (heard < answers) throw new Error(`the payer ended by itself after ${heard} answers`)
}

/** Park and Miller's minimal standard, so that a run can be had again. */
function createRandom(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '500' },
      database: { type: 'string', default: 'pglite' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    },
  })
  const kind = values.database as DatabaseKind
  const seed = Number(values.seed)
  console.log(`seed ${seed}`)
  const found = await killAgainAndAgain({ kind, kills: Number(values.kills), seed, note: console.log })
  console.log(`${kind}: ${found.kills} kills, ${found.answered} steps answered, ${found.problems.length} problems`)
  for (const problem of found.problems) console.log(`  ${problem}`)
  process.exitCode = found.problems.length === 0 ? 0 : 1
}
