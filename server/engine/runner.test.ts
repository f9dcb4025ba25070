import { describe, expect, it } from 'vitest'
import { arrival, command, type KillPoint, type MemoryJournal, memoryJournal, tinyRun } from '../testing/engine.ts'
import { FIXTURE_FILES, fixtureWorld } from '../testing/world.ts'
import { recoverZone } from './recover.ts'
import { type CommittedTurn, createZoneRunner, openZoneRunner } from './runner.ts'
import type { JournalRecord, ZoneInput } from './types.ts'
import { createZone } from './zone.ts'

const def = fixtureWorld()
const options = { def, zone: 'harbor', seed: 'run', run: tinyRun }

/** A journal whose appends wait until they are let through. */
function heldJournal() {
  const journal = memoryJournal()
  const gates: (() => void)[] = []
  const sizes: number[] = []
  return {
    ...journal,
    sizes,
    async append(zone: string, records: readonly JournalRecord[]) {
      sizes.push(records.length)
      await new Promise<void>((resolve) => gates.push(resolve))
      await journal.append(zone, records)
    },
    async letThrough() {
      while (gates.length === 0) await Promise.resolve()
      gates.shift()!()
    },
  }
}

describe('the runner', () => {
  it('E21 tells nobody before the journal has it, and then all in order', async () => {
    const journal = heldJournal()
    const told: string[] = []
    const runner = createZoneRunner({
      zone: createZone(options),
      run: tinyRun,
      journal,
      onTurn: ({ outcomes }) => told.push(...outcomes.flatMap(({ events }) => events.map(({ type }) => type))),
    })
    const acks: string[] = []
    // Agents are greeted at the next tide.
    const asAgent = arrival('ann') as Extract<ZoneInput, { type: 'arrive' }>
    const first = runner
      .submit({ ...asAgent, character: { ...asAgent.character, kind: 'agent' } })
      .then(() => acks.push('arrived'))
    expect(runner.read((world) => world.state.characters.has('player_ann'))).toBe(true)
    await Promise.resolve()
    const second = runner.submit(command('ann', 'say', 'one')).then(() => acks.push('one'))
    const third = runner.submit(command('ann', 'say', 'two')).then(() => acks.push('two'))
    for (let n = 0; n < 2; n++) runner.tide()
    expect(told).toEqual([])
    await journal.letThrough()
    await first
    expect(acks).toEqual(['arrived'])
    expect(told.filter((type) => type === 'said')).toEqual([])
    await journal.letThrough()
    await Promise.all([second, third])
    expect(acks).toEqual(['arrived', 'one', 'two'])
    expect(told.slice(0, 4)).toEqual(['joined', 'var', 'seen', 'var'])
    expect(told.slice(4)).toEqual(['said', 'said', 'var', 'spoke'])
    expect(journal.sizes).toEqual([1, 2])
    expect(journal.records.map(({ seq }) => seq)).toEqual([1, 2, 3])
  })

  it('E21 a refusal, or a line done twice, does not overtake what it rests on', async () => {
    const journal = heldJournal()
    const runner = createZoneRunner({ zone: createZone(options), run: tinyRun, journal })
    const order: string[] = []
    const arrived = runner.submit(arrival('ann')).then(() => order.push('arrived'))
    const refused = runner
      .submit(command('ann', 'go', 'down'))
      .then(({ verdict }) => order.push(verdict.ok ? 'ok' : verdict.refusal.code))
    await Promise.resolve()
    expect(order).toEqual([])
    await journal.letThrough()
    await Promise.all([arrived, refused])
    expect(order).toEqual(['arrived', 'no_exit'])
  })

  it('E25 what changed nothing is not in the journal', async () => {
    const journal = memoryJournal()
    const runner = createZoneRunner({ zone: createZone(options), run: tinyRun, journal })
    await runner.submit(arrival('ann'))
    for (const verb of ['look', 'roll-no', 'boom', 'nonsense']) await runner.submit(command('ann', verb, '', verb))
    await runner.submit(arrival('ann'))
    expect(journal.records).toHaveLength(1)
  })

  it('E24 beyond its bound an input is refused as busy, and none of it is done', async () => {
    const journal = heldJournal()
    const runner = createZoneRunner({ zone: createZone(options), run: tinyRun, journal }, { queueMax: 2 })
    const waiting = [runner.submit(arrival('ann')), runner.submit(command('ann', 'say', 'one'))]
    expect((await runner.submit(command('ann', 'say', 'two'))).verdict).toMatchObject({ refusal: { code: 'busy' } })
    await journal.letThrough()
    await Promise.all(waiting)
    const later = runner.submit(command('ann', 'say', 'three'))
    await journal.letThrough()
    expect((await later).verdict.ok).toBe(true)
    expect(journal.records.map(({ input }) => 'input' in input && input.input)).toEqual([false, 'one', 'three'])
  })

  it('E23 a failed append ends the zone for everybody, and nothing more is told', async () => {
    const crashes: unknown[] = []
    const told: CommittedTurn[] = []
    const runner = createZoneRunner({
      zone: createZone(options),
      run: tinyRun,
      journal: memoryJournal({ append: 1, keep: 'nothing' }),
      onCrash: (error) => crashes.push(error),
      onTurn: (turn) => told.push(turn),
    })
    await runner.submit(arrival('ann'))
    const before = told.length
    const waiting = [runner.submit(command('ann', 'say', 'one')), runner.submit(command('ann', 'look'))]
    for (const one of await Promise.allSettled(waiting))
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'zone_unavailable' } })
    await expect(runner.submit(command('ann', 'look'))).rejects.toMatchObject({ code: 'zone_unavailable' })
    expect(() => runner.read(() => 1)).toThrow(/not available/)
    runner.tide()
    expect(crashes).toHaveLength(1)
    expect(told).toHaveLength(before)
    expect(runner.isRunning()).toBe(false)
  })

  it('E23 a rule that breaks ends the zone, and the server lives', async () => {
    const crashes: unknown[] = []
    const zone = createZone(options)
    const broken = {
      ...zone,
      tide: () => {
        throw new Error('we were wrong')
      },
    }
    const runner = createZoneRunner({
      zone: broken,
      run: tinyRun,
      journal: memoryJournal(),
      onCrash: (error) => crashes.push(error),
    })
    runner.tide()
    expect(crashes).toMatchObject([{ message: 'we were wrong' }])
    await expect(runner.submit(arrival('ann'))).rejects.toMatchObject({ code: 'zone_unavailable' })
  })

  it('E22 snapshots come after so many records or ticks, only of what is committed', async () => {
    const journal = memoryJournal()
    const runner = createZoneRunner(
      { zone: createZone(options), run: tinyRun, journal },
      { snapshotEveryRecords: 5, snapshotEveryTicks: 50 },
    )
    await runner.submit(arrival('ann'))
    for (let n = 0; n < 5; n++) await runner.submit(command('ann', 'say', String(n)))
    expect(journal.snapshots.map(({ seq }) => seq)).toEqual([5])
    await runner.submit(command('ann', 'say', 'x'))
    for (let n = 0; n < 60; n++) runner.tide()
    expect(journal.snapshots.map(({ seq, tick }) => [seq, tick])).toEqual([
      [5, 0],
      [7, 50],
    ])
    await runner[Symbol.asyncDispose]()
    expect(journal.snapshots.at(-1)!.tick).toBeGreaterThanOrEqual(50)
    await expect(runner.submit(command('ann', 'look'))).rejects.toMatchObject({ code: 'zone_unavailable' })
  })

  it('E22 a snapshot that cannot be kept ends nothing', async () => {
    const journal = { ...memoryJournal(), saveSnapshot: () => Promise.reject(new Error('disk full')) }
    const failed: unknown[] = []
    const runner = createZoneRunner(
      { zone: createZone(options), run: tinyRun, journal, onSnapshotFailed: (error) => failed.push(error) },
      { snapshotEveryRecords: 1 },
    )
    await runner.submit(arrival('ann'))
    expect((await runner.submit(command('ann', 'say', 'x'))).verdict.ok).toBe(true)
    expect(failed.length).toBeGreaterThan(0)
  })
})

describe('a crash', () => {
  const lines = [
    'say one',
    'take crate',
    'go east',
    'drop crate',
    'roll x',
    'make x',
    'go west',
    'take oil',
    'light x',
    'go north',
    'go north',
  ]

  /** Plays the lines, opening the zone again whenever it dies and sending again what was not acknowledged. */
  async function playThrough(journal: MemoryJournal, kill?: KillPoint) {
    let crashes = 0
    const deadly = kill ? dying(journal, kill) : journal
    const open = () => openZoneRunner({ ...options, journal: deadly }, { snapshotEveryRecords: 4 })
    let runner = await open()
    const send = async (n: number, input: Parameters<typeof runner.submit>[0]) => {
      for (let tries = 0; tries < 3; tries++) {
        while (runner.read((world) => world.state.tick) < n * 30) runner.tide()
        const outcome = await runner.submit(input).catch(() => undefined)
        if (outcome) return expect(outcome.verdict.ok, `line ${n}`).toBe(true)
        crashes++
        runner = await open()
      }
      throw new Error('it dies again and again')
    }
    await send(-1, arrival('ann'))
    for (const [n, line] of lines.entries()) {
      const [verb, input] = line.split(' ') as [string, string]
      await send(n, command('ann', verb, input, `line-${n}`))
    }
    return { runner, crashes }
  }

  /** The same journal, with one append that dies. */
  function dying(journal: MemoryJournal, kill: KillPoint): MemoryJournal {
    let appends = 0
    return {
      ...journal,
      async append(zone, records) {
        const dies = appends++ === kill.append
        if (dies && kill.keep === 'nothing') throw new Error('the power went')
        await journal.append(zone, records)
        if (dies) throw new Error('the power went')
      },
    }
  }

  it('E22 E6 at any append, before or after it is kept, loses and doubles nothing', async () => {
    const plain = memoryJournal()
    const { runner } = await playThrough(plain)
    const hash = await hashOf(plain)
    const appends = plain.appends()
    expect(runner.read((world) => [...world.state.pending.values()][0]?.request.kind)).toBe('handoff')
    expect(appends).toBe(lines.length + 1)
    for (let append = 0; append < appends; append++) {
      for (const keep of ['nothing', 'all'] as const) {
        const journal = memoryJournal()
        const { crashes } = await playThrough(journal, { append, keep })
        expect(crashes).toBe(1)
        expect(await hashOf(journal), `${keep} kept at append ${append}`).toBe(hash)
      }
    }
  })

  async function hashOf(journal: MemoryJournal) {
    return (await recoverZone(options, tinyRun, journal)).zone.hash()
  }

  it('E22 in the middle of a group, what was kept is there and the rest can be sent again', async () => {
    const journal = memoryJournal({ append: 1, keep: 'half' })
    const runner = await openZoneRunner({ ...options, journal })
    await runner.submit(arrival('ann'))
    const inputs = Array.from({ length: 6 }, (_, n) => command('ann', 'make', '', `m${n}`))
    const results = await Promise.allSettled(inputs.map((input) => runner.submit(input)))
    expect(results.every(({ status }) => status === 'rejected')).toBe(true)
    const again = await openZoneRunner({ ...options, journal })
    expect(again.read((world) => world.itemsOf('player_ann').length)).toBe(3)
    for (const input of inputs) await again.submit(input)
    expect(again.read((world) => world.itemsOf('player_ann').length)).toBe(6)
  })

  it('E22 a gap in the journal, or a snapshot that was changed, is noticed', async () => {
    const journal = memoryJournal()
    const runner = await openZoneRunner({ ...options, journal })
    for (const name of ['ann', 'bob', 'cid']) await runner.submit(arrival(name))
    const records = await journal.read('harbor', 0)
    const gapped = { ...journal, read: async () => records.filter(({ seq }) => seq !== 2) }
    await expect(openZoneRunner({ ...options, journal: gapped })).rejects.toMatchObject({ code: 'zone_damaged' })
    const snapshot = journal.snapshots[0]!
    const changed = {
      ...journal,
      loadSnapshot: async () => ({ ...snapshot, state: { ...(snapshot.state as object), tick: 7 } }),
    }
    await expect(openZoneRunner({ ...options, journal: changed })).rejects.toMatchObject({ code: 'zone_damaged' })
  })

  it('E26 under changed files the people come back, and the new world is taken over', async () => {
    const journal = memoryJournal()
    const runner = await openZoneRunner({ ...options, journal })
    await runner.submit(arrival('ann', 'harbor:pier'))
    await runner.submit(command('ann', 'take', 'key', 'l1'))
    await runner.submit(command('ann', 'go', 'west', 'l2'))
    const next = fixtureWorld({
      'zones/harbor/places/pier.yaml': null,
      'zones/harbor/places/dock.yaml': FIXTURE_FILES['zones/harbor/places/dock.yaml']!.replace(
        '  east: pier\n',
        '',
      ).replace('spawn:', 'spawn:\n  - { npc: rat }'),
      'zones/harbor/npcs.yaml': FIXTURE_FILES['zones/harbor/npcs.yaml']!.replace(
        'wander: [pier, dock]',
        'wander: [dock]',
      ),
    })
    const again = await openZoneRunner({ ...options, def: next, journal })
    again.read((world) => {
      expect(world.def.digest).toBe(next.digest)
      expect(world.state.characters.get('player_ann')).toMatchObject({ place: 'harbor:dock', recent: ['l1', 'l2'] })
      expect(world.itemsOf('player_ann').map(({ thing }) => thing)).toEqual(['harbor:brass-key'])
      for (const c of world.state.characters.values()) expect(world.def.places.has(c.place)).toBe(true)
    })
    await again[Symbol.asyncDispose]()
    expect(journal.snapshots.at(-1)!.worldDigest).toBe(next.digest)
  })

  it('E26 a reload with people inside is journalled, kept in a snapshot, and survives', async () => {
    const journal = memoryJournal()
    const runner = await openZoneRunner({ ...options, journal })
    await runner.submit(arrival('ann', 'harbor:warehouse'))
    const next = fixtureWorld({
      'zones/harbor/places/warehouse.yaml': null,
      'zones/harbor/places/market.yaml': FIXTURE_FILES['zones/harbor/places/market.yaml']!.replace(
        / {2}in: .*\n/,
        '',
      ),
    })
    const outcome = await runner.reload(next)
    expect(outcome.events.some(({ type }) => type === 'moved')).toBe(true)
    expect(journal.records.at(-1)!.input).toEqual({ type: 'reload', digest: next.digest })
    expect(journal.snapshots.at(-1)!.worldDigest).toBe(next.digest)
    await runner.submit(command('ann', 'say', 'still here'))
    const again = await openZoneRunner({ ...options, def: next, journal })
    expect(again.read((world) => world.state.characters.get('player_ann')!.place)).toBe('harbor:dock')
  })
})
