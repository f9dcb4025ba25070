import { describe, expect, it } from 'vitest'
import type { WorldEvent } from '../protocol/events.ts'
import type { Json, Params } from '../protocol/ids.ts'
import { arrival, command, lying, startZone, types } from '../testing/engine.ts'

describe('requests', () => {
  const trade = {
    who: 'player_ann',
    npc: 'harbor:trader',
    thing: 'harbor:bread',
    place: 'harbor:market',
    priceMicro: '500000',
  }
  const asking = (then: Params): WorldEvent => ({
    type: 'requested',
    id: 'pay1',
    by: 'player_ann',
    request: { kind: 'transfer', from: 'player:ann', to: 'shop:trader', amountMicro: '500000', memo: 'bread', then },
  })
  const inMarket = () => {
    const started = startZone()
    started.apply(arrival('ann', 'harbor:market'))
    return started
  }

  it('E19 bought when paid, refused when not', () => {
    const { zone, emit, apply } = inMarket()
    emit(asking({ type: 'buy', ...trade }))
    expect(types(apply({ type: 'settle', id: 'pay1', ok: true }))).toEqual(['settled', 'item.created', 'bought'])
    expect(apply({ type: 'settle', id: 'pay1', ok: true }).events).toEqual([])
    expect(zone.view.itemsOf('player_ann').map(({ thing }) => thing)).toEqual(['harbor:bread'])
    emit(asking({ type: 'buy', ...trade }))
    expect(apply({ type: 'settle', id: 'pay1', ok: false }).events).toMatchObject([
      { type: 'settled' },
      { type: 'refused', code: 'cannot_afford' },
    ])
    expect(zone.view.itemsOf('player_ann')).toHaveLength(1)
  })

  it('E19 a thing sold comes back when the payment is refused', () => {
    const { zone, emit, apply } = inMarket()
    apply(command('ann', 'make'))
    const item = zone.view.itemsOf('player_ann')[0]!
    const sell = () =>
      emit(
        { type: 'item.destroyed', item: item.id, thing: item.thing, place: 'harbor:market', how: 'sold' },
        asking({ type: 'sell', ...trade, item }),
      )
    sell()
    expect(zone.view.itemsOf('player_ann')).toEqual([])
    expect(types(apply({ type: 'settle', id: 'pay1', ok: false, code: 'no_ledger' }))).toEqual([
      'settled',
      'item.created',
      'refused',
    ])
    expect(zone.view.itemsOf('player_ann')).toEqual([item])
    sell()
    expect(types(apply({ type: 'settle', id: 'pay1', ok: true }))).toEqual(['settled', 'sold'])
    expect(zone.view.itemsOf('player_ann')).toEqual([])
  })

  it('E19 what was paid for by somebody who has gone lies in the shop', () => {
    const { zone, emit, apply } = inMarket()
    emit(asking({ type: 'buy', ...trade }))
    apply({ type: 'remove', actor: 'player_ann' })
    apply({ type: 'settle', id: 'pay1', ok: true })
    expect(lying(zone, 'harbor:market')).toContain('harbor:bread')
  })

  const askCrank = (started: ReturnType<typeof startZone>) => {
    const crank = started.zone.view.itemsOfThing('harbor:crank')[0]!
    started.apply(arrival('ann', 'harbor:warehouse'))
    return started.emit({
      type: 'requested',
      id: 's1',
      by: 'player_ann',
      request: {
        kind: 'script',
        script: 'crane',
        handler: 'onUse',
        args: { verb: 'use', item: crank.id, thing: crank.thing },
      },
    })
  }

  it('E20 a script is told what it may know', () => {
    const started = startZone()
    const asked = askCrank(started)
    expect(asked.events.at(-1)).toMatchObject({
      type: 'requested',
      request: {
        kind: 'script',
        script: 'harbor:crane',
        handler: 'onUse',
        args: {
          verb: 'use',
          thing: 'harbor:crank',
          state: 'up',
          place: 'harbor:warehouse',
          actor: { id: 'player_ann', name: 'ann', flags: {} },
          zoneVars: {},
        },
      },
    })
  })

  it('E20 a script’s effects are done together', () => {
    const started = startZone()
    askCrank(started)
    const effects: Json = [
      { do: 'zonevar', key: 'crane-load', value: 'crate' },
      { do: 'say', text: 'crane.creaks' },
      { do: 'state', thing: 'crank', to: 'down' },
      { do: 'give', thing: 'bread' },
      { do: 'flag', key: 'harbor.cranked' },
      { do: 'timer', after: 5, handler: 'crane.onUse', args: { turn: 1 } },
    ]
    expect(types(started.apply({ type: 'settle', id: 's1', ok: true, value: { effects } }))).toEqual([
      'settled',
      'var',
      'seen',
      'item.changed',
      'item.created',
      'var',
      'timer.set',
    ])
    expect(started.state.vars.get('crane-load')).toBe('crate')
    const fired = started.tides(5).filter(({ type }) => type === 'timer.fired' || type === 'requested')
    expect(fired).toMatchObject([
      { type: 'timer.fired' },
      { request: { handler: 'onUse', args: { verb: 'timer', args: { turn: 1 }, actor: { id: 'player_ann' } } } },
    ])
  })

  it.each([
    ['another zone’s thing', { do: 'give', thing: 'loopworks:wheel' }],
    ['another zone’s place', { do: 'move', to: 'loopworks:mill' }],
    ['another zone’s flag', { do: 'flag', key: 'loopworks.won', value: true }],
    ['the engine’s own marks', { do: 'flag', key: 'seen:harbor:pier', value: true }],
    ['another zone’s words', { do: 'say', text: 'loopworks:wheel.turns' }],
    ['words that are not there', { do: 'say', text: 'no.such.line' }],
    ['a state that is not', { do: 'state', thing: 'crank', to: 'sideways' }],
    ['a door that is not', { do: 'door', door: 'loopworks:gate', closed: false }],
    ['an unknown effect', { do: 'exec', code: '1' }],
    ['an effect with more in it', { do: 'zonevar', key: 'a', value: 1, extra: true }],
  ])('E20 %s makes the whole answer void', (_, effect) => {
    const started = startZone()
    askCrank(started)
    const value = { effects: [{ do: 'zonevar', key: 'first', value: 1 }, effect] } as unknown as Json
    expect(types(started.apply({ type: 'settle', id: 's1', ok: true, value }))).toEqual(['settled', 'refused'])
    expect(started.state.vars.size).toBe(0)
    expect(started.state.pending.size).toBe(0)
    expect(started.faults).toMatchObject([{ kind: 'script_void' }])
  })
})
