/** The pump: six strokes, none of them late, draw the Archive down a floor for a quarter of an hour. */

const STROKES = 6
const BREATH_TICKS = 100
const DRY_TICKS = 9_000

export function onStroke(ctx) {
  const strokes = (ctx.zoneVars.strokes ?? 0) + 1
  if (strokes >= STROKES) {
    return [
      { do: 'zonevar', key: 'strokes', value: 0 },
      { do: 'state', thing: 'pump', to: 'drained' },
      { do: 'flag', key: 'archive.drained', value: true },
      { do: 'say', text: 'pump.drains' },
      { do: 'timer', after: DRY_TICKS, handler: 'pump.onReturn', args: {} },
    ]
  }
  return [
    { do: 'zonevar', key: 'strokes', value: strokes },
    { do: 'say', text: 'pump.stroke', to: 'actor' },
    { do: 'timer', after: BREATH_TICKS, handler: 'pump.onBreath', args: { strokes } },
  ]
}

/** Ten seconds after a stroke: if no other has followed, the water slides back. */
export function onBreath(ctx) {
  if (ctx.zoneVars.strokes !== ctx.args.strokes) return []
  return [
    { do: 'zonevar', key: 'strokes', value: 0 },
    { do: 'say', text: 'pump.slips', place: 'pump-room' },
  ]
}

export function onReturn() {
  return [
    { do: 'state', thing: 'pump', to: 'idle' },
    { do: 'say', text: 'pump.returns', place: 'pump-room' },
  ]
}
