/** Arguments that are more than words, read before anything is asked of a node. */
import { InvalidArgumentError } from 'commander'

/** A whole number from `min` to `max`. */
export const wholeNumber =
  (min = 0, max = 999_999_999) =>
  (text: string): number => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  }

/** Where a node listens, as its own host sees it. */
export const nodeAddress = (text: string): string => {
  if (/^\/(ip4|ip6|dns|dns4|dns6|dnsaddr)\/[^/\s]+\/\S+$/.test(text)) return text
  throw new InvalidArgumentError(
    'It must be one of the addresses that “academy id” shows on the other node, as /ip4/192.0.2.7/tcp/4001/p2p/12D3Koo…',
  )
}

/** Who is banned. */
export const banSubject = (text: string): string => {
  if (/^(node|owner|address):\S+$/.test(text)) return text
  throw new InvalidArgumentError('It must be node:ID, owner:HEX or address:IP; “academy peers” shows the ids.')
}

/** Several names with commas between them. */
export const names = (text: string): readonly string[] => {
  const found = text.split(',').flatMap((part) => part.trim() || [])
  if (found.length > 0) return found
  throw new InvalidArgumentError('It must be a name, or several with commas between them.')
}

/** One of a few words. */
export const oneOf =
  <T extends string>(...known: readonly T[]) =>
  (text: string): T => {
    const found = known.find((each) => each === text)
    if (found !== undefined) return found
    throw new InvalidArgumentError(`It must be one of ${known.join(', ')}.`)
  }

/** A number above 0, up to `max`. */
export const positiveNumber =
  (max: number) =>
  (text: string): number => {
    const value = /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Number(text) : 0
    if (value > 0 && value <= max) return value
    throw new InvalidArgumentError(`It must be a number above 0, up to ${max}.`)
  }
