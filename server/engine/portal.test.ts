import { describe, expect, test } from 'vitest'
import { runCommand } from '../commands/index.ts'
import { createPlay } from '../testing/play.ts'
import { portalWorld } from '../testing/portal-world.ts'
import { createZone, GONE } from './index.ts'
import type { ZoneInput } from './types.ts'

function aboard() {
  const play = createPlay(portalWorld())
  const mira = play.join('Mira', { place: 'harbor:pier' })
  play.type(mira, 'open chest')
  play.type(mira, 'get key from chest')
  const key = play.zone.view.itemsOf(mira)[0]!
  play.type(mira, 'enter launch')
  const { zone } = play
  const [id, { request }] = [...zone.view.state.pending][0]!
  const apply = (input: ZoneInput) => zone.apply(input, zone.view.state.tick, runCommand)
  return { play, zone, mira, key, id, request, apply }
}

describe('a visit to another node', () => {
  test('E28 keeps the character and all they hold, in the request and nowhere else', () => {
    const { zone, mira, key, request } = aboard()
    expect(request).toMatchObject({ kind: 'portal', epoch: 1, character: { id: mira }, items: [{ id: key.id }] })
    expect(zone.view.state.items.has(key.id)).toBe(false)
    expect(zone.view.state.characters.has(mira)).toBe(false)
  })

  test('E28 ends where it began, with everything; an answer given twice is given once', () => {
    const { zone, mira, key, id, apply } = aboard()
    expect(apply({ type: 'settle', id, ok: true }).events.map(({ type }) => type)).toEqual(['settled', 'joined'])
    expect(zone.view.state.characters.get(mira)).toMatchObject({ place: 'harbor:pier', posture: 'standing' })
    expect(zone.view.itemsOf(mira).map(({ id: item }) => item)).toEqual([key.id])
    expect(apply({ type: 'settle', id, ok: true }).events).toEqual([])
  })

  test('E28 that is refused says why, in the words that came with the no', () => {
    const { zone, mira, id, apply } = aboard()
    const value = { name: 'Lagoon', reason: 'capacity' }
    const { events } = apply({ type: 'settle', id, ok: false, code: 'portal_refused', value })
    expect(events.at(-1)).toEqual({
      type: 'refused',
      who: mira,
      command: 'enter',
      code: 'portal_refused',
      params: value,
    })
    expect(zone.view.state.characters.get(mira)?.place).toBe('harbor:pier')
  })

  test('E28 each departure has a number of its own, which only grows', () => {
    const { play, zone, mira, id, apply } = aboard()
    apply({ type: 'settle', id, ok: true })
    play.type(mira, 'enter launch')
    expect([...zone.view.state.pending.values()][0]!.request).toMatchObject({ epoch: 2 })
  })

  test('E28 of a visitor here: they are gone, and what they held lies where they left it', () => {
    const { zone, mira, key, id, apply } = aboard()
    apply({ type: 'settle', id, ok: true, value: GONE })
    expect(zone.view.state.characters.has(mira)).toBe(false)
    expect(zone.view.state.items.get(key.id)?.at).toEqual({ place: 'harbor:pier' })
  })

  test('E6 E28 the line that led out, sent again while they are away, is not done again', () => {
    const { zone, mira, id, apply } = aboard()
    apply({ type: 'settle', id, ok: true })
    const line: ZoneInput = {
      type: 'command',
      actor: mira,
      command: 'enter',
      input: { what: 'launch' },
      lineId: 'line-7',
    }
    expect(apply(line).verdict.ok).toBe(true)
    expect(zone.view.state.pending.size).toBe(1)
    expect(apply(line)).toMatchObject({ verdict: { ok: true }, events: [] })
    expect(apply({ ...line, lineId: 'line-8' }).verdict).toMatchObject({ ok: false })
  })

  test('E2 E28 a snapshot taken meanwhile is the zone with its traveller in keeping', () => {
    const { zone, mira, id } = aboard()
    const again = createZone({ def: portalWorld(), zone: 'harbor', seed: 'other', snapshot: zone.snapshot() })
    expect(again.hash()).toBe(zone.hash())
    again.apply({ type: 'settle', id, ok: true }, again.view.state.tick, runCommand)
    expect(again.view.state.characters.get(mira)?.place).toBe('harbor:pier')
  })
})
