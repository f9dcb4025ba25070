/** Calls of world scripts: in hosts of their own, made again when another call took the host down. */
import { SANDBOX_CALL_TRIES, SANDBOX_CALLS_WAITING_MAX } from '../limits.ts'
import type { FromHost, Slot } from './messages.ts'
import type { Calling, Host } from './pool-host.ts'
import { callMessage, toCallAnswer } from './translate.ts'
import type { Call, CallAnswer } from './types.ts'

export type CallsParts = {
  /** A host for calls that takes more of them: one there is, or a new one as soon as one may be started. */
  readonly hostForCalls: () => Promise<Host>
  readonly newSlot: () => Slot
  readonly isClosed: () => boolean
  readonly end: (host: Host, why: string) => void
}

export function createCalls({ hostForCalls, newSlot, isClosed, end }: CallsParts) {
  let waitingCalls = 0

  function answerWith({ answer }: Calling, said: CallAnswer): void {
    waitingCalls--
    answer(said)
  }

  async function make(calling: Calling): Promise<void> {
    const host = await hostForCalls()
    if (isClosed()) {
      end(host, 'closed')
      return answerWith(calling, notAnswered('host_lost', 'closed'))
    }
    const slot = newSlot()
    calling.tries++
    host.calls.set(slot, calling)
    host.loads++
    host.busy++
    host.process.send(callMessage(slot, calling.call))
  }

  return {
    call(call: Call): Promise<CallAnswer> {
      if (isClosed() || waitingCalls >= SANDBOX_CALLS_WAITING_MAX)
        return Promise.resolve(notAnswered('busy', isClosed() ? 'closed' : 'too many calls wait'))
      waitingCalls++
      return new Promise((answer) => void make({ call, tries: 0, answer }))
    },
    /** False for one that nobody waits for. */
    finish(host: Host, message: Extract<FromHost, { type: 'called' }>): boolean {
      const calling = host.calls.get(message.slot)
      if (!calling) return false
      host.calls.delete(message.slot)
      answerWith(calling, toCallAnswer(calling.call.program, message))
      return true
    },
    /** Whose turn it was is answered that it took its host down; the others are made again. */
    settle(host: Host, slot: Slot, reason: string): void {
      for (const [at, calling] of host.calls) {
        if (isClosed() || at === slot || calling.tries >= SANDBOX_CALL_TRIES)
          answerWith(calling, notAnswered(at === slot ? reason : 'host_lost', reason))
        else void make(calling)
      }
      host.calls.clear()
    },
  }
}

const notAnswered = (code: string, reason: string): CallAnswer => ({
  ok: false,
  error: { name: 'Stopped', message: `The call was not answered: ${reason}`, code, params: { reason } },
})
