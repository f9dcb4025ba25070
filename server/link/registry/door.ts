/** The protocol `node` as a node answers it: its own ping and probe, and the registry's questions where it is a hub. */
import { PROBE_HASHES_MAX } from '../../limits.ts'
import { WireError } from '../errors.ts'
import type { Identity } from '../identity.ts'
import type { Wire } from '../types.ts'
import { NODE_PROTOCOL, nodeRequest } from './frames.ts'
import { type createRegistrar, pingAnswer } from './registrar.ts'
import { hashChain } from './work.ts'

const OPS: ReadonlySet<string> = new Set(['hello', 'prove', 'heartbeat', 'bye', 'list', 'find', 'ping', 'work'])

export type DoorParts = {
  readonly wire: Wire
  readonly identity: Identity
  readonly registrar: Pick<ReturnType<typeof createRegistrar>, 'answer'> | undefined
}

export function serveNode({ wire, identity, registrar }: DoorParts): void {
  wire.serve(NODE_PROTOCOL, async (body, caller) => {
    const parsed = nodeRequest.safeParse(body)
    if (!parsed.success) {
      if (typeof body.op === 'string' && !OPS.has(body.op))
        throw new WireError('E_UNSUPPORTED', `${body.op} is not known here.`)
      const [issue] = parsed.error.issues
      throw new WireError('E_MALFORMED', `The request cannot be read: ${issue?.path.join('.')} ${issue?.message}`)
    }
    const request = parsed.data
    if (request.op === 'ping') return pingAnswer(identity, request.nonce)
    if (request.op === 'work') {
      if (caller.role !== 'initial') throw new WireError('E_FORBIDDEN', 'Only a hub may ask for this.')
      return { digest: hashChain(request.seed, Math.min(request.steps, PROBE_HASHES_MAX)) }
    }
    const answer = await registrar?.answer(request, caller)
    if (!answer) throw new WireError('E_UNSUPPORTED', 'This node is no hub.')
    return answer
  })
}
