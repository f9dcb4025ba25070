/** The rope wheel: three lengths of twine make one rope, whoever brings them. */

export function onTwine(ctx) {
  const hooks = (ctx.zoneVars['rope-hooks'] ?? 0) + 1
  if (hooks >= 3) {
    return [
      { do: 'zonevar', key: 'rope-hooks', value: 0 },
      { do: 'state', thing: 'rope-wheel', to: 'idle' },
      { do: 'give', thing: 'rope' },
      { do: 'say', text: 'rope-wheel.done', to: 'actor' },
    ]
  }
  return [
    { do: 'zonevar', key: 'rope-hooks', value: hooks },
    { do: 'state', thing: 'rope-wheel', to: 'twisting' },
    { do: 'say', text: hooks === 1 ? 'rope-wheel.two-more' : 'rope-wheel.one-more', to: 'actor' },
  ]
}
