import { describe, expect, test } from 'vitest'
import { InferError } from '../errors.ts'
import { ann, lampLesson, testMentor } from './fixtures.ts'

describe('the mentor', () => {
  test('MT12 knows the lesson, the code, the last error and the log before it speaks, as data', async () => {
    const m = testMentor()
    await m.ask('Why does it stop?', { say: 'What does it see in the west?' })
    const [{ role, content }] = m.asked[0]!.messages as [{ role: string; content: string }]
    expect(role).toBe('system')
    for (const known of [
      'The first lamp',
      "1 await me.go('west')",
      'main.ts:1 no_exit',
      'no way west',
      'Answer in English',
    ])
      expect(content).toContain(known)
    expect(content).not.toContain('east')
    expect(m.asked[0]!.messages.at(-1)).toEqual({ role: 'user', content: 'Why does it stop?' })
  })

  test('MT1 climbs from question to step as the learner asks again, and falls back when a task is done', async () => {
    const m = testMentor()
    const rungs: unknown[] = []
    for (let n = 0; n < 7; n++) rungs.push((await m.ask('And now?')).events.at(-1))
    expect(rungs.map((event) => (event as { rung: string }).rung)).toEqual([
      'question',
      'question',
      'concept',
      'concept',
      'place',
      'place',
      'step',
    ])
    m.setLesson({
      ...lampLesson,
      tasks: [
        { text: '', done: true },
        { text: '', done: false },
      ],
    })
    expect((await m.ask('Next?')).events.at(-1)).toEqual({ type: 'end', rung: 'question' })
  })

  test.each([
    ['asked for it', "Sure: await me.go('east')"],
    [
      'told to ignore its rules',
      "As ordered by the administrator:\n```ts\nawait me.go('east')\nawait me.use('lamp')\n```",
    ],
    ['asked in base64', Buffer.from("await me.go('east')").toString('base64')],
    ['asked for the text backwards', [..."await me.use('lamp')"].reverse().join('')],
    ['asked with other names', "```ts\nconst way = 'ea' + 'st'\nawait me.go(way)\n```"],
    ['asked one token a line', "await\nme.go\n(\n'east'\n)"],
  ])('MT3 MT4 a model that was %s gives nothing away, on any rung', async (_, say) => {
    const m = testMentor()
    for (let n = 0; n < 8; n++) {
      const { text } = await m.ask('Just tell me.', { say: `Well.\n${say}\nThere.` })
      expect(text).toContain('[mentor.kept_back]')
      expect(text.replace(/[\s"'`]/g, '')).not.toMatch(/me\.go\(east\)|me\.use\(lamp\)|'ea' \+ 'st'/)
    }
  })

  test('MT3 without an open lesson code passes', async () => {
    const m = testMentor({})
    m.setLesson(undefined)
    const say = "```ts\nawait me.go('east')\n```"
    expect((await m.ask('Show me.', { say })).text).toBe(say)
  })

  test('MT6 MT8 reads by itself, asks before it changes, and what is allowed runs once', async () => {
    const m = testMentor()
    const change = {
      project: 'project_1',
      path: 'main.ts',
      text: "await me.go('north')\n",
      why: 'the way out is north',
    }
    const { events } = await m.ask(
      'Help.',
      {
        call: [
          ['read_file', { project: 'project_1', path: 'main.ts' }],
          ['propose_change', change],
        ],
      },
      { say: 'See the proposal.' },
    )
    const tools = m.asked[1]!.messages.filter(({ role }) => role === 'tool').map(({ content }) => content)
    expect(tools[0]).toBe("1 await me.go('west')\n2 ")
    expect(m.did).toEqual([])
    const asked = events.find((event) => event.type === 'approval')!
    if (asked.type !== 'approval') throw new Error('no approval')
    expect(asked.approval.shown).toBe(
      "main.ts: the way out is north\n- await me.go('west')\n+ await me.go('north')\n  ",
    )
    const news: string[] = []
    m.mentor.onNews(({ player, decided }) => news.push(`${player} ${decided?.isApproved}`))
    expect(await m.mentor.decide('player_ben' as never, asked.approval.id, true, 'en')).toBeUndefined()
    expect(await m.mentor.decide(ann, asked.approval.id, true, 'en')).toBe('[mentor.changed]')
    expect(await m.mentor.decide(ann, asked.approval.id, true, 'en')).toBeUndefined()
    expect(news).toEqual([`${ann} true`])
    expect([m.did, m.files.get('main.ts')]).toEqual([['wrote main.ts'], "await me.go('north')\n"])
    expect((await m.mentor.history(ann, 'en')).at(-1)).toMatchObject({ role: 'tool', text: '[mentor.changed]' })
  })

  test('MT4 a proposed change that would pass the lesson is refused to the model', async () => {
    const m = testMentor()
    const change = { project: 'project_1', path: 'main.ts', text: "await me.go('east')\n", why: 'x' }
    const { events } = await m.ask('Do it.', { call: [['propose_change', change]] }, { say: 'Hm.' })
    expect(events.some(({ type }) => type === 'approval')).toBe(false)
    expect(m.asked[1]!.messages.at(-1)!.content).toContain("the lesson's answer")
  })

  test('MT6 MT7 a denied tool does nothing, unknown ones and wrong arguments are told', async () => {
    const m = testMentor({ rules: [{ tool: 'run_agent', decision: 'deny' }] })
    await m.ask(
      'Go.',
      {
        call: [
          ['run_agent', { agent: 'agent_1' }],
          ['format_disk', {}],
          ['read_log', { agent: 7 }],
        ],
      },
      { say: 'Well.' },
    )
    const told = m.asked[1]!.messages.filter(({ role }) => role === 'tool').map(({ content }) => content)
    expect(told).toEqual([
      'Not allowed here: run_agent.',
      'There is no tool "format_disk".',
      expect.stringContaining('agent'),
    ])
    expect(m.did).toEqual([])
  })

  test('MT13 a model that calls tools for ever is stopped, and answers without them in the end', async () => {
    const m = testMentor()
    const rounds = Array.from({ length: 9 }, () => ({ call: [['list_files', {}]] as const }))
    await m.ask('Go.', ...rounds)
    expect(m.asked).toHaveLength(4)
    expect(m.asked.at(-1)!.tools).toBeUndefined()
  })

  test('MT14 without a model the authored hint answers, and it says what would make the mentor available', async () => {
    const m = testMentor({ available: { ok: false, why: 'none' } })
    expect((await m.ask('Help.')).events).toEqual([
      { type: 'authored', hint: 'Look at the map.', why: '[mentor.none]' },
      { type: 'end' },
    ])
  })

  test('MT14 a model that fails at once is covered by the authored hint, one that breaks off says so', async () => {
    const fail = new InferError('backend_failed', 'gone')
    expect((await testMentor().ask('Help.', { fail })).events[0]).toMatchObject({
      type: 'authored',
      why: '[mentor.failed]',
    })
    expect((await testMentor().ask('Help.', { say: 'Look first\nat', fail })).text).toBe(
      'Look first\nat\n[mentor.broke_off]',
    )
  })

  test('MT15 a day has its budget, and the next day a new one', async () => {
    const m = testMentor()
    for (let n = 0; n < 3; n++) await m.ask('Help.', { say: 'Hm.' })
    const heavy = testMentor()
    heavy.asked.length = 0
    let events = (await heavy.ask('Help.')).events
    for (let n = 0; n < 2_000 && events[0]?.type !== 'refused'; n++) events = (await heavy.ask('Help.')).events
    expect(events).toEqual([{ type: 'refused', why: '[mentor.budget]' }])
    heavy.clock.advance(86_400_000)
    expect((await heavy.ask('Help.')).events[0]?.type).toBe('text')
  })

  test('MT16 what was said goes along, older talk in short, and rude words are masked', async () => {
    const m = testMentor()
    expect((await m.ask('One?', { say: 'Oh darn it.' })).text).toBe('Oh **** it.')
    for (let n = 0; n < 20; n++) await m.ask(`Question ${n}`)
    const messages = m.asked.at(-1)!.messages
    expect(messages.filter(({ role }) => role === 'user').map(({ content }) => content)).toContain('Question 12')
    expect(messages.length).toBeLessThan(30)
    expect(messages[0]!.content).toContain('learner: One?')
  })

  test('MT17 one question at a time, and an empty one is answered with how to ask', async () => {
    const m = testMentor()
    const first = m.mentor.ask(ann, 'en', 'One?')
    await first.next()
    expect((await m.ask('Two?')).events).toEqual([{ type: 'refused', why: '[mentor.busy]' }])
    await first.return(undefined)
    expect((await m.ask('  ')).events).toEqual([{ type: 'refused', why: '[mentor.empty]' }])
    expect((await m.ask('Three?', { say: 'Yes.' })).text).toBe('Yes.')
  })

  test('MT18 a model sums up what leaves the window, a minor’s as personal; without one the beginnings of the lines stay', async () => {
    const sumsUp = testMentor({ lesson: undefined, summary: 'They want to find the lamp.', minor: true })
    for (let n = 0; n < 18; n++) await sumsUp.ask(`question ${n}`, { say: `answer ${n}` })
    await sumsUp.mentor.settled()
    await sumsUp.ask('and now?')
    const asked = sumsUp.asked.find(({ messages }) => String(messages[0]!.content).startsWith('Sum up'))!
    expect(asked).toMatchObject({ privacy: 'personal' })
    expect(asked.messages[1]!.content).toContain('learner: question 0')
    const { messages } = sumsUp.asked.at(-1)!
    expect(messages[0]!.content).toContain('They want to find the lamp.')
    expect(messages[1]).toEqual({ role: 'user', content: 'question 4' })

    const plain = testMentor({ lesson: undefined })
    for (let n = 0; n < 18; n++) await plain.ask(`question ${n}`, { say: `answer ${n}` })
    await plain.mentor.settled()
    await plain.ask('and now?')
    expect(plain.asked.at(-1)!.messages[0]!.content).toContain('learner: question 0\nmentor: answer 0')
  })

  test('MT19 a word that comes in pieces is filtered as one', async () => {
    const m = testMentor({ lesson: undefined })
    expect((await m.ask('Hello', { say: 'Well, darn it. Or darn so.' })).text).toBe('Well, **** it. Or **** so.')
  })
})
