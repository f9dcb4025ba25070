/** The hand crane of the warehouse: one crate up into the loft at a time, and a brass tally for every fifth. */

const DOWN_AFTER_TICKS = 40

export function onLift(ctx) {
  const lifted = (ctx.zoneVars['crates-lifted'] ?? 0) + 1
  const effects = [
    { do: 'remove', thing: 'crate' },
    { do: 'state', thing: 'crane', to: 'up' },
    { do: 'zonevar', key: 'crates-lifted', value: lifted },
    { do: 'say', text: 'crane.lifts' },
    { do: 'timer', after: DOWN_AFTER_TICKS, handler: 'crane.onLower', args: {} },
  ]
  if (lifted % 5 === 0)
    effects.push({ do: 'give', thing: 'tally-token' }, { do: 'say', text: 'crane.fifth', to: 'actor' })
  return effects
}

export function onLower() {
  return [
    { do: 'state', thing: 'crane', to: 'down' },
    { do: 'say', text: 'crane.lowers', place: 'warehouse' },
  ]
}
