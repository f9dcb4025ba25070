/** What the disk refused, in words, by the path that it was about. */

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there, or the directory that it belongs in is not',
  EEXIST: 'a file is in its place',
  ENOTDIR: 'a file is in its place',
  EISDIR: 'it is a directory',
  EACCES: 'this user may not read or write there',
  EPERM: 'this user may not read or write there',
  EROFS: 'the disk there cannot be written',
  ENOSPC: 'the disk is full',
}

/** Undefined for what is no refusal of the disk. */
export function diskProblem(error: unknown): string | undefined {
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException
  const why = code === undefined ? undefined : WHY[code]
  return why && path && `${path} cannot be used: ${why}.`
}
