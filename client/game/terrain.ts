/** How each kind of ground looks by full daylight: night and lamps are laid over it by the light. */

export type Terrain = {
  readonly ground: string
  readonly ink: string
  /** Marks strewn over it, commonest first; a space is bare ground. */
  readonly marks: string
  /** Walls around it: what is indoors. */
  readonly walled?: boolean
  /** Its edge is not straight: it spreads a little into the free ring around the patch. */
  readonly ragged?: boolean
}

export const TERRAINS: Readonly<Record<string, Terrain>> = {
  quay: { ground: '#64757f', ink: '#8a9ba5', marks: ' .,:' },
  street: { ground: '#5a646f', ink: '#8b95a0', marks: ' .:o' },
  inside: { ground: '#77593a', ink: '#9a7a50', marks: ' --_', walled: true },
  water: { ground: '#23597a', ink: '#5b9dc0', marks: '~~ -' },
  grass: { ground: '#3c6448', ink: '#6ea468', marks: ' ",`', ragged: true },
  rock: { ground: '#5c6167', ink: '#8c9096', marks: ' ^.^', ragged: true },
  wood: { ground: '#2c4f36', ink: '#69a05c', marks: ' TtY', ragged: true },
  stone: { ground: '#6d7078', ink: '#9da0a8', marks: ' .+ ' },
  sand: { ground: '#8b7d5a', ink: '#b5a780', marks: ' .,.', ragged: true },
  deck: { ground: '#70553a', ink: '#a07d54', marks: '==-=' },
  machine: { ground: '#50555c', ink: '#a8925f', marks: ' +.%', walled: true },
}
export const PLAIN = TERRAINS.stone!

export const SEA = { ground: '#1b4a68', ink: '#6fb4dc', marks: ' ~-\u223c' } as const
export const PATH = { ground: '#6a523a', ink: '#94734e' } as const
export const WALL = { ground: '#3c4a58', ink: '#a9bccb' } as const

/** Light, as factors of red, green and blue. */
export const NIGHT = [0.28, 0.37, 0.53] as const
/** What a step of a place's own brightness adds: sky outdoors, hearths and windows indoors. */
export const DUSK = [0.09, 0.11, 0.15] as const
export const HEARTH = [0.2, 0.14, 0.08] as const
export const LAMPLIGHT = [1.12, 0.84, 0.5] as const
export const OWN_LIGHT = [0.55, 0.5, 0.42] as const
export const AGENT_LIGHT = [0.22, 0.5, 0.44] as const
