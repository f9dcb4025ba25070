/** The peg belt: a turn for each peg. Twelve turns, one for each post of the causeway, open the ash door. */

const TURNS_TO_DOOR = 12
const HOLES = 20

export function onPeg(ctx) {
  const pegs = ctx.zoneVars['belt-pegs'] ?? 0
  if (pegs >= HOLES)
    return [
      { do: 'spawn', thing: 'peg' },
      { do: 'say', text: 'belt.full', to: 'actor' },
    ]
  return [{ do: 'zonevar', key: 'belt-pegs', value: pegs + 1 }]
}

export function onRun(ctx) {
  const pegs = ctx.zoneVars['belt-pegs'] ?? 0
  if (pegs === 0) return [{ do: 'say', text: 'lever.none' }]
  const ran = [
    { do: 'zonevar', key: 'belt-pegs', value: 0 },
    { do: 'state', thing: 'belt', to: 'moving' },
  ]
  if (pegs === TURNS_TO_DOOR) {
    return [
      ...ran,
      { do: 'door', door: 'ash-door', closed: false, locked: false },
      { do: 'flag', key: 'loopworks.ash-door', value: true },
      { do: 'say', text: 'lever.twelve' },
    ]
  }
  if (pegs === TURNS_TO_DOOR - 1) return [...ran, { do: 'say', text: 'lever.eleven' }]
  return [...ran, { do: 'say', text: pegs < TURNS_TO_DOOR ? 'lever.short' : 'lever.long' }]
}
