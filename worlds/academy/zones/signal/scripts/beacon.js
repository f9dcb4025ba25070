/** The beacon: three bundles of brushwood set it alight, whoever brings them. */

const BUNDLES = 3

export function onWood(ctx) {
  const bundles = (ctx.zoneVars['beacon-wood'] ?? 0) + 1
  if (bundles < BUNDLES)
    return [
      { do: 'zonevar', key: 'beacon-wood', value: bundles },
      { do: 'say', text: 'beacon.more', to: 'actor' },
    ]
  return [
    { do: 'zonevar', key: 'beacon-wood', value: 0 },
    { do: 'state', thing: 'beacon', to: 'lit' },
    { do: 'flag', key: 'signal.beacon', value: true },
    { do: 'say', text: 'beacon.blazes' },
  ]
}
