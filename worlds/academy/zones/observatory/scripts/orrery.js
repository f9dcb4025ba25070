/** The orrery: three teeth make one tide, and then it begins again. */

const TEETH = ['orrery.in', 'orrery.still', 'orrery.out']

export function onCrank(ctx) {
  const tooth = ctx.zoneVars['orrery-tooth'] ?? 0
  return [
    { do: 'zonevar', key: 'orrery-tooth', value: (tooth + 1) % TEETH.length },
    { do: 'say', text: TEETH[tooth] },
  ]
}
