/** The trial benches: three smiths do the same work unseen; one trial in five, one of them gets it wrong. */

export function onTrial(ctx) {
  if (ctx.random() < 0.2)
    return [
      { do: 'give', thing: 'ingot' },
      { do: 'say', text: 'benches.differ' },
    ]
  return [
    { do: 'give', thing: 'proved-ingot' },
    { do: 'flag', key: 'foundry.proved', value: true },
    { do: 'say', text: 'benches.agree' },
  ]
}
