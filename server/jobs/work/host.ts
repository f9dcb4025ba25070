/** The process that works on parts: one after the other, with nothing in reach but this program. */

import { fromBytes, toBytes } from '../kinds/encoding.ts'
import { KINDS } from '../kinds/index.ts'
import { PartError } from '../kinds/kind.ts'
import type { Outcome } from '../types.ts'

export type ToHost = { readonly id: number; readonly kind: string; readonly part: Uint8Array }
export type FromHost =
  | { readonly type: 'ready' }
  | { readonly type: 'progress'; readonly id: number; readonly share: number }
  /** `bytes`: the encoded outcome. */
  | { readonly type: 'done'; readonly id: number; readonly bytes: Uint8Array; readonly fuel: number }

const kinds = new Map(KINDS.map((kind) => [kind.name, kind]))
const send = (message: FromHost) => process.send!(message)

const failed = (code: string, message: string): Outcome => ({ ok: false, error: { code, message } })

/** What goes wrong with the part is an answer like any other: it is the same for everybody who works on it. */
function work({ id, kind: name, part }: ToHost): { readonly bytes: Uint8Array; readonly fuel: number } {
  const value = fromBytes(part)
  const kind = kinds.get(name)!
  try {
    const done = kind.run!(value, (share) => send({ type: 'progress', id, share }))
    return { bytes: encoded({ ok: true, value: done.value }), fuel: done.fuel }
  } catch (error) {
    if (error instanceof PartError) return { bytes: encoded(failed(error.code, error.message)), fuel: error.fuel }
    throw error
  }
}

function encoded(outcome: Outcome): Uint8Array {
  try {
    return toBytes(outcome)
  } catch {
    return toBytes(failed('not_finite', 'The result is not a finite number.'))
  }
}

process.on('message', (parts: readonly ToHost[]) => {
  for (const part of parts) send({ type: 'done', id: part.id, ...work(part) })
})
process.on('disconnect', () => process.exit(0))
send({ type: 'ready' })
