/** C2SP tlog-witness over HTTP: the text of `POST /add-checkpoint` and its answers, for both ends. */
import { fromBase64, toBase64 } from '../../protocol/tlog/bytes.ts'
import { HASH_BYTES, type Hash } from '../../protocol/tlog/merkle.ts'
import { formatSignature, type NoteKey, parseSignatureLines } from '../../protocol/tlog/note.ts'
import { PROOF_MAX_HASHES } from '../../protocol/tlog/proofs.ts'
import type { AddCheckpoint, Witness } from './witness.ts'
import type { Witnessing, WitnessLink } from './witness-link.ts'

export type HttpAnswer = { readonly status: number; readonly type: string; readonly text: string }

export const formatAddCheckpoint = ({ oldSize, proof, note }: AddCheckpoint): string =>
  `old ${oldSize}\n${proof.map((hash) => `${toBase64(hash)}\n`).join('')}\n${note}`

/** Undefined for what is not exactly of the form. */
export function parseAddCheckpoint(body: string): AddCheckpoint | undefined {
  const gap = body.indexOf('\n\n')
  if (gap < 0) return undefined
  const [first, ...lines] = body.slice(0, gap).split('\n')
  const old = /^old (0|[1-9]\d{0,15})$/.exec(first!)
  const proof = lines.map(fromBase64)
  if (!old || lines.length > PROOF_MAX_HASHES || !proof.every(isHash)) return undefined
  return { oldSize: Number(old[1]), proof, note: body.slice(gap + 2) }
}

const isHash = (bytes: Uint8Array | undefined): bytes is Hash => bytes?.length === HASH_BYTES

const plain = (status: number, text: string): HttpAnswer => ({ status, type: 'text/plain; charset=utf-8', text })

/** Serves one request; `undefined` is a body that was no text. */
export async function answerAddCheckpoint(witness: Witness, body: string | undefined): Promise<HttpAnswer> {
  const request = body === undefined ? undefined : parseAddCheckpoint(body)
  if (!request) return plain(400, 'The body is not an old size, proof lines, an empty line and a checkpoint.\n')
  const answer = await witness.add(request)
  switch (answer.kind) {
    case 'malformed':
      return plain(400, 'The checkpoint cannot be read, or the old size is above its own.\n')
    case 'bad_signature':
      return plain(403, 'No signature on the checkpoint is by a key that is trusted for this log.\n')
    case 'unknown_log':
      return plain(404, 'This log is not witnessed here.\n')
    case 'conflict':
      return { status: 409, type: 'text/x.tlog.size', text: `${answer.size}\n` }
    case 'bad_proof':
      return plain(422, 'The consistency proof does not lead from the old size to the checkpoint.\n')
    case 'cosigned':
      return plain(200, formatSignature(answer.signature))
  }
}

/** A witness behind a URL, which is its submission prefix. */
export function httpWitness(url: string, key: NoteKey, owner: string): WitnessLink {
  const endpoint = `${url.replace(/\/+$/, '')}/add-checkpoint`
  return {
    key,
    owner,
    async add(oldSize, proof, note, signal) {
      const body = formatAddCheckpoint({ oldSize, proof, note })
      const headers = { 'content-type': 'text/plain; charset=utf-8' }
      const response = await fetch(endpoint, { method: 'POST', body, headers, signal, redirect: 'error' })
      return read(response.status, await response.text())
    },
  }
}

function read(status: number, text: string): Witnessing {
  if (status === 200) return { kind: 'cosigned', signatures: parseSignatureLines(text) ?? [] }
  const size = status === 409 && /^(0|[1-9]\d{0,15})\n$/.exec(text)?.[1]
  return size ? { kind: 'conflict', size: Number(size) } : { kind: 'refused', why: `HTTP ${status}` }
}
