/** Echo Hollow: what is said comes back once, and the first time the hill adds a word of its own. */

export function onSay(ctx) {
  return [{ do: 'timer', after: 30, handler: 'echo.onBack', args: { first: !ctx.zoneVars['echo-met'] } }]
}

export function onBack(ctx) {
  const again = { do: 'say', text: 'echo-hollow.again', place: 'echo-hollow' }
  if (!ctx.args.first) return [again]
  return [
    again,
    { do: 'say', text: 'echo-hollow.first-heard', place: 'echo-hollow' },
    { do: 'zonevar', key: 'echo-met', value: true },
  ]
}
