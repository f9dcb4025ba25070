/** The log and the witness over the network of nodes: what they answer, and how a witness is asked. */
import { TLOG_FRAME_ENTRIES_MAX_BYTES } from '../../limits.ts'
import type { Frame, NodeId, Wire } from '../../link/types.ts'
import { formatSignature, parseKey, parseSignatureLines } from '../../protocol/tlog/note.ts'
import { decodeBundle, encodeBundle } from '../../protocol/tlog/tiles.ts'
import {
  frameOf,
  LOG_PROTOCOL,
  type LogAnswer,
  type LogRequest,
  logRequest,
  WITNESS_PROTOCOL,
  type WitnessAnswer,
  witnessAnswer,
  witnessRequest,
} from './frames.ts'
import type { TransparencyLog } from './types.ts'
import type { Witness, Witnessed } from './witness.ts'
import type { Witnessing, WitnessLink } from './witness-link.ts'

/** An answer with a code is an error to whoever asked. */
const no = (code: 'E_MALFORMED' | 'E_NOT_FOUND', msg: string): Frame => ({ code, msg })

export function serveLog(wire: Wire, log: TransparencyLog): void {
  wire.serve(LOG_PROTOCOL, async (frame) => {
    const request = logRequest.safeParse(frame)
    if (!request.success) return no('E_MALFORMED', 'This is no request to a log.')
    const answer = await answerLog(log, request.data)
    return answer ? frameOf(answer) : no('E_NOT_FOUND', 'The published log has not that.')
  })
}

async function answerLog(log: TransparencyLog, request: LogRequest): Promise<LogAnswer | undefined> {
  switch (request.type) {
    case 'GET_CHECKPOINT':
      return { type: 'CHECKPOINT', note: log.checkpoint(), key: log.policy().log }
    case 'GET_TILE':
      return data(await log.tile(request.level, request.index, request.width))
    case 'GET_ENTRIES':
      return someEntries(await log.bundle(request.index, request.width), request.width, request.from)
    case 'PROVE': {
      const proof = await log.prove(request.index)
      return proof && { type: 'PROOF', hashes: [...proof.hashes], checkpoint: proof.checkpoint }
    }
    case 'PROVE_CONSISTENCY': {
      const hashes = await log.proveConsistency(request.oldSize, request.newSize)
      return hashes && { type: 'PROOF', hashes: [...hashes] }
    }
  }
}

const data = (bytes: Uint8Array | undefined): LogAnswer | undefined => bytes && { type: 'TILE', data: bytes }

/** A bundle of long memos is more than one frame. */
function someEntries(bundle: Uint8Array | undefined, width: number, from: number): LogAnswer | undefined {
  if (!bundle || from >= width) return undefined
  const entries = decodeBundle(bundle, width)
  let end = from
  for (let room = TLOG_FRAME_ENTRIES_MAX_BYTES; end < width && room >= entries[end]!.length + 2; end++)
    room -= entries[end]!.length + 2
  const next = end < width ? { next: end } : {}
  return { type: 'ENTRIES', data: encodeBundle(entries.slice(from, end)), ...next }
}

export function serveWitness(wire: Wire, witness: Witness): void {
  wire.serve(WITNESS_PROTOCOL, async (frame) => {
    const request = witnessRequest.safeParse(frame)
    if (!request.success) return no('E_MALFORMED', 'This is no request to a witness.')
    switch (request.data.type) {
      case 'WHO':
        return frameOf({ type: 'KEY', key: witness.key })
      case 'LATEST':
        return frameOf({ type: 'LATEST', note: await witness.latest(request.data.origin) })
      case 'ADD_CHECKPOINT':
        return frameOf(answerWitnessed(await witness.add(request.data)))
    }
  })
}

function answerWitnessed(answer: Witnessed): WitnessAnswer {
  switch (answer.kind) {
    case 'cosigned':
      return { type: 'COSIG', lines: formatSignature(answer.signature) }
    case 'conflict':
      return { type: 'CONFLICT', size: answer.size, note: answer.note }
    case 'bad_proof':
      return { type: 'BADPROOF' }
    default:
      return { type: 'REFUSED', why: answer.kind }
  }
}

/** Asks a node which key it cosigns with; undefined when it does not witness. */
export async function meetWitness(
  wire: Wire,
  node: NodeId,
  owner: string,
  signal?: AbortSignal,
): Promise<WitnessLink | undefined> {
  const answer = await ask(wire, node, { type: 'WHO' }, signal)
  const key = answer.type === 'KEY' ? parseKey(answer.key) : undefined
  return key && wireWitness(wire, node, owner, key)
}

export function wireWitness(wire: Wire, node: NodeId, owner: string, key: WitnessLink['key']): WitnessLink {
  return {
    key,
    owner,
    async add(oldSize, proof, note, signal) {
      return read(await ask(wire, node, { type: 'ADD_CHECKPOINT', oldSize, proof: [...proof], note }, signal))
    },
    async latest(origin, signal) {
      const answer = await ask(wire, node, { type: 'LATEST', origin }, signal)
      return answer.type === 'LATEST' ? answer.note : undefined
    },
  }
}

async function ask(wire: Wire, node: NodeId, frame: Readonly<Record<string, unknown>>, signal?: AbortSignal) {
  const answer = await wire.request(node, WITNESS_PROTOCOL.protocol, frame, signal ? { signal } : {})
  const read = witnessAnswer.safeParse(answer)
  if (!read.success) throw new Error(`${node} answered what is no answer of a witness.`)
  return read.data
}

function read(answer: WitnessAnswer): Witnessing {
  switch (answer.type) {
    case 'COSIG':
      return { kind: 'cosigned', signatures: parseSignatureLines(answer.lines) ?? [] }
    case 'CONFLICT':
      return { kind: 'conflict', size: answer.size, ...(answer.note === undefined ? {} : { note: answer.note }) }
    case 'REFUSED':
      return { kind: 'refused', why: answer.why }
    default:
      return { kind: 'refused', why: 'it found that the proof does not hold' }
  }
}
