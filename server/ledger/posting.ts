/** What becomes of batches of inputs: pure, so that the rules can be read and tested without a database. */
import { type Book, openBook } from './book.ts'
import { flaw } from './flaw.ts'
import { EXPIRE } from './names.ts'
import { post as postInput } from './steps.ts'
import type { LedgerChange, LedgerFound, LedgerInput, MintLimits, Transfer, TransferResult } from './types.ts'

export type Posted = {
  readonly results: readonly (readonly TransferResult[])[]
  readonly change: LedgerChange
}

/** First what is due expires, then the batches are applied one after another to what was found. */
export function post(
  batches: readonly (readonly LedgerInput[])[],
  found: LedgerFound,
  limits: MintLimits,
  salt?: () => Uint8Array,
): Posted {
  const book = openBook(found, salt)
  for (const pending of found.due) expire(book, pending)
  const results = batches.map((batch) => chainsOf(batch).flatMap((chain) => postChain(book, chain, limits)))
  const doubtful = results.flat().some((result) => result.status === 'refused')
  return { results, change: { ...book.change(), doubtful } }
}

function expire(book: Book, { id, from, to, amountMicro, code }: Transfer): void {
  book.add(from, 'debitsPendingMicro', -amountMicro)
  book.add(to, 'creditsPendingMicro', -amountMicro)
  book.write({ kind: 'expire', id: EXPIRE + id, from, to, amountMicro, code, pendingId: id })
}

/** A batch cut after each input that is not linked with the next. */
function chainsOf(batch: readonly LedgerInput[]): readonly (readonly LedgerInput[])[] {
  const chains: LedgerInput[][] = []
  let open = false
  for (const input of batch) {
    if (open) chains.at(-1)!.push(input)
    else chains.push([input])
    open = input.linked === true
  }
  return chains
}

function postChain(book: Book, chain: readonly LedgerInput[], limits: MintLimits): readonly TransferResult[] {
  if (chain.at(-1)!.linked)
    return chain.map((input) => refused(input === chain.at(-1) ? 'linked_open' : 'linked_failed'))
  if (chain.length === 1) return [postOne(book, chain[0]!, limits)]

  book.mark()
  const results: TransferResult[] = []
  for (const input of chain) {
    results.push(postOne(book, input, limits))
    if (results.at(-1)!.status === 'refused') break
  }
  // A chain that was posted before stands as a whole; one that only shares an id with the books is another.
  const whole = new Set(results.map(({ status }) => status)).size === 1 && results[0]!.status !== 'refused'
  if (whole) {
    book.settle()
    return results
  }
  book.takeBack()
  return chain.map((_, i) => (results[i] && results[i].status !== 'created' ? results[i] : refused('linked_failed')))
}

function postOne(book: Book, input: LedgerInput, limits: MintLimits): TransferResult {
  const reason = flaw(input)
  if (reason) return refused(reason)
  const earlier = book.entry(input.id)
  if (earlier)
    return isSame(book, earlier, input)
      ? { status: 'exists', transfer: earlier }
      : refused('id_taken_by_other_transfer')
  const made = postInput(book, input, limits)
  return typeof made === 'string' ? refused(made) : { status: 'created', transfer: made }
}

const refused = (reason: Extract<TransferResult, { status: 'refused' }>['reason']): TransferResult => ({
  status: 'refused',
  reason,
})

/** Whether the entry is what this input once came to. */
function isSame(book: Book, entry: Transfer, input: LedgerInput): boolean {
  if (entry.kind !== (input.kind ?? 'transfer') || entry.memo !== input.memo) return false
  switch (input.kind) {
    case 'post':
      return (
        entry.pendingId === input.pendingId &&
        entry.amountMicro === (input.amountMicro ?? book.entry(input.pendingId)?.amountMicro)
      )
    case 'void':
      return entry.pendingId === input.pendingId
    case 'freeze':
    case 'thaw':
      return entry.from === input.account
    case 'pending':
      return isSameMovement(entry, input) && entry.expiresAtMs === entry.atMs + input.timeoutMs
    default:
      return isSameMovement(entry, input)
  }
}

const isSameMovement = (a: Transfer, b: Pick<Transfer, 'from' | 'to' | 'amountMicro' | 'code'>) =>
  a.from === b.from && a.to === b.to && a.amountMicro === b.amountMicro && a.code === b.code
