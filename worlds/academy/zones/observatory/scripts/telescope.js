/** The telescope: each look is at whatever it happens to point to. */

const SIGHTS = ['telescope.see-0', 'telescope.see-1', 'telescope.see-2', 'telescope.see-3']

export function onLook(ctx) {
  return [{ do: 'say', text: SIGHTS[Math.floor(ctx.random() * SIGHTS.length)], to: 'actor' }]
}
