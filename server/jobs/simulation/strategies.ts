/** How cheats cheat. None of them does the work it cheats at. */

export type Moment = {
  readonly random: () => number
  /** Its word alone would be believed for this part, unless it is looked at twice. */
  readonly alone: boolean
  readonly partnerAsked: boolean
  readonly value: number
}
export type Cheat = {
  cheats(moment: Moment): boolean
  /** Gives the same wrong answer as its partner. */
  readonly colludes?: boolean
}

const often = (rates: readonly number[], random: () => number): number => rates[Math.floor(random() * rates.length)]!

export const STRATEGIES = {
  always: (): Cheat => ({ cheats: () => true }),
  /** Each at a rate of its own. */
  random(random: () => number): Cheat {
    const rate = often([0.01, 0.05, 0.2, 0.5], random)
    return { cheats: ({ random: draw }) => draw() < rate }
  },
  /** Honest until its word alone is believed; then greedy, or careful, or only where it pays. */
  sleeper(random: () => number): Cheat {
    const rate = often([1, 0.3, 0.1, 0.03], random)
    return { cheats: ({ alone, random: draw }) => alone && draw() < rate }
  },
  picky(): Cheat {
    return { cheats: ({ alone, value }) => alone && value > 20_000 }
  },
  pair: (): Cheat => ({ cheats: ({ partnerAsked }) => partnerAsked, colludes: true }),
} as const satisfies Record<string, (random: () => number) => Cheat>

export type StrategyName = keyof typeof STRATEGIES
export const STRATEGY_NAMES = Object.keys(STRATEGIES) as StrategyName[]
