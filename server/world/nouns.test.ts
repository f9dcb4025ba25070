import { describe, expect, it } from 'vitest'
import { englishNoun, russianNoun } from './nouns.ts'

describe('nouns', () => {
  it('W1 a stem and six endings give six forms, word by word', () => {
    expect(russianNoun({ forms: 'медн|ый|ого|ому|ый|ым|ом ключ||а|у||ом|е от ворот', gender: 'm' })).toEqual({
      forms: {
        nom: 'медный ключ от ворот',
        gen: 'медного ключа от ворот',
        dat: 'медному ключу от ворот',
        acc: 'медный ключ от ворот',
        ins: 'медным ключом от ворот',
        pre: 'медном ключе от ворот',
      },
      gender: 'm',
      aliases: [],
    })
  })

  it('W1 an alias with bars is accepted in every case, one without as it stands', () => {
    const noun = russianNoun({ forms: 'крыс|а|ы|е|у|ой|е', gender: 'f', aliases: ['звер|ь|я|ю|я|ем|е', 'Серая'] })
    expect(typeof noun === 'object' && noun.aliases).toEqual(['зверь', 'зверя', 'зверю', 'зверем', 'звере', 'серая'])
  })

  it.each(['крыс|а|ы|е', 'крыс|а|ы|е|у|ой|е|я', 'медный ключ|'])('W1 %s is named as wrong', (forms) => {
    expect(russianNoun({ forms, gender: 'f' })).toMatch(/needs a stem and six endings/)
  })

  it('W2 an article not given is a or an, and some for a plural', () => {
    expect(englishNoun({ name: 'brass key' }).article).toBe('a')
    expect(englishNoun({ name: 'oilskin' }).article).toBe('an')
    expect(englishNoun({ name: 'steps', plural: true })).toMatchObject({ article: 'some', gender: 'pl' })
    expect(englishNoun({ name: 'Mara', article: '' }).article).toBe('')
  })
})
