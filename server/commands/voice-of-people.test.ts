import { describe, expect, it } from 'vitest'
import { recoverZone } from '../engine/recover.ts'
import type { JournalRecord, ZoneInput } from '../engine/types.ts'
import { createZone } from '../engine/zone.ts'
import type { EventOf } from '../protocol/events.ts'
import { memoryJournal, person } from '../testing/engine.ts'
import { createPlay } from '../testing/play.ts'
import { voicedWorld } from '../testing/voiced-world.ts'
import { audience, describeEvent } from '../voice/index.ts'
import { runCommand } from './index.ts'

const def = voicedWorld()
type Asked = EventOf<'requested'>
const speechOf = (events: readonly { type: string }[]) => {
  const asked = events.find((event): event is Asked => event.type === 'requested')
  if (asked?.request.kind !== 'speech') throw new Error('nobody was asked to speak')
  return { id: asked.id, request: asked.request }
}
function play() {
  const it = createPlay(def)
  const mira = it.join('Mira')
  const fox = it.join('Лис', { locale: 'ru' })
  const settle = (id: string, value?: string) =>
    it.zone.apply(
      { type: 'settle', id, ok: value !== undefined, ...(value !== undefined && { value: { text: value } }) },
      it.zone.view.state.tick,
      runCommand,
    ).events
  const shown = (who: string, events: ReturnType<typeof settle>, locale: 'en' | 'ru') =>
    events
      .filter((event) => audience(event, it.zone.view).includes(who))
      .flatMap((event) => describeEvent(event, who, it.zone.view, locale)?.text ?? [])
      .join('\n')
  return { ...it, mira, fox, settle, shown }
}

describe('a person of the world with a voice', () => {
  it('E29 answers what a topic fits as it is written, and asks for words where none does', () => {
    const { type, mira } = play()
    expect(type(mira, 'ask keeper about lamp').text).toContain('It wants oil.')
    const asked = speechOf(type(mira, 'ask keeper about the moon').events)
    expect(asked.request).toMatchObject({
      npc: 'harbor:keeper',
      place: 'harbor:dock',
      heard: 'the moon',
      isAloud: false,
      locale: 'en',
      known: ['harbor:keeper.greet', 'harbor:keeper.lamp-dark'],
      line: 'harbor:keeper.shrug',
    })
    expect(JSON.stringify(asked.request)).not.toContain('Mira')
  })

  it('E29 says the words that came to listeners of that language, and the line to the others', () => {
    const { type, mira, fox, settle, shown } = play()
    const { id } = speechOf(type(mira, 'tell keeper tell me of the moon').events)
    const events = settle(id, 'The moon? I never asked her.')
    expect(shown(mira, events, 'en')).toContain('The moon? I never asked her.')
    expect(shown(fox, events, 'ru')).toContain('пожимает плечами')
    expect(shown(fox, events, 'ru')).not.toContain('moon')
    expect(settle(id, 'again')).toEqual([])
  })

  it('E29 says the line when no words came, and for words that are none', () => {
    for (const words of [undefined, '', '   ', 'x'.repeat(10_000)]) {
      const { type, mira, settle, shown } = play()
      const { id } = speechOf(type(mira, 'ask keeper about the moon').events)
      expect(shown(mira, settle(id, words), 'en')).toContain('The keeper shrugs.')
    }
  })

  it('E29 thinks of one listener at a time, and of none who is an agent', () => {
    const { type, mira, fox, join, call } = play()
    speechOf(type(mira, 'ask keeper about the moon').events)
    expect(type(mira, 'ask keeper about the stars').text).toContain('The keeper shrugs.')
    expect(type(fox, 'спросить смотрителя о луне').text).toContain('пожимает плечами')
    const agent = join('Scout', { kind: 'agent' })
    expect(call(agent, 'ask', { to: 'keeper', text: 'the moon' }).events.map(({ type }) => type)).toEqual(['spoke'])
  })

  it('E29 a replay of the journal says the same and asks nobody', async () => {
    const options = { def, zone: 'harbor', seed: 'test' }
    const journal = memoryJournal()
    const zone = createZone(options)
    const take = async (input: ZoneInput) => {
      const { seq } = zone.view.state
      const done = zone.apply(input, zone.view.state.tick, runCommand)
      const record: JournalRecord = { seq: done.seq, tick: done.tick, input, events: done.events }
      if (zone.view.state.seq !== seq) await journal.append('harbor', [record])
      return done.events
    }
    await take({ type: 'arrive', id: 'a', character: person('ann'), items: [] })
    const ask = { type: 'command', actor: 'player_ann', command: 'ask' } as const
    const { id } = speechOf(await take({ ...ask, input: { to: 'keeper', text: 'the moon' } }))
    const said = await take({ type: 'settle', id, ok: true, value: { text: 'Round, mostly.' } })
    expect(said.at(-1)).toMatchObject({ type: 'spoke', words: { text: 'Round, mostly.' } })
    const again = await recoverZone(options, runCommand, journal)
    expect(again.byEvents).toBe(false)
    expect(again.zone.hash()).toBe(zone.hash())
    expect(again.zone.view.state.pending.size).toBe(0)
    // A crash before the answer leaves the request pending, to be asked again.
    journal.records.pop()
    const cut = await recoverZone(options, runCommand, journal)
    expect([...cut.zone.view.state.pending.keys()]).toEqual([id])
  })
})
