/** A promise of an answer that shows nothing of it and cannot be copied: bound to the worker and to a salt. */
import { hex, sha256, toBytes } from '../kinds/encoding.ts'

export type Answer = {
  readonly node: string
  readonly work: string
  readonly salt: string
  readonly digest: string
  readonly meter: number
}

export const commitmentOf = ({ node, work, salt, digest, meter }: Answer): string =>
  hex(sha256(toBytes([node, work, salt, digest, meter])))
