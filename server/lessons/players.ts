/** One person's lessons in memory: what is open, what has counted. Loaded once, written back after each change, in order. */
import { LESSON_PLAYERS_MAX } from '../limits.ts'
import type { PlayerId } from '../protocol/ids.ts'
import type { Course, Lesson } from './load.ts'
import type { LessonStore, Progress } from './store.ts'

export type PlayerLessons = {
  readonly id: PlayerId
  readonly rows: Map<string, Progress>
  /** Writes wait for each other. */
  saving: Promise<void>
}

export const statusOf = (
  player: PlayerLessons,
  course: Course,
  lesson: Lesson,
): 'locked' | 'open' | 'started' | 'passed' => {
  const row = player.rows.get(lesson.id)
  if (row) return row.status
  const passed = (slug: string) =>
    player.rows.get(course.lessons.find((one) => one.slug === slug)?.id ?? '')?.status === 'passed'
  return lesson.needs.every(passed) ? 'open' : 'locked'
}

/** Keeps the people who were active last; a forgotten one is simply loaded again. */
export function createPlayers(store: LessonStore) {
  const loaded = new Map<PlayerId, PlayerLessons>()
  const loading = new Map<PlayerId, Promise<PlayerLessons>>()

  async function load(id: PlayerId): Promise<PlayerLessons> {
    const rows = new Map((await store.progress(id)).map((row) => [row.lessonId as string, row]))
    const player: PlayerLessons = { id, rows, saving: Promise.resolve() }
    loaded.set(id, player)
    for (const oldest of loaded.keys()) {
      if (loaded.size <= LESSON_PLAYERS_MAX) break
      loaded.delete(oldest)
    }
    return player
  }

  return {
    /** Without loading: for the hot path. */
    peek: (id: PlayerId): PlayerLessons | undefined => loaded.get(id),
    get(id: PlayerId): Promise<PlayerLessons> {
      const ready = loaded.get(id)
      if (ready) return Promise.resolve(ready)
      let pending = loading.get(id)
      if (!pending) loading.set(id, (pending = load(id).finally(() => loading.delete(id))))
      return pending
    },
    /** Puts the row in place at once and resolves when it is stored. */
    save(player: PlayerLessons, row: Progress): Promise<void> {
      player.rows.set(row.lessonId, row)
      player.saving = player.saving.catch(() => {}).then(() => store.save(row))
      return player.saving
    },
  }
}
