/** Marks that an agent draws on its owner's map: where it stands when it asks for one. */
import { AGENT_MARK_GLYPH_CHARS, AGENT_MARK_NOTE_CHARS, AGENT_MARKS_MAX } from '../limits.ts'
import type { AgentCall } from '../protocol/agent-io.ts'
import type { PlaceId } from '../protocol/ids.ts'
import type { AgentMark } from './types.ts'

/** The marks after a turn's calls; the very same list when nothing was drawn. A place has one mark, the newest; the oldest go first. */
export function marked(
  marks: readonly AgentMark[],
  calls: readonly AgentCall[],
  place: PlaceId | undefined,
): readonly AgentMark[] {
  return calls.reduce<readonly AgentMark[]>((now, { action, args }) => {
    if (action === 'clearMarks') return []
    if (action !== 'mark' || place === undefined) return now
    const glyph = [...String(args[0] ?? '').trim()].slice(0, AGENT_MARK_GLYPH_CHARS).join('') || '*'
    const note = [...String(args[1] ?? '')].slice(0, AGENT_MARK_NOTE_CHARS).join('')
    return [...now.filter((one) => one.place !== place), { place, glyph, note }].slice(-AGENT_MARKS_MAX)
  }, marks)
}
