/**
 * Keeps a project on a node and its folder on disk the same, both ways. Changes are taken one at a time in the order in which they
 * are heard, so the last writer wins; what each file last was on both sides is remembered as a hash, so nothing comes back as an echo.
 * Where both sides have changed a file, the one that gives way is kept beside it on disk, and its author is told.
 */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { SourceFiles } from '../sandbox/types.ts'
import { isSource, placeOnDisk, readSources } from './project.ts'

/** The project on the node. A refusal comes back as a sentence. */
export type Side = {
  read(): Promise<SourceFiles>
  write(path: string, text: string): Promise<string | undefined>
  remove(path: string): Promise<string | undefined>
}
export type SyncDeps = {
  readonly dir: string
  readonly node: Side
  /** Files changed on disk and are on the node now. */
  readonly changed: (paths: readonly string[]) => void
  readonly complain: (sentence: string) => void
}
export type Sync = {
  /** Makes the node's project what the folder is, and says what that changed. */
  fromDisk(): Promise<readonly string[]>
  /** A file was written, or deleted, on the node. */
  toDisk(path: string): Promise<void>
  /** Something done on the node, at no time in the middle of what is done here. */
  between<T>(job: () => Promise<T>): Promise<T>
  /** Resolves when all that was heard has been done. */
  settled(): Promise<void>
}

/** Behind a file's whole name, so that it is no source. */
const CONFLICT_SUFFIX = '.conflict'

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64')

export function createSync({ dir, node, changed, complain }: SyncDeps): Sync {
  /** What both sides held when they were last the same. */
  const known = new Map<string, string>()
  /** What the node would not have, so that it is not asked about the same again. */
  const refused = new Map<string, string>()
  let queue: Promise<unknown> = Promise.resolve()
  let isFirst = true

  function inTurn<T>(job: () => Promise<T>): Promise<T> {
    const done = queue.then(job)
    queue = done.catch((error: unknown) => complain(error instanceof Error ? error.message : String(error)))
    return done
  }

  const changedSince = (path: string, text: string | undefined): boolean =>
    text !== undefined && hashOf(text) !== known.get(path)

  /** What one side has made of a file meanwhile, and the other is about to put away. */
  async function setAside(path: string, text: string, whose: 'the page' | 'the disk'): Promise<void> {
    const file = await placeOnDisk(dir, path)
    for (let number = 1; ; number++) {
      const copy = `${CONFLICT_SUFFIX}${number === 1 ? '' : `-${number}`}`
      try {
        await writeFile(`${file}${copy}`, text, { flag: 'wx' })
        return complain(
          `${path}: changed in the page and on disk at the same time. What ${whose} had is kept in ${path}${copy}; take from it what you need and delete it.`,
        )
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
  }

  const onDisk = async (path: string): Promise<string | undefined> =>
    readFile(await placeOnDisk(dir, path), 'utf8').catch(() => undefined)

  async function takeFromDisk(): Promise<readonly string[]> {
    if (isFirst) for (const [path, text] of Object.entries(await node.read())) known.set(path, hashOf(text))
    isFirst = false
    const files = await readSources(dir)
    const theirs = await node.read()
    const moved: string[] = []
    for (const [path, text] of Object.entries(files)) {
      const hash = hashOf(text)
      if (known.get(path) === hash || refused.get(path) === hash) continue
      if (theirs[path] !== text && changedSince(path, theirs[path])) await setAside(path, theirs[path]!, 'the page')
      const refusal = await node.write(path, text)
      if (refusal === undefined) {
        known.set(path, hash)
        refused.delete(path)
        moved.push(path)
      } else {
        refused.set(path, hash)
        complain(`${path}: ${refusal}`)
      }
    }
    for (const path of [...known.keys()]) {
      if (Object.hasOwn(files, path) || !isSource(path)) continue
      if (changedSince(path, theirs[path])) await setAside(path, theirs[path]!, 'the page')
      await node.remove(path)
      known.delete(path)
      moved.push(path)
    }
    if (moved.length > 0) changed(moved)
    return moved
  }

  async function put(path: string, text: string): Promise<void> {
    const hash = hashOf(text)
    if (known.get(path) === hash) return
    const mine = await onDisk(path)
    const file = await placeOnDisk(dir, path)
    await mkdir(dirname(file), { recursive: true })
    if (mine !== text && changedSince(path, mine)) await setAside(path, mine!, 'the disk')
    // An editor that looks meanwhile sees the old file or the new one, never half of it.
    const beside = join(dirname(file), `.academy-${process.pid}.tmp`)
    await writeFile(beside, text)
    await rename(beside, file)
    known.set(path, hash)
  }

  async function take(path: string): Promise<void> {
    if (!known.has(path)) return
    const mine = await onDisk(path)
    if (changedSince(path, mine)) await setAside(path, mine!, 'the disk')
    known.delete(path)
    const file = await placeOnDisk(dir, path)
    await rm(file, { force: true })
    for (let folder = dirname(path); folder !== '.'; folder = dirname(folder))
      if (
        !(await rmdir(join(dir, folder)).then(
          () => true,
          () => false,
        ))
      )
        break
  }

  return {
    fromDisk: () => inTurn(takeFromDisk),
    async toDisk(path) {
      if (!isSource(path)) return
      await inTurn(async () => {
        // As it is by now: a save on disk may have come in between.
        const files = await node.read()
        await (Object.hasOwn(files, path) ? put(path, files[path]!) : take(path))
      }).catch(() => {})
    },
    between: inTurn,
    settled: async () => void (await queue),
  }
}
