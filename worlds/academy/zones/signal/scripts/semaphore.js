/** The semaphore: three blinks, a pause of three breaths, three blinks. A pause is what comes when nobody pulls for a while. */

const PAUSE_TICKS = 30
const WANTED = 3

export function onBlink(ctx) {
  const blinks = (ctx.zoneVars.blinks ?? 0) + 1
  const pulls = (ctx.zoneVars.pulls ?? 0) + 1
  return [
    { do: 'zonevar', key: 'blinks', value: blinks },
    { do: 'zonevar', key: 'pulls', value: pulls },
    { do: 'timer', after: PAUSE_TICKS, handler: 'semaphore.onPause', args: { pulls } },
  ]
}

/** Only the timer of the last pull counts: an older one finds that somebody has pulled since. */
export function onPause(ctx) {
  if (ctx.args.pulls !== ctx.zoneVars.pulls) return []
  const over = { do: 'zonevar', key: 'blinks', value: 0 }
  const half = { do: 'zonevar', key: 'half-sent', value: false }
  if (ctx.zoneVars.blinks !== WANTED) return [over, half, { do: 'say', text: 'semaphore.wrong', place: 'semaphore' }]
  if (!ctx.zoneVars['half-sent'])
    return [over, { ...half, value: true }, { do: 'say', text: 'semaphore.three', place: 'semaphore' }]
  return [
    over,
    half,
    { do: 'state', thing: 'semaphore', to: 'answered' },
    { do: 'say', text: 'semaphore.reply', place: 'semaphore' },
  ]
}
