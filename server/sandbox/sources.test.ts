import { expect, test } from 'vitest'
import { compile } from './compile.ts'
import { sourcesOf } from './sources.ts'

const files = {
  'main.ts': `import { me } from 'academy'
import { twice } from './lib/twice.ts'
type Count = { n: number }
export default async function main() {
  const seen: Count[] = []
  for (let i = 0; i < 3; i++) { seen.push({ n: twice(i) }); while (false) await me.wait(1) }
  const said = seen.map((s) => s.n).join(); if (said) await me.say(\`\${said} \${[1, 2].length}\`)
}
`,
  'lib/twice.ts': 'export const twice = (n: number): number => { const f = () => n * 2; return f() }\n',
}

test('the sources taken out of a program compile to that program again, and hold each line as it was but for types', () => {
  const first = compile(files)
  if (!first.ok) throw new Error(JSON.stringify(first.diagnostics))
  const sources = sourcesOf(first.program)
  expect(sources['main.ts']!.split('\n')[5]).toBe(files['main.ts'].split('\n')[5])
  const again = compile(sources)
  expect(again.ok && again.program).toEqual(first.program)
})
