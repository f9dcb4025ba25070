/** The lighthouse clockwork: five turns of the crank raise the weight; in an hour it has run down again. */

const TURNS = ['clockwork.turn-1', 'clockwork.turn-2', 'clockwork.turn-3', 'clockwork.turn-4', 'clockwork.turn-5']
const RUNS_TICKS = 36_000

export function onWind(ctx) {
  const turns = (ctx.zoneVars['clock-turns'] ?? 0) + 1
  const said = { do: 'say', text: TURNS[turns - 1], to: 'actor' }
  if (turns < TURNS.length) return [{ do: 'zonevar', key: 'clock-turns', value: turns }, said]
  return [
    { do: 'zonevar', key: 'clock-turns', value: 0 },
    { do: 'state', thing: 'clockwork', to: 'wound' },
    said,
    { do: 'timer', after: RUNS_TICKS, handler: 'clockwork.onRunDown', args: {} },
  ]
}

export function onRunDown() {
  return [
    { do: 'state', thing: 'clockwork', to: 'still' },
    { do: 'say', text: 'clockwork.slips', place: 'stairs' },
  ]
}
