/** Accounts for tests: in memory unless a store is given, with passwords that hash fast. */
import { createFakeClock } from '../../lib/clock.ts'
import { type AccountsOptions, createAccounts } from '../accounts.ts'
import type { AccountsLog } from '../log.ts'
import type { AccountStore, Accounts, Origin } from '../types.ts'
import { createMemoryAccountStore } from './memory-store.ts'

export const silentLog: AccountsLog = { info() {}, warn() {}, error() {} }
export const TEST_SECRET = new Uint8Array(32).fill(7)

/** An origin by its address; the school's when none is given. */
export const from = (address = '203.0.113.7'): Origin => ({ address, requestId: 'request_test' })

type Harness = {
  readonly accounts: Accounts & AsyncDisposable
  readonly store: AccountStore
  readonly clock: ReturnType<typeof createFakeClock>
  [Symbol.asyncDispose](): Promise<void>
}

type TestOptions = Partial<AccountsOptions> & {
  readonly store?: AccountStore
  readonly clock?: Harness['clock']
  readonly random?: () => number
}

export async function createTestAccounts({
  store = createMemoryAccountStore(),
  clock = createFakeClock(),
  random,
  ...options
}: TestOptions = {}): Promise<Harness> {
  const accounts = await createAccounts(
    { store, clock, log: silentLog, random },
    {
      issuer: 'http://academy.test',
      audience: 'academy',
      keySecret: TEST_SECRET,
      passwords: { cost: { memoryKib: 64, passes: 1 } },
      ...options,
    },
  )
  return { accounts, store, clock, [Symbol.asyncDispose]: async () => accounts[Symbol.asyncDispose]() }
}
