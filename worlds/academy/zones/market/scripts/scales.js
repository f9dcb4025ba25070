/** The market scales under a bare hand: left, then right, then left. */

export function onHand(ctx) {
  const side = ctx.zoneVars['scales-side'] === 'left' ? 'right' : 'left'
  return [
    { do: 'zonevar', key: 'scales-side', value: side },
    { do: 'say', text: side === 'left' ? 'scales.left' : 'scales.right', to: 'actor' },
  ]
}
