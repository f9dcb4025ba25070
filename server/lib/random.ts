/** A seeded generator whose whole state is four integers (xoshiro128**, Blackman and Vigna 2018). */

export type RandomState = readonly [number, number, number, number]

const rotl = (x: number, k: number) => ((x << k) | (x >>> (32 - k))) >>> 0

/** Next 32-bit unsigned integer and the state that follows it. */
export function nextUint32(s: RandomState): { value: number; state: RandomState } {
  const value = Math.imul(rotl(Math.imul(s[1], 5) >>> 0, 7), 9) >>> 0
  const t = (s[1] << 9) >>> 0
  const s2 = (s[2] ^ s[0]) >>> 0
  const s3 = (s[3] ^ s[1]) >>> 0
  const s1 = (s[1] ^ s2) >>> 0
  const s0 = (s[0] ^ s3) >>> 0
  return { value, state: [s0, s1, (s2 ^ t) >>> 0, rotl(s3, 11)] }
}

/** Expands a text seed into a state (FNV-1a, then splitmix32 as the authors of xoshiro advise). */
export function seedRandom(seed: string): RandomState {
  let h = 0x811c9dc5
  for (let i = 0; i < seed.length; i++) h = Math.imul(h ^ seed.charCodeAt(i), 0x01000193) >>> 0
  const next = () => {
    h = (h + 0x9e3779b9) >>> 0
    let z = h
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  return [next(), next(), next(), next() || 1]
}
