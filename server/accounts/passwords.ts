/** Passwords: argon2id behind a short queue, and the same cost whether or not there is anything to compare with. */
import { hash, verify } from '@node-rs/argon2'
import {
  HASH_CONCURRENCY,
  HASH_QUEUE_MAX,
  HASH_RETRY_AFTER_MS,
  PASSWORD_MAX_CHARS,
  PASSWORD_MIN_CHARS,
} from '../limits.ts'
import { AccountError } from './errors.ts'
import { nameKey } from './names.ts'
import { COMMON_PASSWORDS } from './words.ts'

type HashCost = { readonly memoryKib: number; readonly passes: number }
export type PasswordOptions = { readonly cost?: HashCost; readonly concurrency?: number; readonly queueMax?: number }

/** `Algorithm.Argon2id`, which is an ambient enum and so not there at run time. */
const ARGON2ID = 2

/** The first choice of the OWASP password storage cheat sheet. */
const COST: HashCost = { memoryKib: 19_456, passes: 2 }

export type Passwords = {
  hash(password: string): Promise<string>
  /** False, after as long, when there is no hash. */
  matches(storedHash: string | undefined, password: string): Promise<boolean>
  /** True for a hash made at another cost than today's. */
  isOutdated(storedHash: string): boolean
}

export async function createPasswords({
  cost = COST,
  concurrency = HASH_CONCURRENCY,
  queueMax = HASH_QUEUE_MAX,
}: PasswordOptions = {}): Promise<Passwords> {
  const options = { algorithm: ARGON2ID, memoryCost: cost.memoryKib, timeCost: cost.passes, parallelism: 1 }
  const inTurn = createQueue(concurrency, queueMax)
  const nobodysHash = await hash(crypto.randomUUID(), options)
  const parameters = `$m=${cost.memoryKib},t=${cost.passes},p=1$`
  return {
    hash: (password) => inTurn(() => hash(normalise(password), options)),
    matches: (storedHash, password) =>
      inTurn(async () => {
        const matched = await verify(storedHash ?? nobodysHash, normalise(password))
        return matched && storedHash !== undefined
      }),
    isOutdated: (storedHash) => !storedHash.startsWith('$argon2id$') || !storedHash.includes(parameters),
  }
}

/** Composed and decomposed letters, wide and narrow forms are the same password (NIST SP 800-63B section 5.1.1.2). */
const normalise = (password: string): string => password.normalize('NFKC')

/** Throws `weak_password` with the reason that the person is told. */
export function requireStrongPassword(password: string, name: string): void {
  const text = normalise(password)
  const length = [...text].length
  if (length < PASSWORD_MIN_CHARS) throw weak('short', { min: PASSWORD_MIN_CHARS })
  if (length > PASSWORD_MAX_CHARS) throw weak('long', { max: PASSWORD_MAX_CHARS })
  if (new Set(text).size < 3 || COMMON_PASSWORDS.has(text.toLowerCase())) throw weak('common')
  if (nameKey(text) === nameKey(name)) throw weak('name')
}

const weak = (why: string, params = {}) => new AccountError('weak_password', { params: { why, ...params } })

/** At most `concurrency` at once and `queueMax` waiting; beyond that `busy`. */
function createQueue(concurrency: number, queueMax: number) {
  const waiting: (() => void)[] = []
  let running = 0
  return async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= concurrency) {
      if (waiting.length >= queueMax) throw new AccountError('busy', { retryAfterMs: HASH_RETRY_AFTER_MS })
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
