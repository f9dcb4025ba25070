import { beforeEach, describe, expect, it } from 'vitest'
import { createPlay, type Play } from '../testing/play.ts'
import { portalWorld } from '../testing/portal-world.ts'

let play: Play
let mira: string
beforeEach(() => {
  play = createPlay(portalWorld())
  mira = play.join('Mira', { place: 'harbor:pier' })
})
const pending = () => [...play.zone.view.state.pending.entries()]

describe('a thing that leads to another node', () => {
  it.each([
    ['enter launch', ''],
    ['board the boat', ''],
    ['go launch', ''],
    ['enter launch for Lagoon', 'Lagoon'],
    ['board boat to Far Reef', 'Far Reef'],
    ['зайти на катер до Lagoon', 'Lagoon'],
  ])('E28 "%s" takes a person out of this world, to "%s"', (line, to) => {
    const gone = play.type(mira, line)
    expect(gone.events.map(({ type }) => type)).toEqual(['seen', 'var', 'left', 'requested'])
    expect(gone.text).toBe('You go aboard the steam launch, and it puts out. What you carry is put into keeping.')
    expect(play.zone.view.state.characters.has(mira)).toBe(false)
    expect(pending()).toMatchObject([[expect.any(String), { by: mira, request: { kind: 'portal', to, epoch: 1 } }]])
  })

  it('E28 one whose island is written in the world leads there, whatever is said', () => {
    play = createPlay(portalWorld('Lagoon'))
    mira = play.join('Mira', { place: 'harbor:pier' })
    play.type(mira, 'enter launch for Reef')
    expect(pending()[0]![1].request).toMatchObject({ to: 'Lagoon' })
  })

  it('E28 is not for agents, nor for who sits', () => {
    const agent = play.join('Glim', { kind: 'agent', place: 'harbor:pier' })
    expect(play.call(agent, 'enter', { what: 'launch' })).toMatchObject({ code: 'portal_for_people' })
    expect(play.call(agent, 'go', { to: 'launch' })).toMatchObject({ code: 'portal_for_people' })
    play.type(mira, 'sit')
    expect(play.type(mira, 'enter launch')).toMatchObject({ code: 'sitting' })
    expect(pending()).toEqual([])
  })

  it('E28 leaves what is no portal as it was: exits by name, things that cannot be entered', () => {
    expect(play.type(mira, 'go dock').ok).toBe(true)
    expect(play.type(mira, 'enter lamp')).toMatchObject({ code: 'no_exit' })
  })

  it('E28 others see that somebody is gone, and that they are back', () => {
    const ada = play.join('Ada', { place: 'harbor:pier' })
    const gone = play.type(mira, 'enter launch')
    expect(play.seenBy(ada, gone)).toBe('Mira fades from here.')
  })
})
