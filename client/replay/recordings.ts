/** Recordings as they come and go: from the node page by page, from a file, into a file. */
import type { AgentReplay, ReplayPlan } from '../../server/protocol/api.ts'
import type { Diagnostic } from '../../server/protocol/diagnostics.ts'
import {
  RECORDING_SUFFIX,
  type RecordingFile,
  readRecording,
  recordingFile,
} from '../../server/protocol/recording.ts'
import { REPLAY_FILE_MAX_BYTES } from '../limits.ts'
import type { Api } from '../net/api.ts'

/** All pages of what the node has kept of an agent since `main` last began. */
export async function fetchRecording(api: Pick<Api, 'get'>, agent: string): Promise<RecordingFile> {
  const path = (from: number) => `/api/v1/agents/${encodeURIComponent(agent)}/replay?from=${from}`
  for (;;) {
    const first = await api.get<AgentReplay>(path(0))
    let { turns } = first
    let page: AgentReplay = first
    while (page.turns.length > 0 && turns.at(-1)!.tick < page.end.tick) {
      page = await api.get<AgentReplay>(path(turns.at(-1)!.tick + 1))
      if (page.checkpointTick !== first.checkpointTick) break
      turns = [...turns, ...page.turns]
    }
    // `main` began anew while the pages were read.
    if (page.checkpointTick !== first.checkpointTick) continue
    const { end } = page
    return recordingFile({ ...first, end, turns: turns.filter(({ tick }) => tick <= end.tick) })
  }
}

export type Prepared = { readonly plan?: ReplayPlan; readonly diagnostics: readonly Diagnostic[] }

export const prepare = (
  api: Pick<Api, 'post'>,
  { self, program, memory, limits, turns }: RecordingFile,
): Promise<Prepared> => {
  const typed = turns.flatMap(({ inputs }) =>
    inputs.flatMap((input) => (input.type === 'eval' ? [input.source] : [])),
  )
  const lines = [...new Set(typed)]
  return api.post<Prepared>('/api/v1/replays', { self, sources: program.sources, lines, memory, limits })
}

export async function openRecording(file: File): Promise<RecordingFile | undefined> {
  return file.size > REPLAY_FILE_MAX_BYTES ? undefined : readRecording(await file.text())
}

export function saveRecording(recording: RecordingFile): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(recording)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${recording.self.name.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-')}${RECORDING_SUFFIX}`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
