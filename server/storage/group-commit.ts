/** Group commit: while one commit is under way, the requests that arrive become the next one. */

export type GroupCommitOptions<Request, Outcome> = {
  /** What a request weighs against the limits. */
  readonly sizeOf: (request: Request) => number
  /** Weight of one commit; a single heavier request goes alone. */
  readonly maxCommit: number
  /** Weight that may wait; beyond it requests fail with what `overloaded` returns. */
  readonly maxWaiting: number
  readonly overloaded: () => Error
  /** Waited for before each commit: what arrives meanwhile goes along. When it throws, all that waits fails. */
  readonly ready?: () => Promise<void>
  /** Outcomes in the order of the requests; when it throws, all of them fail. */
  readonly commit: (requests: readonly Request[]) => Promise<readonly Settled<Outcome>[]>
}

export type Settled<Outcome> =
  | { readonly ok: true; readonly value: Outcome }
  | { readonly ok: false; readonly error: Error }

type Waiting<Request, Outcome> = {
  readonly request: Request
  readonly size: number
  readonly resolve: (value: Outcome) => void
  readonly reject: (error: unknown) => void
}

/** Commits requests in the order in which they came, one commit at a time. */
export function createGroupCommit<Request, Outcome>(
  options: GroupCommitOptions<Request, Outcome>,
): (request: Request) => Promise<Outcome> {
  let waiting: Waiting<Request, Outcome>[] = []
  let waitingSize = 0
  let committing = false

  async function commitAll(): Promise<void> {
    committing = true
    while (waiting.length > 0) {
      const failure = options.ready && (await failureOf(options.ready()))
      const group = failure ? waiting : takeGroup(waiting, options.maxCommit)
      waiting = waiting.slice(group.length)
      waitingSize -= group.reduce((sum, { size }) => sum + size, 0)
      if (failure) for (const { reject } of group) reject(failure.error)
      else await settleGroup(group, options.commit)
    }
    committing = false
  }

  return (request) =>
    new Promise((resolve, reject) => {
      const size = options.sizeOf(request)
      if (waitingSize + size > options.maxWaiting) return reject(options.overloaded())
      waiting.push({ request, size, resolve, reject })
      waitingSize += size
      if (!committing) void commitAll()
    })
}

const failureOf = (done: Promise<void>): Promise<{ readonly error: unknown } | undefined> =>
  done.then(
    () => undefined,
    (error: unknown) => ({ error }),
  )

/** As many as fit, and at least one. */
function takeGroup<T extends { readonly size: number }>(waiting: readonly T[], maxSize: number): readonly T[] {
  let size = 0
  const end = waiting.findIndex((one, i) => {
    size += one.size
    return i > 0 && size > maxSize
  })
  return end === -1 ? waiting : waiting.slice(0, end)
}

/** Never throws. */
async function settleGroup<Request, Outcome>(
  group: readonly Waiting<Request, Outcome>[],
  commit: GroupCommitOptions<Request, Outcome>['commit'],
): Promise<void> {
  try {
    const outcomes = await commit(group.map(({ request }) => request))
    for (const [i, { resolve, reject }] of group.entries()) {
      const outcome = outcomes[i]!
      if (outcome.ok) resolve(outcome.value)
      else reject(outcome.error)
    }
  } catch (error) {
    for (const { reject } of group) reject(error)
  }
}
