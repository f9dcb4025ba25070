/** The card catalogue: a turn of the wheel opens one drawer, and nobody knows which. */

const SLIPS = ['slip-tide', 'slip-lamp', 'slip-key']

export function onSpin(ctx) {
  const slip = SLIPS[Math.floor(ctx.random() * SLIPS.length)]
  return [
    { do: 'give', thing: slip },
    { do: 'say', text: 'catalogue.turns', to: 'actor' },
  ]
}
