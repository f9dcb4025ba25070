/** For tests: the reference tree of Certificate Transparency, keys, and notes signed by them. */
import { ed25519 } from '@noble/curves/ed25519.js'
import type { LedgerEntry } from '../ledger-entry.ts'
import { utf8 } from './bytes.ts'
import { cosignatureBytes, cosignedMessage, formatHead, type Head } from './checkpoint.ts'
import { type Hash, hashLeaf, hashNode, type NodeReader } from './merkle.ts'
import { formatNote, KEY_TYPE, type NoteKey, type NoteSignature, noteKey } from './note.ts'

export const unhex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'))

/** The eight leaves of the reference tests of certificate-transparency and transparency-dev/merkle. */
export const REFERENCE_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(unhex)

/** An entry of a made-up ledger. */
export const entryAt = (index: number, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  index,
  kind: 'transfer',
  atMs: 1_700_000_000_000 + index,
  id: `t${index}`,
  from: 'academy:rewards',
  to: 'player:one',
  amountMicro: 5_000_000n,
  code: 'reward',
  ...more,
})

/** A tree held whole, read by node. */
export function treeOf(leaves: readonly Uint8Array[]): NodeReader {
  const rows: Hash[][] = [leaves.map(hashLeaf)]
  while (rows.at(-1)!.length > 1) {
    const row = rows.at(-1)!
    rows.push(Array.from({ length: Math.floor(row.length / 2) }, (_, i) => hashNode(row[2 * i]!, row[2 * i + 1]!)))
  }
  return (level, index) => {
    const hash = rows[level]?.[index]
    if (!hash) throw new Error(`no node ${level}/${index}`)
    return hash
  }
}

export type TestSigner = {
  readonly key: NoteKey
  sign(text: string): NoteSignature
  cosign(text: string, atS: number): NoteSignature
}

export function testSigner(name: string, type: number, seed: number): TestSigner {
  const secret = new Uint8Array(32).fill(seed)
  const key = noteKey(name, type, ed25519.getPublicKey(secret))
  const line = (bytes: Uint8Array): NoteSignature => ({ name, id: key.id, bytes })
  return {
    key,
    sign: (text) => line(ed25519.sign(utf8(text), secret)),
    cosign: (text, atS) => line(cosignatureBytes(atS, ed25519.sign(cosignedMessage(atS, text), secret))),
  }
}

export const testLog = testSigner('log.example/tlog', KEY_TYPE.ed25519, 1)
export const testWitness = (n: number): TestSigner => testSigner(`w${n}.example`, KEY_TYPE.cosignature, 10 + n)

export function signedHead(
  head: Omit<Head, 'origin'>,
  signer = testLog,
  witnesses: readonly TestSigner[] = [],
): string {
  const text = formatHead({ ...head, origin: signer.key.name })
  return formatNote({ text, signatures: [signer.sign(text), ...witnesses.map((w) => w.cosign(text, 1_700_000_000))] })
}
