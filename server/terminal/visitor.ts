/** What a visitor from another node may do here: walk, look, talk, use what there is; nothing that needs an account, and no trade. */
import type { ParsedLine } from '../commands/index.ts'

const NOT_COMMANDS = new Set(['buy', 'sell'])
const VERBS = new Set([
  ...['help', 'commands', 'config', 'alias', 'history', 'repeat', 'who', 'reply', 'ignore', 'report', 'bug'],
  ...['nodes', 'ping', 'travel', 'return', 'quit'],
])

export function mayVisitor(meant: ParsedLine): boolean {
  if (meant.kind === 'command') return !NOT_COMMANDS.has(meant.command.name)
  return meant.kind !== 'other' || VERBS.has(meant.name)
}
