/** The departure board: a pull of the string turns the slats to some other line. */

const LINES = ['board.line-0', 'board.line-1', 'board.line-2', 'board.line-3']

export function onString(ctx) {
  const before = ctx.zoneVars['board-line'] ?? 0
  const line = (before + 1 + Math.floor(ctx.random() * (LINES.length - 1))) % LINES.length
  return [
    { do: 'zonevar', key: 'board-line', value: line },
    { do: 'say', text: LINES[line] },
  ]
}
