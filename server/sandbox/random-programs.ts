/** Random programs and random answers of the world, for rules that hold whatever a program does. */
import fc from 'fast-check'

const small = fc.integer({ min: 1, max: 30 })
const name = fc.constantFrom('a', 'b', 'c')

/** One statement; the variables `a`, `b`, `c` hold numbers, `list` numbers, `words` texts. */
const statement = fc.oneof(
  fc.tuple(name, small).map(([v, n]) => `for (let i = 0; i < ${n}; i++) ${v} += i * ${n} % 7`),
  fc.tuple(name, name, small).map(([v, w, n]) => `while (${v} > ${n} && ${w} < 1000) { ${v} = ${v} >> 1; ${w}++ }`),
  small.map((n) => `for (let i = 0; i < ${n}; i++) list.push(random(${n}))`),
  fc.constantFrom(
    'list.sort()',
    'list.sort((x, y) => y - x)',
    'list.reverse()',
    'list = [...list, ...list].slice(0, 60)',
    'list = list.map((x) => x * 2).filter((x) => x % 3)',
    'list = [...new Set(list)]',
  ),
  fc.constantFrom(
    'a += list.reduce((x, y) => x + y, 0) | 0',
    'b = list.indexOf(a)',
    'c += Math.round(Math.sin(a) * 100)',
    'a = (a * 31 + now()) % 10007',
    'b = random(100)',
  ),
  small.map((n) => `words.push('w'.repeat(${n}) + a + words.length); if (words.length > 20) words.splice(0, 10)`),
  fc.constantFrom(
    "text = words.join('-').replace(/w+/g, 'v').slice(-80)",
    "c += text.split('-').length",
    'text = JSON.stringify({ a, list: list.slice(0, 5), words: words.slice(0, 2) })',
    'c += (text.match(/[0-9]+/g) ?? []).length',
    "text = text.toUpperCase().padStart(90, '.')",
  ),
  fc.constantFrom(
    'me.memory.a = a',
    'me.memory.list = list.slice(0, 20)',
    'me.memory.deep = { b, words: words.slice(0, 3) }',
    'delete me.memory.a',
    'me.memory.n = (me.memory.n ?? 0) + 1',
  ),
  fc.constantFrom('console.log(a, list.length, text)', 'console.warn({ b, c })', 'console.log(me.fuel)'),
  small
    .map(
      (n) => `const f${n} = (n: number): number => (n < 2 ? n : f${n}(n - 1) + f${n}(n - 2)); a += f${n}(${n % 9})`,
    )
    .map((code) => `{ ${code} }`),
  fc.constantFrom(
    '{ const m = new Map(list.map((x, i) => [x, i])); c += m.size }',
    '{ class P { x = list.length; get y() { return this.x + 1 } } b += new P().y }',
    '{ function* g() { let i = 0; while (i < 5) yield i++ } for (const x of g()) a += x }',
    '{ const { length, ...rest } = { length: a, b, c }; b += Object.keys(rest).length }',
  ),
  fc.constantFrom(
    'try { await me.go("north") } catch (e: any) { c++; text += e.code }',
    'await me.say("x" + a)',
    'await me.wait(2)',
    'text = (await me.look()) + ""',
    'await Promise.all([me.say("p"), me.wait(1)])',
    'void me.say("lost")',
  ),
  fc.constantFrom(
    'try { (list as any).x.y } catch (e: any) { text = e.message }',
    'await Promise.resolve(a).then((x) => { b += x })',
    'await null',
    'on("hear", ({ text: t }) => { a += t.length; me.memory.heard = t })',
  ),
)

export const randomProgram = fc.array(statement, { minLength: 3, maxLength: 14 }).map(
  (lines) => `import { me, on, now, random } from 'academy'
let a = 1, b = 2, c = 3, list: any[] = [3, 1, 2], words: string[] = [], text = ''
on('hear', async ({ text: t }) => { words.push(t); if (t.length > 3) await me.say('heard ' + t); c++ })
export default async function main() {
  for (let round = 0; round < 4; round++) {
    ${lines.join('\n    ')}
    await me.wait(1)
  }
}`,
)

/** How the world answers: for each turn, which waiting calls are answered and what is heard. */
export const randomPlan = fc.array(
  fc.record({
    answer: fc.integer({ min: 0, max: 3 }),
    refuse: fc.boolean(),
    hear: fc.option(fc.string({ maxLength: 8 })),
    gap: fc.integer({ min: 1, max: 5 }),
  }),
  { minLength: 4, maxLength: 16 },
)

export type Plan = readonly { answer: number; refuse: boolean; hear: string | null; gap: number }[]
