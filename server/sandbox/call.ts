/** One call in an isolate of its own, which is gone afterwards: nothing is left over for the next one. */
import { link, newIsolate, openContext, TIMED } from './isolate.ts'
import type { CallMessage } from './messages.ts'

/** The prelude's JSON. Throws what does not link and what was ended from outside. */
export function callOnce(message: CallMessage): string {
  const isolate = newIsolate(message.memoryMb)
  try {
    const { context, door } = openContext(isolate, message.init)
    const program = link(isolate, context, message, '$$take(program)')
    door('$$turn').applySync(undefined, [`{"tick":0,"seed":${message.seed},"fuel":${message.fuel}}`], TIMED)
    const broken = failureOf(() => program.evaluateSync(TIMED))
    if (broken && isolate.isDisposed) throw broken.error
    const { handler, input, answerMaxChars } = message
    const text = door('$$call').applySync(undefined, [handler, input, answerMaxChars], TIMED) as string
    if (text === '') throw broken?.error
    return text
  } finally {
    if (!isolate.isDisposed) isolate.dispose()
  }
}

function failureOf(work: () => void): { readonly error: unknown } | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    return { error }
  }
}
