import { describe, expect, test } from 'vitest'
import { cleanTalk } from '../../accounts/talk-filter.ts'
import { createFakeClock } from '../../lib/clock.ts'
import { NPC_SPEECH_MAX_CHARS, NPC_SPEECH_PER_MINUTE } from '../../limits.ts'
import { voicedWorld } from '../../testing/voiced-world.ts'
import { InferError } from '../errors.ts'
import type { Completion, InferPrincipal, InferRequest } from '../types.ts'
import { judgeSpeech, namesOf, type Why } from './bounds.ts'
import { type Speech, sheetOf } from './sheet.ts'
import { createSpeaker } from './speaker.ts'

const world = voicedWorld()
const speech = (more: Partial<Speech> = {}): Speech => ({
  kind: 'speech',
  who: 'npc:keeper',
  npc: 'harbor:keeper',
  place: 'harbor:dock',
  to: 'player_ann',
  heard: 'what of the moon?',
  isAloud: true,
  locale: 'en',
  known: ['harbor:keeper.greet', 'harbor:keeper.lamp-dark'],
  line: 'harbor:keeper.shrug',
  ...more,
})

function lab(options: { says?: string | InferError; minor?: boolean; tokensPerDay?: number; used?: number } = {}) {
  const { says = 'The moon is up, and so am I.', minor = false, tokensPerDay = 1_000, used = 0 } = options
  const asked: { request: InferRequest; principal: InferPrincipal }[] = []
  const clock = createFakeClock()
  const speaker = createSpeaker({
    inference: {
      async complete(request, principal) {
        asked.push({ request, principal })
        if (says instanceof InferError) throw says
        return { text: says, usage: { inTokens: 90, outTokens: 10, ms: 1 } } as Completion
      },
    },
    callers: {
      ofPerson: async (player) => ({
        principal: { tenant: `player:${player}`, playerId: player, minor },
        scopes: [],
      }),
    },
    usage: {
      usageOf: async (tenant) => [
        {
          tenant,
          keyId: '',
          day: new Date(clock.now()).toISOString().slice(0, 10),
          model: 'm',
          node: 'here',
          requests: 1,
          inTokens: used,
          outTokens: 0,
          costMicro: 0n,
        },
        {
          tenant,
          keyId: '',
          day: '2001-01-01',
          model: 'm',
          node: 'here',
          requests: 1,
          inTokens: 10_000_000,
          outTokens: 0,
          costMicro: 0n,
        },
      ],
    },
    world: () => world,
    clean: cleanTalk,
    tokensPerDay,
    now: clock.now,
    log: { info() {} },
  })
  return { speaker, asked, clock }
}

describe('what a person of the world is told', () => {
  test.each([
    ['en', 'Old and awake.', 'It wants oil.', 'Slow and kind.'],
    ['ru', 'Старый и бодрый.', 'Ему нужно масло.', 'Медленно и по-доброму.'],
  ] as const)(
    'C1 is of the world’s own texts in %s, and nothing of the listener but what was said',
    (locale, look, topic, voice) => {
      const sheet = sheetOf(world, speech({ locale }))!
      const system = sheet.messages[0]!.content
      for (const text of [look, topic, voice]) expect(system).toContain(text)
      // A topic that is not open to this listener is not told.
      expect(system).not.toContain(world.text.get('harbor:keeper.lamp-lit')![locale])
      expect(JSON.stringify(sheet.messages)).not.toMatch(/player_ann|\{actor/)
      expect(sheet.messages.at(-1)).toEqual({ role: 'user', content: 'what of the moon?' })
    },
  )

  test('C1 nobody without a voice is asked for', () => {
    expect(sheetOf(world, speech({ npc: 'harbor:trader' }))).toBeUndefined()
    expect(sheetOf(world, speech({ npc: 'harbor:gone' }))).toBeUndefined()
  })
})

describe('what a model says for them', () => {
  const sheet = { en: sheetOf(world, speech())!, ru: sheetOf(world, speech({ locale: 'ru' }))! }
  const judge = (locale: 'en' | 'ru', text: string) =>
    judgeSpeech(text, sheet[locale], locale, namesOf(world, locale))

  test.each([
    ['en', 'The sea is long tonight. Stay a while.', 'The sea is long tonight. Stay a while.'],
    ['en', '"Keeper: stay a while."', 'Keeper: stay a while.'],
    ['en', 'keeper: Stay a while.', 'Stay a while.'],
    ['ru', '«Постой со мной немного.»', 'Постой со мной немного.'],
  ] as const)('C2 in %s: %s', (locale, said, text) => expect(judge(locale, said)).toEqual({ ok: true, text }))

  test.each<['en' | 'ru', string, Why]>([
    ['en', '', 'empty'],
    ['en', 'word '.repeat(NPC_SPEECH_MAX_CHARS / 5 + 1), 'long'],
    ['en', 'Луна сегодня полная.', 'language'],
    ['ru', 'The moon is full tonight.', 'language'],
    ['en', '…', 'language'],
    ['en', 'Try ```await me.go()``` at once', 'code'],
    ['en', 'See https://example.com for it', 'code'],
    ['en', 'As an AI I cannot see the moon.', 'out_of_role'],
    ['ru', 'Я языковая модель и луны не вижу.', 'out_of_role'],
    ['en', 'The brass key is under my chair.', 'unknown_name'],
    ['en', 'Ask at the market.', 'unknown_name'],
    ['en', 'There is a key for it.', 'unknown_name'],
    ['ru', 'Медный ключ у меня под стулом.', 'unknown_name'],
    ['ru', 'Медного ключа у меня нет.', 'unknown_name'],
    ['en', 'It costs 5 credits.', 'unknown_number'],
    ['en', 'Go north and then come back.', 'unknown_way'],
    ['en', 'The northern door is open.', 'unknown_way'],
    ['ru', 'Иди на север, там открыто.', 'unknown_way'],
  ])('C2 in %s is left out: %s', (locale, said, why) => expect(judge(locale, said)).toEqual({ ok: false, why }))
})

describe('a person of the world speaks', () => {
  test('C3 in the model’s words when all is well', async () => {
    const { speaker, asked } = lab()
    expect(await speaker(speech())).toBe('The moon is up, and so am I.')
    expect(asked[0]!.principal.tenant).toBe('academy:characters')
  })

  test.each<[string, Parameters<typeof lab>[0]]>([
    ['no model is in reach', { says: new InferError('no_model', 'none') }],
    ['it takes too long', { says: new InferError('canceled', 'late') }],
    ['it is coarse', { says: 'What the fuck is the moon?' }],
    ['it goes beyond the world', { says: 'The brass key is yours.' }],
    ['the day’s tokens are used up', { used: 1_000 }],
  ])('C4 says the authored line when %s', async (_, options) => {
    const { speaker } = lab(options)
    expect(await speaker(speech())).toBeUndefined()
  })

  test('C5 so often in a minute for one person, and so many tokens in a day for all', async () => {
    const { speaker, asked, clock } = lab({ tokensPerDay: 900 })
    for (let n = 0; n < NPC_SPEECH_PER_MINUTE + 3; n++) await speaker(speech())
    expect(asked).toHaveLength(NPC_SPEECH_PER_MINUTE)
    await speaker(speech({ to: 'player_bob' }))
    expect(asked).toHaveLength(NPC_SPEECH_PER_MINUTE + 1)
    clock.advance(60_000)
    for (let n = 0; n < 5; n++) await speaker(speech({ to: `player_${n}` }))
    expect(asked).toHaveLength(9)
    clock.advance(86_400_000)
    await speaker(speech())
    expect(asked).toHaveLength(10)
  })

  test.each([
    [true, false, 'open'],
    [false, false, 'personal'],
    [true, true, 'personal'],
  ] as const)('C6 said aloud: %s, a minor: %s, then it is %s', async (isAloud, minor, privacy) => {
    const { speaker, asked } = lab({ minor })
    await speaker(speech({ isAloud }))
    expect(asked[0]!.request.privacy).toBe(privacy)
    expect(asked[0]!.principal.minor).toBe(minor)
  })
})
