/** Pictures that come with the program: balls in the dark, some of which shine. */

export type Vector = readonly [number, number, number]
export type Ball = {
  readonly at: Vector
  readonly radius: number
  readonly colour: Vector
  readonly light: number
  readonly mirror: number
}
export type Scene = {
  readonly eye: Vector
  readonly look: Vector
  readonly spread: number
  readonly sky: Vector
  readonly balls: readonly Ball[]
}

const ball = (at: Vector, radius: number, colour: Vector, { light = 0, mirror = 0 } = {}): Ball => ({
  at,
  radius,
  colour,
  light,
  mirror,
})

const ground = ball([0, -1000, 0], 1000, [0.32, 0.34, 0.4])

export const SCENE_NAMES = ['harbour', 'lanterns', 'moon'] as const
export const SCENES: Readonly<Record<(typeof SCENE_NAMES)[number], Scene>> = {
  harbour: {
    eye: [0, 1.6, -6],
    look: [0, 0.9, 0],
    spread: 0.62,
    sky: [0.05, 0.07, 0.13],
    balls: [
      ground,
      ball([0, 3.6, 1.5], 0.55, [1, 0.78, 0.45], { light: 14 }),
      ball([-1.6, 0.8, 0.4], 0.8, [0.8, 0.3, 0.22]),
      ball([1.5, 0.9, 0.9], 0.9, [0.9, 0.92, 0.95], { mirror: 1 }),
      ball([0.2, 0.4, -0.9], 0.4, [0.25, 0.45, 0.8], { mirror: 0.2 }),
      ball([-0.7, 0.22, -1.7], 0.22, [1, 0.66, 0.3], { light: 5 }),
      ball([2.6, 0.3, -0.9], 0.3, [0.35, 0.7, 0.45]),
      ball([-3, 0.5, 1.6], 0.5, [0.7, 0.65, 0.3], { mirror: 0.5 }),
    ],
  },
  lanterns: {
    eye: [0, 2.2, -7],
    look: [0, 1, 0],
    spread: 0.6,
    sky: [0.02, 0.02, 0.06],
    balls: [
      ground,
      ...[-3, -1.5, 0, 1.5, 3].flatMap((x, i) => [
        ball([x, 0.5, 0], 0.5, [0.6, 0.5 + i * 0.08, 0.9 - i * 0.12], { mirror: i % 2 }),
        ball([x, 1.5, 0], 0.18, [1, 0.7 + i * 0.05, 0.4], { light: 12 }),
      ]),
    ],
  },
  moon: {
    eye: [0, 1, -5],
    look: [0, 1.2, 0],
    spread: 0.7,
    sky: [0.03, 0.04, 0.09],
    balls: [
      ground,
      ball([3, 6, 6], 1.6, [0.85, 0.9, 1], { light: 10 }),
      ball([0, 1, 0], 1, [0.75, 0.78, 0.82], { mirror: 0.1 }),
      ball([-1.6, 0.35, -1], 0.35, [0.9, 0.5, 0.4]),
      ball([1.5, 0.45, -0.6], 0.45, [0.5, 0.8, 0.6], { mirror: 0.6 }),
    ],
  },
}
