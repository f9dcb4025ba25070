/** Promises and claims as files: JSON, bytes in base64url, what `POST /api/v1/ledger/ious` takes. */
import type { Signed } from '../../lib/signed.ts'
import type { Redemption } from './types.ts'

type Text = { readonly body: string; readonly key: string; readonly sig: string }

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
const textOf = ({ body, key, sig }: Signed): Text => ({ body: text(body), key: text(key), sig: text(sig) })

export const iouFile = (iou: Signed): string => `${JSON.stringify({ iou: textOf(iou) }, null, 2)}\n`
export const claimFile = ({ iou, redemption }: Redemption): string =>
  `${JSON.stringify({ iou: textOf(iou), redemption: textOf(redemption) }, null, 2)}\n`

/** The promise in a file of either kind; undefined when it holds none. */
export function readIou(file: string): Signed | undefined {
  try {
    const { iou } = JSON.parse(file) as { readonly iou?: Partial<Text> }
    if (typeof iou?.body !== 'string' || typeof iou.key !== 'string' || typeof iou.sig !== 'string') return undefined
    return { body: bytes(iou.body), key: bytes(iou.key), sig: bytes(iou.sig) }
  } catch {
    return undefined
  }
}

const bytes = (written: string): Uint8Array => new Uint8Array(Buffer.from(written, 'base64url'))
