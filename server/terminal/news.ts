/** What a person's lessons and lanterns do while they play, told as it happens. */
import type { AgentInfo, AgentLogEntry, Agents, Projects } from '../agents/types.ts'
import type { LogStop, TransparencyLog } from '../ledger/log/types.ts'
import type { Lessons } from '../lessons/types.ts'
import { AGENT_LIVE_LINES } from '../limits.ts'
import type { Json } from '../protocol/ids.ts'
import type { OutputDraft } from '../protocol/terminal.ts'
import { capitalise } from '../voice/words.ts'
import type { People, Words } from './session-verb.ts'

export function tellLessonNews(lessons: Lessons, people: People): () => void {
  return lessons.onProgress((player, { lesson, text }) => {
    people.tell(player, () => ({ kind: 'lesson', text, data: { lesson: lesson.slug, status: lesson.status } }))
  })
}

/** Nothing can be paid any more, and why: for everybody who is here. */
export function tellLogStopped(
  log: Pick<TransparencyLog, 'onStop'>,
  tellAll: (draft: (words: Words) => OutputDraft) => void,
): () => void {
  return log.onStop(({ code }) => tellAll((words) => stoppedLine(code, words)))
}

export const stoppedLine = (code: LogStop['code'], words: Words): OutputDraft => ({
  kind: 'system',
  text: words(`credits.log.stopped.${code}`),
})

/** The page's panels read the data; the words say what has changed. A change of fuel alone is not worth a line. */
export function tellAgentNews(agents: Agents, people: People): () => void {
  const statuses = new Map<string, AgentInfo['status']>()
  return agents.onChange((owner, { agent, log = [], gone }) => {
    if (gone) {
      statuses.delete(agent.id)
      people.tell(owner, (words) => ({
        kind: 'agent',
        text: words('agent.gone', { name: agent.name }),
        data: { agent, gone } as unknown as Json,
      }))
      return
    }
    const before = statuses.get(agent.id)
    const isNew = before !== agent.status && !(before === undefined && agent.status === 'stopped')
    if (!isNew && log.length === 0) return
    // One that has just been made stands still; that is no news.
    if (!statuses.has(agent.id) && agent.status === 'stopped' && log.length === 0) return
    const told = people.tell(owner, (words) => newsOf(agent, log, isNew, words))
    if (told) statuses.set(agent.id, agent.status)
    else statuses.delete(agent.id)
  })
}

/** A file was saved in its author's own editor: the page's editor follows. */
export function tellFileNews(onOutside: NonNullable<Projects['onOutside']>, people: People): () => void {
  return onOutside(({ owner, project, name, paths }) => {
    people.tell(owner, (words) => ({
      kind: 'agent',
      text: words('agent.files', { name, count: paths.length, path: paths[0] ?? '' }),
      data: { project, paths: [...paths] },
    }))
  })
}

function newsOf(agent: AgentInfo, log: readonly AgentLogEntry[], isNew: boolean, words: Words): OutputDraft {
  const { name, status, error } = agent
  const lines = log.slice(-AGENT_LIVE_LINES).map((entry) => `${name}: ${entry.text}`)
  if (log.length > lines.length) lines.unshift(words('agent.more_log', { name, count: log.length - lines.length }))
  if (isNew) lines.push(words('agent.now', { name: capitalise(name), status }))
  if (isNew && error && !log.some((entry) => entry.level === 'error'))
    lines.push(words('agent.error', { text: error.message, line: error.line ?? null }))
  return { kind: 'agent', text: lines.join('\n'), data: { agent, log } as unknown as Json }
}
