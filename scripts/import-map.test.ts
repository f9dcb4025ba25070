import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { findImportViolations, IMPORT_MAP } from './import-map.ts'

const root = resolve(import.meta.dirname, '..')

test('every import in the tree follows the import map', () => {
  expect(findImportViolations(root)).toEqual([])
})

test('the check finds a room that reaches too far, and a heavy library away from home', () => {
  const dir = mkdtempSync(join(tmpdir(), 'academy-map-'))
  try {
    for (const folder of ['server/engine', 'server/storage', 'client/ui'])
      mkdirSync(join(dir, folder), { recursive: true })
    writeFileSync(join(dir, 'server/storage/types.ts'), 'export type A = 1\nexport const a = 1\n')
    writeFileSync(
      join(dir, 'server/engine/bad.ts'),
      "import { a } from '../storage/types.ts'\nimport express from 'express'\nexport const b = [a, express]\n",
    )
    writeFileSync(
      join(dir, 'server/engine/good.ts'),
      "import type { A } from '../storage/types.ts'\nexport const c: A = 1\n",
    )
    writeFileSync(
      join(dir, 'client/ui/bad.ts'),
      "import * as Phaser from 'phaser'\nimport { b } from '../../server/engine/bad.ts'\nexport const d = [Phaser, b]\n",
    )
    expect(
      findImportViolations(dir)
        .map(({ file, specifier }) => `${file} ${specifier}`)
        .sort(),
    ).toEqual([
      'client/ui/bad.ts ../../server/engine/bad.ts',
      'client/ui/bad.ts phaser',
      'server/engine/bad.ts ../storage/types.ts',
      'server/engine/bad.ts express',
    ])
  } finally {
    rmSync(dir, { recursive: true })
  }
})

test('ARCHITECTURE.md names paths that exist, and its code map has a line for every room of the import map', async () => {
  const text = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8')
  const paths = [...text.matchAll(/`((?:server|client|worlds|content|prisma|scripts)\/[\w./-]*)`/g)].map((m) => m[1]!)
  expect(paths.length).toBeGreaterThan(10)
  const { existsSync } = await import('node:fs')
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([])
  for (const [room, allowed] of Object.entries(IMPORT_MAP)) {
    if (room === 'root' || room === 'client') continue
    const line = text.split('\n').find((row) => row.startsWith(`| \`server/${room}/\``))
    expect(line, `a row for server/${room}/`).toBeDefined()
    const listed = line!.split('|')[3]!.trim()
    expect(listed).toBe(allowed.length === 0 ? '—' : allowed.join(', '))
  }
})
