/** Which chunks are there: one bit each, the first in the lowest bit of the first byte. */
export const newBitmap = (of: number): Uint8Array => new Uint8Array(Math.ceil(of / 8))

export const hasBit = (bitmap: Uint8Array, index: number): boolean =>
  ((bitmap[index >> 3] ?? 0) & (1 << (index & 7))) !== 0

export function setBit(bitmap: Uint8Array, index: number, on = true): void {
  const mask = 1 << (index & 7)
  bitmap[index >> 3] = on ? bitmap[index >> 3]! | mask : bitmap[index >> 3]! & ~mask
}

export function missingBits(bitmap: Uint8Array, of: number): number[] {
  return Array.from({ length: of }, (_, i) => i).filter((i) => !hasBit(bitmap, i))
}
