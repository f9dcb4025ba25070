import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { TALK_MAX_CHARS } from '../limits.ts'
import { cleanTalk } from './talk-filter.ts'

const words = (text: string) => text.trim().split(/\s+/)

const INNOCENT = words(`
  Scunthorpe assess class assert assignment pass bass Hancock cockpit cocktail title Dickens document accumulate cucumber
  circumference analysis analogue canal arsenal button butter competition constitution Essex Sussex expression grape therapist
  shuttlecock peacock Penistone counter function const return undefined console.log(x) assorted Georgy pussycat saturday night
  knight snigger raccoon cocoon spice dyke executed kill abort child screw nuts bang bitmap homogeneous organism hump crap
  scrape Japan Egypt despicable basement whale titmouse tits swanky negroni Hui Fu cumsum d8fa63ed4651 if(a==5)
  оскорблять оскорбление хлебать команда командир застрахуй застрахуем подстрахуй психуй психую сухую глухую плохую лихую тихую
  хулиган хуже художник хурма выхухоль ухудшать требовать колебание учебный ребёнок ребята небо себя тебе мебель хлеб гребень
  скребёт погреб употреблять ослаблять корабля рубля сабля ансамбля граблях мандарин мандат мандала педикюр спидометр поезд
  звезда гнездо мудрый мудрость сук сучок суконный судак сурок бляха бляшка Херсон херувим гондола гандбол жидкость жидкий
  страна сравнить срам истратить страх страховка застраховать трахея тарарах курвиметр дрожать дочь заливать говор говядина
  ебонит Нигер Нигерия ниже минет секунда секс парадокс исследовать подлежать оглобля вопль соплями тихоня эпоху муху кухня
  потеребить потребитель употребил истребитель перебить перебежать лебедь зебра победа обед беда хор холм хорёк цикл
  по-хорошему как-то кто-то из-за хутор Хуан потухает петуху слуху пастухи лопух набухает пахуч сосать хохот`)

const COARSE = words(`
  fuck FUCK fuuuck fuсk shit nigger f.u.c.k
  хуй хуйня нахуй похуй охуеть ахуенно дохуя хуёвый хуесос пизда пиздец спиздил ебать ебаный заебал заебись наебал уебок уёбище
  проебал отъебись съебал разъебать долбоёб долбаеб йобаный бля блять блядь выблядок сука суки мудак пидор педик гандон залупа
  шлюха дрочить говно жопа срать сраный хер нахер херня курва трахать ниггер
  xуй хyй хуууй ХУЙ х.у.й х_у_й п3здец пи3дец п.и.з.д.е.ц ху-й cyka blyat suka pizdec nahuy zaebal mudak`)

describe('talk filter', () => {
  test.each(INNOCENT)('F1 %s is left alone', (word) => expect(cleanTalk(word)).toBe(word))

  test('F1 innocent words in a row make nothing coarse either', () => {
    const text = INNOCENT.join(' ')
    expect(cleanTalk(text)).toBe(text)
  })

  test.each(COARSE)('F2 %s is masked', (word) =>
    expect(cleanTalk(`so ${word}, you`)).toMatch(/^so \*+[*.,_-]*, you$/),
  )

  test('F3 only the word is masked, letter by letter; the rest stays to the character', () => {
    expect(cleanTalk('Ну и хуйня — правда?')).toBe('Ну и ***** — правда?')
    expect(cleanTalk('what the fuck is this')).toBe('what the **** is this')
    expect(cleanTalk('а у вас х у й, да')).toBe('а у вас * * *, да')
    expect(cleanTalk('Moby Dick, but no dick')).toBe('Moby Dick, but no ****')
    expect(cleanTalk('double penetration')).toBe('****** *******tion')
    expect(cleanTalk('if (x == 5) { say("hi") } // ok')).toBe('if (x == 5) { say("hi") } // ok')
  })

  test('F4 any text comes back as long as it was (composed, and cut to its bound), and a second pass changes nothing', () => {
    const piece = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom(...COARSE, ...INNOCENT))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join(' ').slice(0, TALK_MAX_CHARS).normalize('NFC')
        const once = cleanTalk(text)
        expect(once.length).toBe(Math.min(text.length, TALK_MAX_CHARS))
        expect(cleanTalk(once)).toBe(once)
      }),
    )
  })

  test('F5 the longest line with the worst of it ends: no pattern goes back and forth over it', () => {
    for (const unit of ['х у й ', 'a.', 'ху-', 'ааааа', 'f u c k ', '@$0']) {
      const text = unit.repeat(TALK_MAX_CHARS)
      // A pattern that backtracks would not come back within the test's time.
      expect(cleanTalk(text).length).toBeLessThanOrEqual(text.length)
    }
  })
})
