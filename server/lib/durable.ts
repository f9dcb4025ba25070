/** Files that are on the disk when a promise says so: written aside, synced, renamed, and the folder synced. */
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Called before and after each sync with a name of the place; tests stop a process there. */
export type Step = (place: string) => void | Promise<void>

export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** The whole file or the one before it, whenever the machine dies. */
export async function writeDurably(path: string, bytes: Uint8Array | string, step?: Step): Promise<void> {
  const aside = `${path}.new`
  const file = await open(aside, 'w')
  try {
    await file.writeFile(bytes)
    await step?.('before sync')
    await file.sync()
  } finally {
    await file.close()
  }
  await step?.('after sync')
  await rename(aside, path)
  await syncFolder(dirname(path))
  await step?.('after rename')
}

/** Gone for good when this resolves; a file that is not there is gone already. */
export async function removeDurably(path: string, step?: Step): Promise<void> {
  await step?.('before remove')
  await rm(path, { force: true, recursive: true })
  await syncFolder(dirname(path))
  await step?.('after remove')
}
