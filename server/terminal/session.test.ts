import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TERMINAL_LINE_MAX_CHARS, TERMINAL_QUEUE_MAX } from '../limits.ts'
import { createStage } from '../testing/stage.ts'

describe('a session', () => {
  it('greets a newcomer with what the place says to newcomers, the place and a hint, in one write', async () => {
    const stage = createStage()
    const mira = await stage.open('Mira')
    expect(mira.batches).toHaveLength(1)
    expect(mira.batches[0]!.map((d) => d.kind)).toEqual(['event', 'place', 'speech', 'system'])
    expect(mira.seen()).toMatch(
      /^You step off the ferry\.\nThe Dock\n[\s\S]*\nThe keeper: You came, then\.\n[^\n]*Mira[^\n]*“name”[^\n]*$/,
    )
    const lis = await stage.open('Лис', 'ru')
    expect(lis.seen()).toMatch(
      /^Ты сходишь с парома\.\nПричал\n[\s\S]*\nСмотритель: Пришёл всё-таки кто-то\.\n[^\n]*Лис[^\n]*«имя»/,
    )
  })

  it('greets the same whoever came into the world before their terminal, and nothing twice', async () => {
    const stage = createStage()
    await stage.zones.enter({ id: 'player_mira', kind: 'player', name: 'Mira', locale: 'en', roles: [] })
    stage.zones.tide()
    const mira = await stage.open('Mira')
    stage.zones.tide()
    const shown = mira.seen()
    expect(shown).toMatch(/^You step off the ferry\.\nThe Dock\n[\s\S]*You came, then\./)
    for (const once of ['You step off', 'The Dock\n', 'You came, then']) expect(shown.split(once)).toHaveLength(2)
  })

  it('welcomes back, once they have been here', async () => {
    const stage = createStage()
    await (await stage.open('Mira')).session.close()
    const back = await stage.open('Mira')
    expect(back.seen()).toMatch(/^Welcome back, Mira\.\nThe Dock/)
  })

  it('keeps the language of the page when only the name of the person changes', async () => {
    const stage = createStage()
    const lis = await stage.open('Лис', 'ru')
    const account = { id: lis.id, name: 'Лис', guest: true, roles: ['learner'] as const, locale: 'ru' as const }
    lis.session.setLocale('en')
    lis.session.refresh({ ...account, name: 'Рысь' })
    expect(await lis.type('inventory')).toBe('You carry nothing.')
    lis.session.refresh({ ...account, name: 'Рысь', locale: 'en' })
    lis.session.refresh({ ...account, name: 'Рысь' })
    expect(await lis.type('inventory')).toBe('У тебя ничего нет.')
  })

  it('answers what only reads before it returns, and what changes when it is done', async () => {
    const mira = await createStage().open('Mira')
    expect(mira.session.line('look')).toEqual({ ok: true })
    const change = mira.session.line('take oil')
    expect(change).toBeInstanceOf(Promise)
    expect(await change).toEqual({ ok: true })
    expect(await mira.ack('take moon')).toEqual({ ok: false, code: 'no_such_thing' })
  })

  it('does lines in the order they came, those that only read too', async () => {
    const mira = await createStage().open('Mira')
    mira.seen()
    await Promise.all(['take oil', 'i', 'drop oil', 'i'].map((line) => mira.ack(line)))
    expect(
      mira
        .seen()
        .split('\n')
        .filter((l) => l.trim() !== 'some lamp oil'),
    ).toEqual(['You take the lamp oil.', 'You carry (1 of 100):', 'You put the lamp oil down.', 'You carry nothing.'])
  })

  it('refuses what is too long, and what waits behind too many lines', async () => {
    const mira = await createStage().open('Mira')
    expect(await mira.ack('x'.repeat(TERMINAL_LINE_MAX_CHARS + 1))).toEqual({ ok: false, code: 'line_too_long' })
    const acks = await Promise.all(Array.from({ length: TERMINAL_QUEUE_MAX + 5 }, () => mira.ack('say hi')))
    expect(acks.filter((a) => a.code === 'busy')).toHaveLength(5)
  })

  it('slows down who types too fast, tells them, and loses nothing', async () => {
    const stage = createStage({}, { changesPerSecond: 10, changesBurst: 5 })
    const mira = await stage.open('Mira')
    const start = stage.clock.now()
    mira.seen()
    for (let i = 0; i < 25; i++) expect(await mira.ack(`say ${i}`)).toEqual({ ok: true })
    const shown = mira.seen()
    expect(stage.clock.now() - start).toBeGreaterThanOrEqual(1_900)
    expect(shown.match(/You say/g)).toHaveLength(25)
    expect(shown.match(/Slower, please/g)).toHaveLength(1)
    for (let i = 0; i < 100; i++) expect(mira.session.line('look')).toEqual({ ok: true })
  })

  it('does a line that is sent again with its id once', async () => {
    const mira = await createStage().open('Mira')
    await mira.ack('say hello', 'line-1')
    expect(await mira.ack('say hello', 'line-1')).toEqual({ ok: true })
    expect(mira.seen().match(/You say/g)).toHaveLength(1)
  })

  it('keeps control signs and reversed text from others', async () => {
    const stage = createStage()
    const [mira, ada] = [await stage.open('Mira'), await stage.open('Ada')]
    await mira.type('say a\u001b[31mred\u202eevil\u0007\nsecond')
    expect(ada.seen()).toContain('Mira says: “a[31mredevil second”')
  })

  it('understands its own verbs between two zones, and says so of the rest', async () => {
    const stage = createStage()
    const mira = await stage.open('Mira')
    await stage.zones.remove(mira.id)
    expect(await mira.type('look')).toContain('between two shores')
    expect(await mira.type('history')).toContain('You have typed:')
  })

  it('walks into another zone and sees the place there', async () => {
    const mira = await createStage().open('Mira')
    expect(await mira.type('open gate', 'n', 'n')).toMatch(/Mill road\nRuts and puddles\./)
  })

  it('names those who leave the zone', async () => {
    const stage = createStage()
    const [mira, ada] = [await stage.open('Mira'), await stage.open('Ada', 'ru')]
    await mira.type('open gate', 'n')
    await ada.type('с')
    await mira.type('n')
    expect(ada.seen()).toContain('Mira уходит на север.')
  })

  it('shows places briefly to who wants it so', async () => {
    const mira = await createStage().open('Mira')
    await mira.type('config brief on')
    expect(await mira.type('e')).toMatch(/^The Pier\nWays out:/)
    expect(await mira.type('look')).toContain('The end of the land.')
  })

  it('answers nothing once it is closed, and its person hears no more', async () => {
    const stage = createStage()
    const [mira, ada] = [await stage.open('Mira'), await stage.open('Ada')]
    await mira.session.close()
    mira.seen()
    await ada.type('say hello')
    expect(mira.seen()).toBe('')
    expect(await mira.ack('look')).toMatchObject({ ok: false })
    expect(stage.terminal.sessions()).toBe(1)
  })

  it('closes the oldest of too many sessions of one person; the others all hear', async () => {
    const stage = createStage()
    const many = []
    for (let i = 0; i < 10; i++) many.push(await stage.open('Mira'))
    expect(stage.terminal.sessions()).toBe(8)
    for (const one of many) one.seen()
    await many[9]!.ack('say hi')
    expect(many.map((one) => one.seen() !== '')).toEqual([false, false, ...Array(8).fill(true)])
  })

  it('never throws, whatever is typed', async () => {
    const stage = createStage()
    const mira = await stage.open('Mira')
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      fc.constantFrom(
        '!',
        '!!',
        '!99',
        'alias ! look',
        'alias a a',
        'help help',
        '@ban',
        'channel join',
        'mail read -1',
        'config brief maybe',
        'agent run',
        'lesson x',
      ),
    )
    await fc.assert(
      fc.asyncProperty(text, async (line) => {
        const ack = await mira.ack(line)
        expect(typeof ack.ok).toBe('boolean')
        expect(ack.code).not.toBe('internal')
      }),
      { numRuns: 500 },
    )
    expect(stage.faults).toEqual([])
  })

  it('says that something broke on our side, and reports it', async () => {
    const stage = createStage()
    const mira = await stage.open('Mira')
    stage.zones.submit = async () => {
      throw new Error('boom')
    }
    expect(await mira.ack('say hi')).toEqual({ ok: false, code: 'internal' })
    expect(stage.faults).toHaveLength(1)
    expect(mira.seen()).toContain('Something broke on our side')
  })

  it('puts other parts’ errors into words', async () => {
    const stage = createStage()
    const mira = await stage.open('Mira')
    stage.zones.submit = async () => {
      throw Object.assign(new Error('gone'), { code: 'zone_unavailable' })
    }
    expect(await mira.ack('say hi')).toEqual({ ok: false, code: 'zone_unavailable' })
    expect(stage.faults).toEqual([])
  })
})

describe('what several see', () => {
  it('comes as one write per person and turn', async () => {
    const stage = createStage()
    const [mira, ada] = [await stage.open('Mira'), await stage.open('Ada')]
    const before = ada.batches.length
    await mira.type('take all')
    expect(ada.batches.length).toBe(before + 1)
    expect(ada.batches.at(-1)!.length).toBeGreaterThan(1)
  })

  it('is in each one’s own language', async () => {
    const stage = createStage()
    const [mira, lis] = [await stage.open('Mira'), await stage.open('Лис', 'ru')]
    await mira.type('take oil')
    expect(lis.seen()).toContain('Mira берёт ламповое масло.')
    await lis.type('настройки язык английский')
    await mira.type('drop oil')
    expect(lis.seen()).toContain('Mira puts some lamp oil down.')
  })
})
