/** Which file an import means, for the compiler and for the host alike. */

export const ACADEMY = 'academy'

/** Path of the project's file that `specifier` means in `from`; undefined when there is none. Extensions may be left out. */
export function resolveImport(has: (path: string) => boolean, from: string, specifier: string): string | undefined {
  if (!/^\.\.?\//.test(specifier)) return undefined
  const parts = from.split('/').slice(0, -1)
  for (const part of specifier.split('/')) {
    if (part === '.' || part === '') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  const path = parts.join('/')
  return [path, path.replace(/\.js$/, '.ts'), `${path}.ts`, `${path}.js`].find(has)
}
