/** The battery: four turns of the crank charge it; after ten minutes of talk it is flat. */

const TURNS = ['battery.turn-1', 'battery.turn-2', 'battery.turn-3', 'battery.turn-4']
const LASTS_TICKS = 6_000

export function onCrank(ctx) {
  const turns = (ctx.zoneVars['battery-turns'] ?? 0) + 1
  const said = { do: 'say', text: TURNS[turns - 1], to: 'actor' }
  if (turns < TURNS.length) return [{ do: 'zonevar', key: 'battery-turns', value: turns }, said]
  return [
    { do: 'zonevar', key: 'battery-turns', value: 0 },
    { do: 'state', thing: 'battery', to: 'charged' },
    { do: 'state', thing: 'switchboard', to: 'ringing' },
    said,
    { do: 'timer', after: LASTS_TICKS, handler: 'battery.onFlat', args: {} },
  ]
}

export function onFlat() {
  return [
    { do: 'state', thing: 'battery', to: 'flat' },
    { do: 'state', thing: 'switchboard', to: 'quiet' },
    { do: 'say', text: 'battery.runs-down', place: 'battery-cellar' },
  ]
}
