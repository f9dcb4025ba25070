import { describe, expect, it } from 'vitest'
import { collisions, createVerbTable } from '../../commands/index.ts'
import { allEntries, allVerbs } from './index.ts'

/** Letters that look the same in both alphabets, as their Latin twin. */
const TWINS: Readonly<Record<string, string>> = {
  а: 'a',
  в: 'b',
  е: 'e',
  к: 'k',
  м: 'm',
  н: 'h',
  о: 'o',
  р: 'p',
  с: 'c',
  т: 't',
  у: 'y',
  х: 'x',
}
const asLatin = (verb: string) => [...verb].map((c) => TWINS[c] ?? c).join('')

describe('the verbs of both languages', () => {
  it('belong to one command each', () => {
    expect(collisions(allEntries)).toEqual([])
  })

  it('are found out when two commands claim one', () => {
    const twice = [
      { name: 'a', verbs: { en: ['run'], ru: ['бежать'] } },
      { name: 'b', verbs: { en: ['go'], ru: ['бежать'] } },
    ]
    expect(collisions(twice)).toEqual(['бежать: a, b'])
  })

  it('never look alike on the screen and mean something else', () => {
    const owners = new Map<string, string>()
    const clashes: string[] = []
    for (const { name, verbs } of allEntries)
      for (const verb of [...verbs.en, ...verbs.ru].map(asLatin)) {
        const owner = owners.get(verb)
        if (owner !== undefined && owner !== name) clashes.push(`${verb}: ${owner}, ${name}`)
        owners.set(verb, name)
      }
    expect(clashes).toEqual([])
  })

  it('are whole words without blanks, the first of each its own name in the help', () => {
    for (const { verbs } of allEntries)
      for (const locale of ['en', 'ru'] as const) {
        expect(verbs[locale].length).toBeGreaterThan(0)
        for (const verb of verbs[locale]) expect(verb).not.toMatch(/\s/)
        const script = locale === 'en' ? /^[@?a-z]+$/ : /^[@а-яё-]+$/
        for (const verb of verbs[locale]) expect(verb).toMatch(script)
      }
  })
})

describe('a verb table', () => {
  it.each([
    ['n', 'go'],
    ['nor', 'go'],
    ['север', 'go'],
    ['с', 'go'],
    ['сев', 'go'],
    ['юго-в', 'go'],
    ['ЮВ', 'go'],
    ['l', 'look'],
    ['см', 'look'],
    ['inv', 'inventory'],
    ['I', 'inventory'],
    ['exam', 'examine'],
    ['инв', 'inventory'],
    ['hel', 'help'],
    ['пом', 'help'],
    ['счет', 'score'],
    ['счёт', 'score'],
    ['ques', 'quests'],
    ['выйти', 'go'],
    ['список', 'list'],
    ['алиас', 'alias'],
    ['залить', 'use'],
    ['?', 'help'],
  ])('takes %s for %s', (typed, name) => {
    expect(allVerbs.find(typed)).toMatchObject({ kind: 'found', name })
  })

  it('lists what an unclear beginning could be, one word per command', () => {
    const hit = allVerbs.find('pu')
    expect(hit).toEqual({ kind: 'ambiguous', verbs: ['pull', 'push', 'put'] })
  })

  it('takes a beginning that only one command has, whichever of its verbs it begins', () => {
    const table = createVerbTable([{ name: 'go', verbs: { en: ['walk', 'wander'], ru: ['идти'] } }])
    expect(table.find('wa')).toMatchObject({ kind: 'found', name: 'go' })
  })

  it.each([
    ['loook', 'look'],
    ['tkae', 'take'],
    ['смтреть', 'смотреть'],
    ['инвентрь', 'инвентарь'],
    ['дщщл', 'look'],
    ['cvjnhtnm', 'смотреть'],
  ])('guesses that %s was meant to be %s', (typed, meant) => {
    expect(allVerbs.find(typed)).toMatchObject({ kind: 'unknown', suggestions: expect.arrayContaining([meant]) })
  })

  it('guesses nothing for what is like no verb', () => {
    expect(allVerbs.find('xyzzyplugh')).toEqual({ kind: 'unknown', suggestions: [] })
  })

  it('completes in the alphabet of what is typed', () => {
    expect(allVerbs.complete('unl')).toEqual(['unlock'])
    expect(allVerbs.complete('отп')).toContain('отпереть')
  })
})
