import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { createFakeClock } from '../lib/clock.ts'
import { AGENT_SOURCE_MAX_FILES, PROJECTS_PER_PERSON_MAX } from '../limits.ts'
import { LOCALES } from '../protocol/ids.ts'
import { compile } from '../sandbox/compile.ts'
import { createMemoryProjectStore } from './memory-store.ts'
import { createProjects } from './projects.ts'
import { TEMPLATES } from './templates.ts'
import type { ProjectInfo, Projects } from './types.ts'

const ann = 'player_ann'
let projects: Projects
let mine: ProjectInfo

const code = (result: { ok: true } | { ok: false; refusal: { code: string } }) =>
  result.ok ? 'ok' : result.refusal.code

beforeEach(async () => {
  projects = createProjects({
    store: createMemoryProjectStore(),
    clock: createFakeClock(),
    compile,
    template: (name) => (name === 'lesson' ? { 'main.ts': '//' } : undefined),
  })
  const made = await projects.create(ann, { name: '  my   lantern ' })
  if (made.ok) mine = made.value
})

describe('P1 a project', () => {
  test('P1 begins from a template that compiles', async () => {
    expect(mine).toMatchObject({ name: 'my lantern', owner: ann, files: [{ path: 'main.ts' }] })
    for (const [locale, template] of LOCALES.flatMap((one) =>
      Object.keys(TEMPLATES[one]).map((name) => [one, name] as const),
    )) {
      const made = await projects.create(ann, { name: template, template, locale })
      expect(made.ok && (await projects.check(ann, made.value.id))).toEqual({ ok: true, value: [] })
    }
    expect(code(await projects.create(ann, { name: 'x', template: 'lesson' }))).toBe('ok')
    for (const template of ['gone', 'constructor', '__proto__'])
      expect(code(await projects.create(ann, { name: 'x', template }))).toBe('bad_arguments')
  })

  test('P2 is its owner’s alone', async () => {
    const bob = 'player_bob'
    const tries = [
      projects.read(bob, mine.id, 'main.ts'),
      projects.write(bob, mine.id, 'main.ts', 'x'),
      projects.remove(bob, mine.id, 'main.ts'),
      projects.discard(bob, mine.id),
      projects.sources(bob, mine.id),
      projects.check(bob, mine.id),
      projects.read(ann, 'project_gone', 'main.ts'),
    ]
    for (const result of await Promise.all(tries)) expect(code(result)).toBe('no_such_project')
    expect(await projects.list(bob)).toEqual([])
  })

  test('P3 several files are changed together or not at all', async () => {
    const change = (put: Record<string, string>, remove: string[] = []) =>
      projects.replace(ann, mine.id, { put, remove })
    expect(code(await change({ 'lib/a.ts': 'a', 'lib/b.ts': 'b' }))).toBe('ok')
    const before = await projects.sources(ann, mine.id)
    const many = Object.fromEntries(Array.from({ length: AGENT_SOURCE_MAX_FILES }, (_, i) => [`x${i}.ts`, '']))
    expect(code(await change({ 'lib/a.ts': 'other', '../up.ts': 'x' }))).toBe('bad_path')
    expect(code(await change({ 'lib/a.ts': 'other', ...many }))).toBe('file_limit')
    expect(code(await change({ 'lib/a.ts': 'x'.repeat(300 * 1024) }))).toBe('file_limit')
    expect(code(await projects.replace('player_bob', mine.id, { put: {}, remove: ['main.ts'] }))).toBe(
      'no_such_project',
    )
    expect(await projects.sources(ann, mine.id)).toEqual(before)
    expect(code(await change({ 'lib/c.ts': 'c' }, ['lib/a.ts', 'lib/b.ts']))).toBe('ok')
    const now = await projects.sources(ann, mine.id)
    expect(now.ok && Object.keys(now.value).sort()).toEqual(['lib/c.ts', 'main.ts'])
  })

  test('P3 takes files whose paths stay inside it, and nothing else', async () => {
    for (const path of [
      'main.ts',
      'lib/a.ts',
      'a/b/c/d.js',
      'notes.md',
      'data.json',
      'tests/first.yaml',
      'x-1_y.test.ts',
    ])
      expect(code(await projects.write(ann, mine.id, path, ''))).toBe('ok')
    for (const path of [
      '',
      '/etc/passwd',
      '../main.ts',
      'a/../../b.ts',
      'a//b.ts',
      '.env',
      'a/.ts',
      'main.exe',
      'main.ts\n',
      'a\\b.ts',
      `${'a'.repeat(200)}.ts`,
      'constructor',
      '__proto__',
    ])
      expect(code(await projects.write(ann, mine.id, path, ''))).toBe('bad_path')
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 30 }), async (path) => {
        if (code(await projects.write(ann, mine.id, path, '')) === 'ok') expect(path).not.toMatch(/\.\.|^\/|\\|\s/)
      }),
    )
  })

  test('P4 is bounded in files and bytes, and a person in projects', async () => {
    for (let i = 0; i < AGENT_SOURCE_MAX_FILES + 3; i++) await projects.write(ann, mine.id, `f${i}.ts`, '')
    const now = (await projects.list(ann)).find(({ id }) => id === mine.id)!
    expect(now.files).toHaveLength(AGENT_SOURCE_MAX_FILES)
    expect(code(await projects.write(ann, mine.id, 'main.ts', 'я'.repeat(140_000)))).toBe('file_limit')
    expect(code(await projects.write(ann, mine.id, 'main.ts', 'я'.repeat(100)))).toBe('ok')
    const made = await Promise.all(
      Array.from({ length: PROJECTS_PER_PERSON_MAX + 5 }, (_, i) => projects.create('player_bob', { name: `p${i}` })),
    )
    expect(made.filter(({ ok }) => ok)).toHaveLength(PROJECTS_PER_PERSON_MAX)
    expect(code(await projects.create('player_bob', { name: 'one more' }))).toBe('project_limit')
    expect(await projects.check('player_bob', mine.id)).toEqual({
      ok: false,
      refusal: { code: 'no_such_project', params: { name: mine.id } },
    })
  })

  test('P4 is discarded with its files, but not while an agent has it', async () => {
    let used = true
    const own = createProjects({ store: createMemoryProjectStore(() => used), clock: createFakeClock(), compile })
    const made = await own.create(ann, { name: 'x' })
    if (!made.ok) throw new Error(made.refusal.code)
    expect(code(await own.discard(ann, made.value.id))).toBe('project_in_use')
    used = false
    expect(code(await own.discard(ann, made.value.id))).toBe('ok')
    expect(await own.list(ann)).toEqual([])
    expect(code(await own.discard(ann, made.value.id))).toBe('no_such_project')
  })

  test('P5 says what is wrong in it, with line and column', async () => {
    await projects.write(ann, mine.id, 'main.ts', 'const x = 1\nconst y = ;')
    const checked = await projects.check(ann, mine.id)
    expect(checked.ok && checked.value).toMatchObject([
      { file: 'main.ts', line: 2, column: 11, severity: 'error', code: 'syntax' },
    ])
    expect(code(await projects.remove(ann, mine.id, 'main.ts'))).toBe('ok')
    expect(code(await projects.remove(ann, mine.id, 'main.ts'))).toBe('no_such_file')
    expect(code(await projects.read(ann, mine.id, 'main.ts'))).toBe('no_such_file')
    expect(code(await projects.read(ann, mine.id, 'constructor'))).toBe('no_such_file')
  })
})
