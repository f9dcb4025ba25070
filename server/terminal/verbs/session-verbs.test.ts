import { describe, expect, it } from 'vitest'
import { ALIASES_MAX, MAIL_BOX_MAX } from '../../limits.ts'
import { CATALOGUE } from '../../protocol/text/index.ts'
import { createStage, fakeAccounts, fakeAgents, fakeLedger, fakeLessons, personOf } from '../../testing/stage.ts'
import { allEntries } from './index.ts'

const withPeople = () => {
  const world = fakeAccounts([personOf('Mira'), personOf('Ada'), personOf('Лис', 'ru'), personOf('Away')])
  return { ...world, stage: createStage({ accounts: world.accounts }) }
}

describe('help', () => {
  it.each(['en', 'ru'] as const)('has a page with an example for every command, in %s', (locale) => {
    const example = locale === 'en' ? /\nExample: \S/ : /\nПример: \S/
    const missing = allEntries
      .filter(({ name }) => !example.test(CATALOGUE[locale][`help.${name}`] ?? ''))
      .map((e) => e.name)
    expect(missing).toEqual([])
  })

  it.each(['en', 'ru'] as const)('shows only verbs that %s readers can type', (locale) => {
    for (const { name, verbs } of allEntries) {
      const page = CATALOGUE[locale][`help.${name}`]!
      expect(
        verbs[locale].some((verb) => page.toLowerCase().replaceAll('ё', 'е').includes(verb.replaceAll('ё', 'е'))),
      ).toBe(true)
    }
  })

  it('lists topics, explains a command by any of its words, and a topic by its name', async () => {
    const stage = createStage()
    const [mira, lis] = [await stage.open('Mira'), await stage.open('Лис', 'ru')]
    expect(await mira.type('help')).toContain('  talking: say, tell')
    expect(await mira.type('help n')).toContain('go DIRECTION or PLACE')
    expect(await lis.type('помощь взять')).toContain('Пример: взять масло из сундука')
    expect(await lis.type('помощь разговор')).toContain('  сказать СЛОВА')
    expect(await mira.type('help unicorns')).toContain('no help on “unicorns”')
    expect(await mira.type('commands')).toContain('moving: go')
  })

  it('shows what moderators do to moderators only', async () => {
    const stage = createStage()
    expect(await (await stage.open('Mira')).type('help')).not.toContain('@mute')
    expect(await (await stage.open('Mod', 'en', ['moderator'])).type('help')).toContain('@mute')
  })
})

describe('the line', () => {
  it('repeats the last line and numbered ones, and says when there is none', async () => {
    const mira = await createStage().open('Mira')
    expect(await mira.type('!!')).toContain('no such line')
    await mira.type('say one', 'say two')
    expect(await mira.type('!')).toBe('You say: “two”')
    expect(await mira.type('again')).toBe('You say: “two”')
    expect(await mira.type('!1')).toBe('You say: “one”')
    expect(await mira.type('history')).toContain('  2. say two')
  })

  it('expands an alias, with words after it, into one command or several', async () => {
    const mira = await createStage().open('Mira')
    await mira.type('alias hi say hello', 'alias lit = get oil; use oil with lamp', 'alias shoutout say $* !!')
    expect(await mira.type('hi there')).toBe('You say: “hello there”')
    expect(await mira.type('lit')).toBe('You take the lamp oil.\nThe wick takes.')
    expect(await mira.type('shoutout hey')).toBe('You say: “hey !!”')
    expect(await mira.type('alias')).toContain('  hi: say hello')
    await mira.type('alias hi')
    expect(await mira.ack('hi')).toMatchObject({ code: 'ambiguous_verb' })
  })

  it('has no alias loop, no alias named as a verb, and only so many', async () => {
    const mira = await createStage().open('Mira')
    await mira.type('alias a look')
    for (const bad of [
      'alias b a',
      'alias c c',
      'alias look say x',
      'alias d look; a',
      'alias __proto__ look',
      'alias two! look',
    ]) {
      if (bad.includes('__proto__')) expect((await mira.ack(bad)).ok).toBe(true)
      else expect(await mira.ack(bad)).toMatchObject({ code: 'bad_alias' })
    }
    for (let i = 0; i < ALIASES_MAX + 2; i++) await mira.ack(`alias z${i} look`)
    expect(await mira.ack('alias more look')).toMatchObject({ code: 'alias_limit' })
  })

  it('stops an alias of several at the first refusal', async () => {
    const mira = await createStage().open('Mira')
    await mira.type('alias go2 take moon; say done')
    expect(await mira.type('go2')).not.toContain('done')
  })

  it('keeps settings and aliases between visits', async () => {
    const stage = createStage()
    const mira = await stage.open('Mira')
    await mira.type('config brief on', 'alias hi say hello')
    await mira.session.close()
    const back = await stage.open('Mira')
    expect(await back.type('config')).toContain('brief: on')
    expect(await back.type('hi')).toBe('You say: “hello”')
  })

  it('lists settings, changes them, and knows no others', async () => {
    const mira = await createStage().open('Mira')
    expect(await mira.type('config')).toContain('language: English')
    expect(await mira.type('config reader on')).toContain('maps as lists')
    expect(await mira.type('map')).toContain('The map as a list:')
    expect(await mira.ack('config colour blue')).toMatchObject({ code: 'unknown_setting' })
    expect(await mira.ack('config brief perhaps')).toMatchObject({ code: 'unknown_setting' })
    expect(await mira.type('config language ru')).toBe('Теперь язык — русский.')
    expect(await mira.type('настройки движение выкл')).toContain('движение: нет')
  })

  it('completes verbs, and what is around', async () => {
    const stage = createStage()
    const [mira, lis] = [await stage.open('Mira'), await stage.open('Лис', 'ru')]
    expect(mira.session.complete('unl')).toEqual([{ text: 'unlock', kind: 'verb' }])
    expect(mira.session.complete('give crate to ke')).toEqual([])
    expect(mira.session.complete('look ke')).toEqual([{ text: 'look keeper', kind: 'person' }])
    expect(lis.session.complete('взять лам')).toEqual([{ text: 'взять ламповое масло', kind: 'thing' }])
    expect(mira.session.complete('')).toEqual([])
  })

  it('says goodbye, and tells the page', async () => {
    const mira = await createStage().open('Mira')
    mira.seen()
    await mira.ack('quit')
    expect(mira.drafts()[0]).toMatchObject({ data: { action: 'quit' } })
  })
})

describe('people', () => {
  it('who lists those who are awake with their places', async () => {
    const stage = createStage()
    const mira = await stage.open('Mira')
    await (await stage.open('Ada')).type('e')
    expect(await mira.type('who')).toBe('2 people are awake:\n  Mira: The Dock\n  Ada: The Pier')
  })

  it('tell reaches another zone, and reply finds the way back', async () => {
    const stage = createStage()
    const [mira, lis] = [await stage.open('Mira'), await stage.open('Лис', 'ru')]
    expect(await mira.type('reply hi')).toContain('Nobody has told you anything yet')
    await mira.type('open gate', 'n', 'n')
    lis.seen()
    expect(await mira.type('tell лис come')).toBe('You tell Лис: “come”')
    expect(lis.seen()).toBe('Mira говорит тебе: «come»')
    mira.seen()
    expect(await lis.type('ответить иду')).toBe('Ты говоришь игроку Mira: «иду»')
    expect(mira.seen()).toBe('Лис tells you: “иду”')
  })

  it('channels reach who has joined, wherever they are', async () => {
    const stage = createStage()
    const [mira, ada] = [await stage.open('Mira'), await stage.open('Ada')]
    await ada.type('open gate', 'n', 'n')
    await mira.type('chat hello')
    expect(ada.seen()).toContain('[chat] Mira: hello')
    await ada.type('channel leave chat')
    await mira.type('chat again')
    expect(ada.seen()).toBe('')
    expect(await ada.ack('chat x')).toMatchObject({ code: 'not_on_channel' })
    expect(await ada.type('канал')).toContain('chat: talk of everybody (you do not hear it)')
    expect(await ada.ack('channel join tea')).toMatchObject({ code: 'no_such_channel' })
    await ada.type('channel join chat')
    await mira.type('channel chat third')
    expect(ada.seen()).toContain('third')
  })

  it('mail waits for who is away, and the box is bounded', async () => {
    const { stage } = withPeople()
    const mira = await stage.open('Mira')
    expect(await mira.type('mail Away see you')).toBe('Your letter waits for Away.')
    const away = await stage.open('Away')
    expect(await away.type('mail')).toContain('  1. from Mira (new)')
    expect(await away.type('mail read 1')).toBe('Mira writes: “see you”')
    expect(await away.type('mail')).not.toContain('(new)')
    expect(await away.type('mail delete 1')).toContain('is gone')
    expect(await away.ack('mail read 1')).toMatchObject({ code: 'no_such_letter' })
    for (let i = 0; i < MAIL_BOX_MAX; i++) await mira.ack('mail Away x')
    expect(await mira.ack('mail Away x')).toMatchObject({ code: 'mail_full' })
    expect(away.seen()).toContain('A letter from Mira has come')
    expect(await mira.ack('mail Nobody x')).toMatchObject({ code: 'no_such_person' })
  })

  it('tells of letters when one comes back', async () => {
    const { stage } = withPeople()
    const mira = await stage.open('Mira')
    await (await stage.open('Away')).session.close()
    await mira.type('mail Away one', 'mail Away two')
    expect((await stage.open('Away')).seen()).toContain('2 letters are waiting: “mail”.')
  })

  it('ignored are not heard: not in the place, not told, not on channels, not by mail', async () => {
    const { stage } = withPeople()
    const [mira, ada] = [await stage.open('Mira'), await stage.open('Ada')]
    expect(await ada.type('ignore Mira')).toContain('hear nothing more from Mira')
    await mira.type('say a', 'tell Ada b', 'shout c', ':waves', 'chat d')
    expect(ada.seen()).toBe('')
    expect(await ada.ack('reply hm')).toMatchObject({ code: 'no_reply_target' })
    expect(await mira.ack('mail Ada x')).toMatchObject({ code: 'blocked' })
    await mira.type('take oil')
    expect(ada.seen()).toContain('Mira takes')
    await ada.type('unignore Mira')
    await mira.type('say e')
    expect(ada.seen()).toContain('“e”')
  })

  it('muted cannot talk anywhere, and are told how long; words that hurt are masked', async () => {
    const { stage, sanctions } = withPeople()
    const [mira, ada] = [await stage.open('Mira'), await stage.open('Ada')]
    await mira.type('say darn it', 'chat darn')
    expect(ada.seen()).toContain('“**** it”')
    sanctions.set(mira.id, { kind: 'mute', reason: 'shouting', untilMs: stage.clock.now() + 90_000 })
    for (const line of [
      'say a',
      'tell Ada b',
      'shout c',
      ':d',
      'whisper Ada e',
      'chat f',
      'mail Ada g',
      'ask keeper about lamp',
    ])
      expect(await mira.ack(line)).toMatchObject({ code: 'muted' })
    expect(mira.seen()).toContain('(2 min left)')
    expect(await mira.ack('take oil')).toEqual({ ok: true })
  })

  it('reports and bugs carry the last lines that were seen', async () => {
    const { stage, filed } = withPeople()
    const [mira, ada] = [await stage.open('Mira'), await stage.open('Ada')]
    await ada.type('say something bad')
    await mira.type('report Ada is rude', 'bug the gate sticks')
    expect(filed).toMatchObject([
      { by: mira.id, target: ada.id, text: 'is rude' },
      { by: mira.id, text: 'the gate sticks' },
    ])
    expect(filed[0]!.context.join('\n')).toContain('something bad')
  })

  it('name changes the name everywhere, with the reason when it cannot', async () => {
    const { stage } = withPeople()
    const [mira, ada] = [await stage.open('Mira'), await stage.open('Ada')]
    expect(await mira.type('name')).toContain('Your name is Mira')
    expect(await mira.type('name Wick')).toContain('You are Wick now.')
    await mira.type('say hi')
    expect(ada.seen()).toContain('Wick says')
    expect(await mira.ack('name Ada')).toMatchObject({ code: 'name_taken' })
    expect(await mira.ack('name x')).toMatchObject({ code: 'bad_name' })
  })
})

describe('moderators', () => {
  it('mute, kick, ban and lift, with minutes and a reason', async () => {
    const { stage, sanctions, done } = withPeople()
    const mod = await stage.open('Ada', 'en', ['moderator'])
    expect(await mod.type('@mute Mira 30 shouting')).toBe('Mira may not speak now.')
    expect(sanctions.get('player_mira')).toMatchObject({ reason: 'shouting', untilMs: 1_700_000_000_000 + 1_800_000 })
    await mod.type('@unmute Mira', '@kick Mira cool down', '@ban Mira 60 slurs', '@unban Mira')
    expect(done).toEqual([
      'lift player_mira mute',
      'kick player_mira cool down',
      'ban player_mira 3600000 slurs',
      'lift player_mira ban',
    ])
    expect(await mod.ack('@mute Nobody')).toMatchObject({ code: 'no_such_person' })
  })

  it('read reports, close them, and read the verified record', async () => {
    const { stage, done } = withPeople()
    const [mira, mod] = [await stage.open('Mira'), await stage.open('Ada', 'en', ['moderator'])]
    expect(await mod.type('@reports')).toBe('No report is open.')
    await mira.type('report Ada hm')
    expect(await mod.type('@reports')).toContain('report_1: from Mira, about Ada: hm')
    await mod.type('@close report_1 talked')
    expect(done).toEqual(['close report_1 talked'])
    expect(await mod.type('@audit')).toContain('1 entry')
  })

  it('only may do so', async () => {
    const { stage, sanctions } = withPeople()
    const mira = await stage.open('Mira')
    for (const line of [
      '@mute Ada',
      '@kick Ada',
      '@ban Ada',
      '@reports',
      '@audit',
      '@reload',
      '@check',
      '@молчать Ada',
    ])
      expect(await mira.ack(line)).toMatchObject({ code: 'forbidden' })
    expect(sanctions.size).toBe(0)
  })

  it('builders check and reload, and read every problem', async () => {
    const problems = ['zones/a.yaml:3: unknown place']
    const stage = createStage({
      checkWorld: async () => ({ ok: true, problems: [] }),
      reloadWorld: async () => ({ ok: false, problems }),
    })
    const admin = await stage.open('Ada', 'en', ['admin'])
    expect(await admin.type('@check')).toContain('The files are right')
    expect(await admin.type('@reload')).toBe('Nothing was changed. 1 problem:\n  zones/a.yaml:3: unknown place')
  })
})

describe('learning and programming', () => {
  it('shows lessons, opens one, checks the project’s code, hints, and badges', async () => {
    const { lessons, asked } = fakeLessons()
    const { agents, projects } = fakeAgents()
    const mira = await createStage({ lessons, agents, projects }).open('Mira')
    expect(await mira.type('quests')).toContain('  1. First lamp (first-lamp): open')
    expect(await mira.type('lesson')).toContain('  1. Light the lamp: 0 of 1')
    expect(await mira.type('lesson')).toContain('\nChange one word.\n')
    expect(mira.drafts()).toEqual([])
    expect(await mira.type('check')).toContain('That is the other lamp. (main.ts:3)')
    expect(asked).toEqual([{ 'main.ts': 'x' }])
    expect(await mira.type('hint')).toBe('Look at the name. (1 more hint)')
    expect(await mira.type('explain nonsense')).toContain('There is no lesson “nonsense”')
    expect(await mira.type('review')).toContain('2. Say hello')
    expect(await mira.type('badges')).toContain('Lamplighter: Lit a lamp')
    expect(await mira.ack('lesson 9')).toMatchObject({ code: 'lesson_locked' })
  })

  it('tells of progress as it happens', async () => {
    const { lessons, progress } = fakeLessons()
    const mira = await createStage({ lessons }).open('Mira')
    mira.seen()
    const lesson = (await lessons.list(mira.id, 'en'))[0]!
    progress(mira.id, { lesson, text: 'The lamp is lit.' })
    expect(mira.drafts()).toEqual([
      { kind: 'lesson', text: 'The lamp is lit.', data: { lesson: 'first-lamp', status: 'open' } },
    ])
  })

  it('makes, edits, runs and stops a lantern, and reads its log', async () => {
    const { agents, projects } = fakeAgents()
    const mira = await createStage({ agents, projects }).open('Mira')
    expect(await mira.type('agent')).toContain('You have no lantern yet')
    expect(await mira.ack('agent run')).toMatchObject({ code: 'no_such_agent' })
    expect(await mira.type('agent new Spark')).toContain('Spark is made')
    mira.seen()
    await mira.ack('agent edit')
    expect(mira.drafts()[0]).toMatchObject({ kind: 'agent', data: { action: 'edit', project: 'project_Spark' } })
    expect(await mira.ack('agent run spark')).toEqual({ ok: true })
    expect(await mira.type('agent list')).toContain('Spark: running, The Dock, fuel 0 of 1000')
    expect(await mira.type('agent log')).toContain('  7: I see a lamp')
    await mira.ack('agent stop')
    expect(await mira.type('agent')).toContain('Spark: stopped')
    expect(await mira.ack('agent dance')).toMatchObject({ code: 'bad_arguments' })
    expect(await mira.ack('agent delete')).toMatchObject({ code: 'bad_arguments' })
    expect(await mira.ack('agent delete spa')).toMatchObject({ code: 'no_such_agent' })
    mira.seen()
    expect(await mira.ack('agent delete spark')).toEqual({ ok: true })
    expect(mira.drafts()).toMatchObject([
      { text: expect.stringContaining('Spark is taken apart'), data: { gone: true } },
    ])
    expect(await mira.type('агент')).toContain('You have no lantern yet')
  })

  it('tells what a lantern writes and when its state changes, not each drop of fuel', async () => {
    const { agents, projects, change, info } = fakeAgents()
    const mira = await createStage({ agents, projects }).open('Mira')
    mira.seen()
    const running = { ...info(mira.id, 'spark'), status: 'running' as const }
    change(mira.id, { agent: info(mira.id, 'spark') })
    change(mira.id, { agent: running })
    change(mira.id, { agent: { ...running, fuel: { used: 5, limit: 1000 } } })
    change(mira.id, {
      agent: running,
      log: Array.from({ length: 8 }, (_, i) => ({ id: i, tick: i, level: 'log' as const, text: `n${i}` })),
    })
    expect(mira.seen()).toBe(
      'Spark lights up and begins.\nspark: 3 more lines in the log\nspark: n3\nspark: n4\nspark: n5\nspark: n6\nspark: n7',
    )
  })

  it('shows the balance, the last entries and the score', async () => {
    const transfer = {
      id: 't',
      from: 'academy:rewards',
      to: 'player:player_mira',
      amountMicro: 5_000_000n,
      code: 'reward' as const,
      kind: 'transfer' as const,
      memo: 'first-lamp',
      index: 0,
      atMs: 0,
    }
    const { lessons } = fakeLessons()
    const mira = await createStage({ ledger: fakeLedger([transfer], 5_250_000n), lessons }).open('Mira')
    expect(await mira.type('ledger')).toBe(
      'You have 5.25 cr.\nLast entries, newest first:\n  +5 cr., reward: first-lamp',
    )
    expect(await mira.type('score')).toContain('Credits: 5.25\nLessons passed: 1 of 2\nBadges: Lamplighter')
  })

  it('answers "not here" for parts this node has not', async () => {
    const mira = await createStage().open('Mira')
    for (const line of ['quests', 'agent', 'mail Ada x', 'name Wick', 'report Ada x', 'nodes'])
      expect((await mira.ack(line)).ok).toBe(false)
    expect(await mira.ack('ledger')).toMatchObject({ code: 'no_ledger' })
    expect(await mira.type('ping')).toBe('The node answers.')
    expect(
      await (
        await createStage({ node: { name: 'First Light', role: 'initial', version: '1', startedAtMs: 0 } }).open(
          'Ada',
        )
      ).type('nodes'),
    ).toContain('First Light (initial)')
  })
})
