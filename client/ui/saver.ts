/** Text that has been typed and is not on the node yet: kept by the browser, sent after a pause, sent again until the node has it. */
import type { Project } from '../../server/protocol/api.ts'
import { SAVE_DELAY_MS, SAVE_RETRY_FIRST_MS, SAVE_RETRY_LONGEST_MS } from '../limits.ts'
import { ApiError } from '../net/api.ts'
import type { Keep } from '../net/storage.ts'

/** `base` is what the node had when the typing began; absent for a file that was not there. */
type Draft = { readonly text: string; readonly base?: string }
type Drafts = { readonly [project: string]: { readonly [path: string]: Draft } }

export type SaveState = 'saved' | 'waiting' | 'saving' | 'retrying' | 'refused'
export type Clash = { readonly project: string; readonly path: string; readonly theirs: string }

type Deps = {
  readonly keep: Keep
  readonly read: (project: string, path: string) => Promise<string>
  readonly write: (project: string, path: string, text: string) => Promise<Project>
  readonly onState: (state: SaveState, error?: unknown) => void
  readonly onSaved: (project: Project) => void
  /** Another window had changed the file meanwhile; what was typed here has gone over it. */
  readonly onClash: (clash: Clash) => void
}

export type Saver = {
  typed(project: string, path: string, text: string, base: string | undefined): void
  draft(project: string, path: string): string | undefined
  /** Paths with text that the node does not have. */
  drafts(project: string): readonly string[]
  drop(project: string, path: string): void
  /** Sends what is waiting now; throws what kept it from being saved. */
  flush(): Promise<void>
  close(): void
}

const KEY = 'academy.drafts'

/** Worth another try by itself: the node was away, busy, or did not know us for a moment. */
const passes = (error: unknown): boolean =>
  !(error instanceof ApiError) ||
  error.status === 0 ||
  error.status === 401 ||
  error.status === 429 ||
  error.status >= 500

/** The project is somebody else's, or no more. */
const isGone = (error: unknown): boolean => error instanceof ApiError && error.code === 'no_such_project'

export function createSaver({ keep, read, write, onState, onSaved, onClash }: Deps): Saver {
  let timer: ReturnType<typeof setTimeout> | undefined
  let waitMs = SAVE_RETRY_FIRST_MS
  let underWay: Promise<void> = Promise.resolve()

  const all = (): Drafts => keep.read<Drafts>(KEY) ?? {}
  function put(project: string, path: string, draft: Draft | undefined): void {
    const { [project]: files = {}, ...others } = all()
    const { [path]: _old, ...rest } = files
    const next = draft ? { ...rest, [path]: draft } : rest
    keep.write(KEY, Object.keys(next).length > 0 ? { ...others, [project]: next } : others)
  }
  const pending = () =>
    Object.entries(all()).flatMap(([project, files]) =>
      Object.entries(files).map(([path, draft]) => ({ project, path, draft })),
    )

  const theirs = (project: string, path: string): Promise<string | undefined> =>
    read(project, path).catch((error) => {
      if (error instanceof ApiError && error.code === 'no_such_file') return undefined
      throw error
    })

  async function send(project: string, path: string, { text, base }: Draft): Promise<Clash | undefined> {
    const there = await theirs(project, path)
    const saved = there === text ? undefined : await write(project, path, text)
    const now = all()[project]?.[path]
    if (now) put(project, path, now.text === text ? undefined : { text: now.text, base: text })
    if (saved) onSaved(saved)
    const isClash = saved !== undefined && there !== undefined && base !== undefined && there !== base
    return isClash ? { project, path, theirs: there } : undefined
  }

  async function sendAll(): Promise<void> {
    clearTimeout(timer)
    const clashes: (Clash | undefined)[] = []
    try {
      for (let left = pending(); left[0]; left = pending()) {
        onState('saving')
        const { project, path, draft } = left[0]
        clashes.push(
          await send(project, path, draft).catch((error) => {
            if (!isGone(error)) throw error
            put(project, path, undefined)
            return undefined
          }),
        )
      }
      waitMs = SAVE_RETRY_FIRST_MS
      onState('saved')
      for (const clash of clashes) if (clash) onClash(clash)
    } catch (error) {
      const again = passes(error)
      onState(again ? 'retrying' : 'refused', error)
      if (again) later(waitMs)
      waitMs = Math.min(waitMs * 2, SAVE_RETRY_LONGEST_MS)
      throw error
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    const next = underWay.then(sendAll, sendAll)
    underWay = next.catch(() => undefined)
    return next
  }
  function later(ms: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void flush().catch(() => undefined), ms)
  }
  if (pending().length > 0) later(SAVE_DELAY_MS)

  return {
    typed(project, path, text, base) {
      const before = all()[project]?.[path]
      put(project, path, { text, base: before ? before.base : base })
      onState('waiting')
      later(SAVE_DELAY_MS)
    },
    draft: (project, path) => all()[project]?.[path]?.text,
    drafts: (project) => Object.keys(all()[project] ?? {}),
    drop: (project, path) => put(project, path, undefined),
    flush: () => (pending().length > 0 ? flush() : underWay),
    close: () => clearTimeout(timer),
  }
}
