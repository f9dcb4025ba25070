/** Versions of items: `major.minor.patch` and perhaps `-pre.release` (semver.org 2.0.0), without build metadata. */

import { VERSION_MAX_CHARS } from '../protocol/library-fields.ts'

export type Version = {
  readonly numbers: readonly [number, number, number]
  /** Empty for a release. */
  readonly pre: readonly string[]
}

const NUMBER = '(0|[1-9]\\d{0,8})'
const FORM = new RegExp(`^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?$`)

export function parseVersion(text: string): Version | undefined {
  const match = text.length <= VERSION_MAX_CHARS ? FORM.exec(text) : null
  if (!match) return undefined
  const pre = match[4]?.split('.') ?? []
  if (pre.some((part) => /^0\d+$/.test(part))) return undefined
  return { numbers: [Number(match[1]), Number(match[2]), Number(match[3])], pre }
}

/** Semver 2.0.0, rule 11: below zero when `a` comes before `b`. */
export function compareVersions(a: Version, b: Version): number {
  for (let i = 0; i < 3; i++) if (a.numbers[i] !== b.numbers[i]) return a.numbers[i]! - b.numbers[i]!
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length
  for (let i = 0; i < Math.min(a.pre.length, b.pre.length); i++) {
    const order = compareParts(a.pre[i]!, b.pre[i]!)
    if (order !== 0) return order
  }
  return a.pre.length - b.pre.length
}

function compareParts(a: string, b: string): number {
  const [isA, isB] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (isA && isB) return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)
  if (isA !== isB) return isA ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** Newest first; what is no version comes last. */
export const newestFirst = (a: string, b: string): number => {
  const [left, right] = [parseVersion(a), parseVersion(b)]
  return left && right ? compareVersions(right, left) : Number(!left) - Number(!right)
}

/** Whether a wish names that version: whole (`1.2.0`), or its beginning (`1`, `1.2`), which no pre-release answers. */
export function fits(wish: string, version: string): boolean {
  if (wish === version) return true
  const parsed = parseVersion(version)
  if (!parsed || parsed.pre.length > 0 || !/^\d+(\.\d+)?$/.test(wish)) return false
  return wish.split('.').every((part, i) => Number(part) === parsed.numbers[i])
}

/**
 * The version a wish comes to among those there are. Without a wish the newest release, or the newest of all when nothing is released
 * yet. One that was withdrawn is taken only when it is named whole.
 */
export function choose<T extends { readonly version: string; readonly yanked: boolean }>(
  versions: readonly T[],
  wish?: string,
): T | undefined {
  const sorted = versions.toSorted((a, b) => newestFirst(a.version, b.version))
  if (wish !== undefined && parseVersion(wish)) return sorted.find(({ version }) => version === wish)
  const standing = sorted.filter(({ yanked }) => !yanked)
  if (wish !== undefined) return standing.find(({ version }) => fits(wish, version))
  return standing.find(({ version }) => parseVersion(version)?.pre.length === 0) ?? standing[0]
}

/** Whether one version in the place of another goes back to an older one that nobody named whole. */
export const goesBack = (before: string, next: string, wish?: string): boolean =>
  wish !== next && newestFirst(before, next) < 0
