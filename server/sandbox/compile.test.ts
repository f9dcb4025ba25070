import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { CATALOGUE } from '../protocol/text/index.ts'
import { columnBefore } from './compile/insertions.ts'
import { sha256Hex } from './compile/sha256.ts'
import { compile } from './compile.ts'
import { createCompiler } from './compiler.ts'
import { cellOf, programOf, textOf, turnOf } from './fixtures.ts'

const codes = (files: Record<string, string>) => {
  const compiled = compile(files)
  return compiled.ok
    ? []
    : compiled.diagnostics.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`)
}

test('S2 several values in parentheses stay one value where they are counted', () => {
  const program = programOf({
    'main.js': 'export default () => { const [...a] = (1, [2, 3]); console.log([...(0, a)].join()) }',
  })
  const cell = cellOf(program)
  expect(JSON.parse(cell.run(textOf(turnOf(1))).text!).logs).toEqual([{ level: 'log', text: '2,3' }])
  cell.dispose()
})

describe('S1 a program', () => {
  test.for([
    ['import fs from "node:fs"', 'main.ts:1:16 import_not_allowed'],
    ['import x from "./gone"', 'main.ts:1:15 import_not_found'],
    ['import x from "../main.ts"', 'main.ts:1:15 import_not_found'],
    ['import { fly } from "academy"', 'main.ts:1:10 no_such_export'],
    ['\n  await import("x")', 'main.ts:2:9 dynamic_import'],
    ['const u = import.meta', 'main.ts:1:11 import_meta'],
    ['eval("1")', 'main.ts:1:1 no_eval'],
    ['const n = 10n', 'main.ts:1:11 no_bigint'],
    ['let $$f = 1', 'main.ts:1:5 reserved_name'],
    ['enum A { B }', 'main.ts:1:1 unsupported_syntax'],
    ['const x = ;', 'main.ts:1:11 syntax'],
    ['with (a) b', 'main.ts:1:1 syntax'],
  ] as const)('S1 may not say %s', ([source, expected]) => {
    expect(codes({ 'main.ts': source })).toEqual([expected])
  })

  test('S1 begins in main.ts or main.js', () => {
    expect(codes({ 'other.ts': '' })).toEqual(['main.ts:1:1 no_entry'])
    expect(codes({ 'main.js': 'export default () => 1' })).toEqual([])
  })

  test('S1 that imports what a file does not export is told where', () => {
    const files = {
      'main.ts': "import { a, b } from './lib'\nexport { c } from './lib'",
      'lib.ts': 'export const { a, d: [c] } = x',
    }
    expect(codes(files)).toEqual(['main.ts:1:13 no_such_export'])
  })

  test('S1 is bounded in size and number of files', () => {
    expect(codes({ 'main.ts': `//${'x'.repeat(300_000)}` })).toEqual(['main.ts:1:1 too_big'])
    expect(codes(Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`f${i}.ts`, ''])))).toEqual([
      expect.stringContaining('too_many_files'),
    ])
  })
})

describe('S2 counting', () => {
  test('S2 moves no line, and columns are mapped back to the author’s', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            'let a = 1',
            'for (const x of [1, 2]) a += x',
            'const f = (n: number) => n + a + f(n)',
            'try { f(1) } finally { a++ }',
            'while (a < 3) a++',
            'class C { x = [1, 2, 3]; m() { return `${a}${this.x}` } }',
            'MARK',
          ),
          { minLength: 1, maxLength: 8 },
        ),
        (lines) => {
          const source = lines
            .map((line, i) => (line === 'MARK' ? `MARK${i}` : `{ ${line.replace(/^let a = 1$/, 'let a = 1')} }`))
            .join('\n')
          const compiled = compile({ 'main.ts': source })
          if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
          const woven = compiled.program.modules['main.ts']!.split('\n')
          expect(woven).toHaveLength(lines.length)
          for (const [i, line] of source.split('\n').entries()) {
            const at = woven[i]!.indexOf('MARK')
            if (at >= 0)
              expect(columnBefore(compiled.program.shifts!['main.ts']!, i + 1, at + 1)).toBe(line.indexOf('MARK') + 1)
          }
        },
      ),
    )
  })

  test('S2 changes nothing of what a program says', () => {
    const cell = cellOf(
      programOf(`export default function main() {
  const out = []
  let s = ''
  for (let i = 0, n = 3; i < n; i++) s += i + '-' + (i + 1)
  outer: for (const a of [1, 2]) for (const b of [1, 2]) { if (b === 2) continue outer; out.push(a * b) }
  do s += '!'; while (s.length < 12)
  const f = (a, ...r) => ({ a, n: r.length })
  const { x, ...rest } = { x: 1, y: 2, z: 3 }, [h, ...t] = [1, 2, 3]
  try { null.x } catch { s += 'c' } finally { s += 'f' }
  try { try { throw 1 } finally { s += 'g' } } catch (e) { s += e }
  const tag = (q, ...v) => q.raw.join('|') + v
  class A { static n = 1; #p = 2; get p() { return this.#p } static { A.n++ } }
  console.log(s, out, f(1, 2, 3), rest, t, tag\`a\${1}b\`, A.n, new A().p, [...'ab', ...[1]], Math.max(...[1, 5, 2]), typeof main)
}`),
    )
    const { logs, error } = JSON.parse(cell.run(textOf(turnOf(1))).text!)
    cell.dispose()
    expect(error).toBeUndefined()
    expect(logs[0].text).toBe(
      '0-11-22-3!!!cfg1 [1, 2] { a: 1, n: 2 } { y: 2, z: 3 } [2, 3] a|b1 2 2 ["a", "b", 1] 5 function',
    )
  })
})

describe('S4 rubbish', () => {
  const deep = [
    '('.repeat(50_000),
    `${'a+'.repeat(60_000)}a`,
    `${'['.repeat(20_000)}`,
    `${'{'.repeat(20_000)}`,
    'a?'.repeat(30_000),
    'x=>'.repeat(40_000),
  ]

  test('S4 of any kind is refused and does no harm to what comes after it', () => {
    for (const source of deep) {
      expect(codes({ 'main.ts': source })).toHaveLength(1)
      expect(codes({ 'main.ts': 'export default (n: number): number => n' })).toEqual([])
    }
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (source) => {
        const compiled = compile({ 'main.ts': source })
        expect(compiled.ok || compiled.diagnostics.length > 0).toBe(true)
      }),
    )
  })

  test('S4 is read beside the server, and every remark has words in both languages', async () => {
    await using compiler = createCompiler()
    const answers = await Promise.all(
      [...deep, 'const x: number = 1', 'let = 1'].map((source) => compiler.compile({ 'main.ts': source })),
    )
    expect(answers.map(({ ok }) => ok)).toEqual([...deep.map(() => false), true, false])
    for (const answer of answers)
      if (!answer.ok)
        for (const { code } of answer.diagnostics)
          for (const locale of ['en', 'ru'] as const)
            expect(CATALOGUE[locale]).toHaveProperty([`agents.check.${code}`])
  })
})

test('S3 the hash is SHA-256', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
