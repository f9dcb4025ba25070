/** The transparency log: C2SP tlog-tiles for machines, heads, proofs and receipts for the page, and the door of the witness. */
import type { Principal } from '../../../accounts/types.ts'
import type { Agents } from '../../../agents/types.ts'
import type { HttpWitness, TransparencyLog } from '../../../ledger/log/types.ts'
import type { Ledger, Transfer } from '../../../ledger/types.ts'
import { ADD_CHECKPOINT_MAX_BYTES } from '../../../limits.ts'
import * as api from '../../../protocol/tlog/api.ts'
import { toBase64 } from '../../../protocol/tlog/bytes.ts'
import { parseCheckpoint } from '../../../protocol/tlog/checkpoint.ts'
import { sightings } from '../../../protocol/tlog/policy.ts'
import { memoOf } from '../../../protocol/tlog/receipt.ts'
import { parseIndexPath, parseLevel } from '../../../protocol/tlog/tiles.ts'
import { HttpProblem } from '../problem.ts'
import { type Answer, ok, type Route, route } from '../route.ts'

export type TlogParts = {
  readonly tlog: TransparencyLog
  readonly ledger: Pick<Ledger, 'find'>
  readonly agents?: Pick<Agents, 'get'>
}

/** Whoever wants to may check the log, from any page. */
const OPEN = { 'access-control-allow-origin': '*' }
const FOR_EVER = { ...OPEN, 'cache-control': 'public, max-age=31536000, immutable' }
const A_MOMENT = { ...OPEN, 'cache-control': 'public, max-age=1' }

export function tlogRoutes({ tlog, ledger, agents }: TlogParts): readonly Route[] {
  return [
    route({
      method: 'get',
      path: '/tlog/checkpoint',
      access: 'public',
      summary: 'The head of the log, as C2SP tlog-tiles says',
      answers: { 200: 'text/plain' },
      run: () => {
        const note = found(tlog.checkpoint())
        return { status: 200, text: { type: 'text/plain; charset=utf-8', value: note }, headers: A_MOMENT }
      },
    }),
    route({
      method: 'get',
      path: '/tlog/tile/:level/*path',
      access: 'public',
      summary: 'A tile of hashes, or a bundle of entries, as C2SP tlog-tiles says',
      answers: { 200: 'application/octet-stream' },
      run: async ({ params }) => {
        const { index, width } = found(parseIndexPath(params.path!))
        const bytes =
          params.level === 'entries'
            ? await tlog.bundle(index, width)
            : await tlog.tile(found(parseLevel(params.level!)), index, width)
        return { status: 200, bytes: { type: 'application/octet-stream', value: found(bytes) }, headers: FOR_EVER }
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/ledger/checkpoint',
      access: 'public',
      summary: 'The head of the log, who has seen it, and how the log stands',
      answers: { 200: api.LogCheckpoint },
      run: () => ({ ...ok(checkpointOf(tlog)), headers: OPEN }),
    }),
    route({
      method: 'get',
      path: '/api/v1/ledger/proof/:index',
      access: 'public',
      summary: 'That an entry is in the log: its way into the published head',
      answers: { 200: api.LogProof },
      run: async ({ params }) => {
        if (!/^(0|[1-9]\d{0,15})$/.test(params.index!)) throw new HttpProblem('invalid_parameter')
        const { index, size, leaf, hashes, checkpoint } = found(await tlog.prove(Number(params.index)))
        const body = { index, size, leafHash: toBase64(leaf), hashes: hashes.map(toBase64), checkpoint }
        return { ...ok(body), headers: OPEN }
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/ledger/consistency',
      access: 'public',
      summary: 'That an earlier state of the log is the beginning of a later one',
      query: api.ConsistencyQuery,
      answers: { 200: api.LogConsistency },
      run: async ({ query: { from, to } }) => {
        const hashes = found(await tlog.proveConsistency(from, to))
        return { ...ok({ from, to, hashes: hashes.map(toBase64) }), headers: OPEN }
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/ledger/receipt/:transferId',
      access: 'person',
      summary: "A receipt for one of one's own transfers, as a file; waits a moment for the next head of the log",
      answers: { 200: api.Receipt },
      run: async ({ me, params }) => {
        const entry = found(await ownEntry(me, params.transferId!))
        const receipt = await tlog.receipt(entry.index, memoOf(entry))
        if (!receipt) throw new HttpProblem('unavailable', { retryAfterMs: 2_000 })
        const headers = { 'content-disposition': `attachment; filename="receipt-${entry.index}.json"` }
        return { ...ok(receipt), headers }
      },
    }),
    route({
      method: 'get',
      path: '/api/v1/ledger/evidence',
      access: 'public',
      summary: 'Forks of logs that this node knows of: pairs of heads that cannot both be true',
      answers: { 200: api.LogEvidence },
      run: async () => {
        const all = await tlog.evidence()
        return {
          ...ok({ evidence: all.map(({ origin, atMs, evidence }) => ({ origin, atMs, ...evidence })) }),
          headers: OPEN,
        }
      },
    }),
  ]

  /** By its whole id, or by the part of it that the person chose. What is not one's own is not there. */
  async function ownEntry(me: Principal, id: string): Promise<Transfer | undefined> {
    const entry = (await ledger.find(`by:${me.playerId}:${id}`)) ?? (await ledger.find(id))
    return entry && ((await isMine(me, entry.from)) || (await isMine(me, entry.to))) ? entry : undefined
  }

  async function isMine({ playerId, roles }: Principal, account: string): Promise<boolean> {
    if (account === `player:${playerId}` || roles.includes('admin')) return true
    const agent = /^agent:(.+)$/.exec(account)?.[1]
    return agent !== undefined && agents !== undefined && (await agents.get(playerId, agent)).ok
  }
}

/** C2SP tlog-witness: anybody may ask, for what counts is the signature in the note. */
export const witnessRoutes = (witness: HttpWitness): readonly Route[] => [
  route({
    method: 'post',
    path: '/witness/add-checkpoint',
    access: 'public',
    summary: 'Asks this node to cosign the head of a log that it witnesses, as C2SP tlog-witness says',
    rawBody: ADD_CHECKPOINT_MAX_BYTES,
    answers: {
      200: 'text/plain',
      400: 'text/plain',
      403: 'text/plain',
      404: 'text/plain',
      409: 'text/x.tlog.size',
      422: 'text/plain',
    },
    run: async ({ raw }): Promise<Answer> => {
      const { status, type, text } = await witness.addCheckpoint(textOf(raw))
      // As bytes, so that the media type stays exactly as it is specified.
      return { status, bytes: { type, value: new TextEncoder().encode(text) } }
    },
  }),
]

function checkpointOf(tlog: TransparencyLog): api.LogCheckpoint {
  const { origin, state, why, signedSize, policy, evidence } = tlog.status()
  const note = tlog.checkpoint()
  const head = note === undefined ? undefined : parseCheckpoint(note)
  return {
    origin,
    state,
    ...(why ? { why: why.code } : {}),
    ...(head && note !== undefined ? { note, rootHash: toBase64(head.root) } : {}),
    size: head?.size ?? 0,
    signedSize,
    seenBy: head ? [...sightings(head, policy)] : [],
    evidence,
    policy: { ...policy, witnesses: [...policy.witnesses] },
  }
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new HttpProblem('not_found')
  return value
}

function textOf(raw: Uint8Array | undefined): string | undefined {
  try {
    return raw && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(raw)
  } catch {
    return undefined
  }
}
