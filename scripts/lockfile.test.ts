/** The lock file is whole: `npm ci`, the first thing a fresh clone does, refuses one with a gap. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

interface Locked {
  optionalDependencies?: Record<string, string>
}

const root = join(import.meta.dirname, '..')
const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>
}

/** Whether a package that sits at `place` finds `name`, as Node would look for it: upwards. */
function isFound(place: string, name: string): boolean {
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (packages[`${at ? `${at}/` : ''}node_modules/${name}`]) return true
    if (!at) return false
  }
}

test('every optional dependency is in the lock file, those for other platforms too', () => {
  const missing = Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isFound(place, name)),
  )
  // A registry that mirrors only some platforms makes `npm install` leave the others out; add them by hand.
  expect(missing).toEqual([])
})
