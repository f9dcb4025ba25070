/** The mill: three pushes start it, and it stops again unless somebody pushes it once in every ten minutes. */

const ROUND_TICKS = 6_000

export function onPush(ctx) {
  const pushes = (ctx.zoneVars['mill-pushes'] ?? 0) + 1
  if (pushes === 1)
    return [
      { do: 'zonevar', key: 'mill-pushes', value: 1 },
      { do: 'say', text: 'mill.first', to: 'actor' },
    ]
  if (pushes === 2)
    return [
      { do: 'zonevar', key: 'mill-pushes', value: 2 },
      { do: 'say', text: 'mill.second', to: 'actor' },
    ]
  return [
    { do: 'zonevar', key: 'mill-pushes', value: 0 },
    { do: 'zonevar', key: 'mill-kept', value: false },
    { do: 'state', thing: 'mill', to: 'running' },
    { do: 'flag', key: 'loopworks.mill-started', value: true },
    { do: 'say', text: 'mill.starts' },
    { do: 'timer', after: ROUND_TICKS, handler: 'mill.onRound', args: {} },
  ]
}

/** Whoever pushed it during the last round has bought the next one. */
export function onRound(ctx) {
  if (ctx.zoneVars['mill-kept']) {
    return [
      { do: 'zonevar', key: 'mill-kept', value: false },
      { do: 'say', text: 'mill.goes-on', place: 'mill' },
      { do: 'timer', after: ROUND_TICKS, handler: 'mill.onRound', args: {} },
    ]
  }
  return [
    { do: 'state', thing: 'mill', to: 'stopped' },
    { do: 'say', text: 'mill.slows', place: 'mill' },
  ]
}

export function onGrind() {
  return [
    { do: 'give', thing: 'flour' },
    { do: 'flag', key: 'loopworks.flour', value: true },
    { do: 'say', text: 'mill.flour', to: 'actor' },
  ]
}
