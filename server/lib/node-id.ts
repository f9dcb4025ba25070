/** Names of nodes: the libp2p peer id of an Ed25519 key (libp2p specification, peer-ids: an identity multihash in base58btc). */
import { base58btc } from 'multiformats/bases/base58'

/** Identity multihash of 36 bytes; in it a protobuf: key type Ed25519, 32 bytes of key. */
const PREFIX = Uint8Array.of(0x00, 0x24, 0x08, 0x01, 0x12, 0x20)

export const nodeIdOf = (publicKey: Uint8Array): string =>
  base58btc.baseEncode(Uint8Array.of(...PREFIX, ...publicKey))

/** The Ed25519 public key in a node's name; undefined for what is no such name. */
export function publicKeyOf(node: string): Uint8Array | undefined {
  try {
    const bytes = base58btc.baseDecode(node)
    if (bytes.length !== PREFIX.length + 32 || PREFIX.some((byte, i) => bytes[i] !== byte)) return undefined
    return bytes.slice(PREFIX.length)
  } catch {
    return undefined
  }
}
