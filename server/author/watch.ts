/** Tells when something below a project's folder has changed: only in folders that may hold sources, and only once it is quiet again. */
import { type FSWatcher, watch } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { AUTHOR_SAVE_SETTLES_MS, AUTHOR_WATCHED_FOLDERS_MAX } from '../limits.ts'
import { mayHoldSources } from './project.ts'

export type Watch = { stop(): void }

/** What `node_modules` or a database beside the sources does is never heard. `changed` may be called once too often, never too seldom. */
export async function watchFolders(dir: string, changed: () => void): Promise<Watch> {
  const watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  function stir(): void {
    clearTimeout(timer)
    timer = setTimeout(() => void settle(), AUTHOR_SAVE_SETTLES_MS)
  }

  async function settle(): Promise<void> {
    await follow()
    if (!stopped) changed()
  }

  /** Watches folders that are new, and lets go of those that are not there any more. */
  async function follow(): Promise<void> {
    const found = await folders(dir)
    if (stopped) return
    for (const [folder, watcher] of watchers) {
      if (found.has(folder)) continue
      watcher.close()
      watchers.delete(folder)
    }
    for (const folder of found) {
      if (watchers.has(folder)) continue
      try {
        const watcher = watch(join(dir, folder), stir)
        watcher.on('error', stir)
        watchers.set(folder, watcher)
      } catch {
        // It went away in this moment; the folder above has heard of it.
      }
    }
  }

  await follow()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
    },
  }
}

async function folders(dir: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  async function add(folder: string): Promise<void> {
    if (found.size >= AUTHOR_WATCHED_FOLDERS_MAX) return
    const entries = await readdir(join(dir, folder), { withFileTypes: true }).catch(() => undefined)
    if (!entries) return
    found.add(folder)
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      if (entry.isDirectory() && mayHoldSources(path)) await add(path)
    }
  }
  await add('')
  return found
}
