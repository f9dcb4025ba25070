/** The switchboard: a call answered is a telegram in the hand, and the last mile is walked. */

const CALLS = [
  { thing: 'telegram-harbor', text: 'switchboard.call-harbor' },
  { thing: 'telegram-names', text: 'switchboard.call-names' },
  { thing: 'telegram-signal', text: 'switchboard.call-signal' },
]

export function onCall(ctx) {
  const next = ctx.zoneVars['next-call'] ?? 0
  const call = CALLS[next]
  return [
    { do: 'zonevar', key: 'next-call', value: (next + 1) % CALLS.length },
    { do: 'give', thing: call.thing },
    { do: 'flag', key: 'cable.answered', value: true },
    { do: 'say', text: call.text, to: 'actor' },
  ]
}
