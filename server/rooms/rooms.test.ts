import { describe, expect, test, vi } from 'vitest'
import { runCommand } from '../commands/index.ts'
import type { LedgerInput, TransferInput } from '../ledger/types.ts'
import type { WorldEvent } from '../protocol/events.ts'
import { memoryJournal, player, startRooms, world } from './fixtures.ts'
import type { Rooms } from './rooms.ts'

const ada = player('Ada')
const go = (rooms: Rooms, id: string, to: string, lineId?: string) => rooms.submit(id, 'go', { to }, lineId)
const ok = (status: 'created' | 'exists', asked: TransferInput[]) => async (all: readonly LedgerInput[]) => {
  const inputs = all as readonly TransferInput[]
  asked.push(...inputs)
  return inputs.map((input) => ({ status, transfer: { ...input, kind: 'transfer' as const, index: 0, atMs: 0 } }))
}
const until = (check: () => unknown) =>
  vi.waitFor(() => expect(check()).toBeTruthy(), { timeout: 30_000, interval: 2 })

/** Bodies of a character in all zones. */
function bodies(rooms: Rooms, id: string): number {
  let count = 0
  rooms.onTide((_zone, _tick, view) => {
    if (view.state.characters.has(id)) count++
  })
  rooms.beat()
  return count
}

describe('entering', () => {
  test('a newcomer stands awake at the start; entering again changes nothing', async () => {
    await using rooms = await startRooms()
    expect(await rooms.enter(ada)).toEqual({ zone: 'harbor', place: 'harbor:dock' })
    await go(rooms, ada.id, 'east')
    expect(await rooms.enter(ada)).toEqual({ zone: 'harbor', place: 'harbor:pier' })
    expect(rooms.awake().map(({ id }) => id)).toEqual([ada.id])
  })

  test('pages that open together make one body', async () => {
    await using rooms = await startRooms()
    await Promise.all(Array.from({ length: 5 }, () => rooms.enter(ada)))
    expect(bodies(rooms, ada.id)).toBe(1)
  })

  test('who sleeps is woken with their present name, language and roles', async () => {
    await using rooms = await startRooms()
    await rooms.enter(ada)
    await rooms.sleep(ada.id)
    expect(rooms.awake()).toEqual([])
    await rooms.enter({ ...ada, name: 'Ada L', locale: 'ru', roles: ['learner', 'mentor'] })
    expect(rooms.awake()[0]).toMatchObject({ name: 'Ada L', locale: 'ru', roles: ['learner', 'mentor'] })
    expect(rooms.findByName('ada l')?.id).toBe(ada.id)
    expect(rooms.findByName('ada')).toBeUndefined()
  })

  test('who was removed can enter again', async () => {
    await using rooms = await startRooms()
    await rooms.enter(ada)
    await rooms.remove(ada.id)
    expect(rooms.whereIs(ada.id)).toBeUndefined()
    await rooms.enter(ada)
    expect(bodies(rooms, ada.id)).toBe(1)
  })
})

describe('between zones', () => {
  test('a walk over the border ends in the other zone, with everything carried', async () => {
    await using rooms = await startRooms()
    await rooms.enter(ada)
    await rooms.submit(ada.id, 'take', { what: 'oil' })
    await go(rooms, ada.id, 'north')
    await go(rooms, ada.id, 'north')
    expect(rooms.whereIs(ada.id)).toEqual({ zone: 'loopworks', place: 'loopworks:road' })
    expect(rooms.read(ada.id, (view) => view.itemsOf(ada.id).map(({ thing }) => thing))).toEqual(['harbor:oil'])
    expect(bodies(rooms, ada.id)).toBe(1)
    await go(rooms, ada.id, 'north')
    expect(rooms.whereIs(ada.id)?.place).toBe('loopworks:mill')
  })

  test('listeners see the leaving, then the joining, in committed order', async () => {
    await using rooms = await startRooms()
    await rooms.enter(ada)
    const seen: string[] = []
    rooms.onTurn(({ zone, outcomes }) => {
      for (const { events } of outcomes)
        for (const { type } of events) if (type === 'left' || type === 'joined') seen.push(`${zone} ${type}`)
    })
    await go(rooms, ada.id, 'north')
    await go(rooms, ada.id, 'north')
    expect(seen).toEqual(['harbor left', 'loopworks joined'])
  })

  test('a node that dies between the two zones finds the walker arrived after its restart, once, with everything', async () => {
    for (const dieAt of [
      'before the arrival is kept',
      'after the arrival is kept',
      'before the answer is kept',
    ] as const) {
      const journal = memoryJournal()
      const forever = new Promise<void>(() => {})
      let disk: ReturnType<typeof memoryJournal> | undefined
      const first = await startRooms({ journal })
      await first.enter(ada)
      await first.submit(ada.id, 'take', { what: 'oil' })
      await go(first, ada.id, 'north')
      const die = () => {
        disk = journal.copy()
        return forever
      }
      if (dieAt === 'before the arrival is kept')
        journal.before = (zone) => (zone === 'loopworks' ? die() : undefined)
      if (dieAt === 'after the arrival is kept') journal.after = (zone) => (zone === 'loopworks' ? die() : undefined)
      if (dieAt === 'before the answer is kept')
        journal.before = (_zone, [record]) => (record?.input.type === 'settle' ? die() : undefined)
      void go(first, ada.id, 'north').catch(() => {})
      await until(() => disk)
      await using second = await startRooms({ journal: disk! })
      await until(() => second.whereIs(ada.id))
      expect(second.whereIs(ada.id), dieAt).toEqual({ zone: 'loopworks', place: 'loopworks:road' })
      expect(second.read(ada.id, (view) => view.itemsOf(ada.id).length)).toBe(1)
      expect(bodies(second, ada.id)).toBe(1)
      let pending = 0
      second.onTide((_z, _t, view) => void (pending += view.state.pending.size))
      await until(() => {
        pending = 0
        second.beat()
        return pending === 0
      })
    }
  })

  test('while on the way, a command waits for the arrival', async () => {
    const journal = memoryJournal()
    await using rooms = await startRooms({ journal })
    await rooms.enter(ada)
    await go(rooms, ada.id, 'north')
    let open = () => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    journal.before = (zone) => (zone === 'loopworks' ? gate : undefined)
    const walk = go(rooms, ada.id, 'north')
    await until(() => !rooms.whereIs(ada.id))
    const next = go(rooms, ada.id, 'north')
    journal.before = () => {}
    open()
    await walk
    expect((await next).verdict.ok).toBe(true)
    expect(rooms.whereIs(ada.id)?.place).toBe('loopworks:mill')
  })
})

describe('what the world asks of the outside', () => {
  const buyer = async (rooms: Rooms) => {
    await rooms.enter(ada)
    await go(rooms, ada.id, 'north')
  }
  const carried = (rooms: Rooms) => rooms.read(ada.id, (view) => view.itemsOf(ada.id).map(({ thing }) => thing))

  test("a purchase is a transfer under the request's own id, and the thing is handed over when it is paid", async () => {
    const asked: TransferInput[] = []
    await using rooms = await startRooms({ settle: { ledger: { transfer: ok('created', asked) } } })
    await buyer(rooms)
    await rooms.submit(ada.id, 'buy', { what: 'bread' })
    await until(() => carried(rooms)?.includes('harbor:bread'))
    expect(asked).toHaveLength(1)
    expect(asked[0]).toMatchObject({ from: `player:${ada.id}`, amountMicro: 500_000n, code: 'purchase' })
  })

  test('without the money, or without a ledger, there is no thing and a reason', async () => {
    const poor = {
      transfer: async (inputs: readonly TransferInput[]) =>
        inputs.map(() => ({ status: 'refused', reason: 'insufficient_funds' }) as const),
    }
    for (const [settle, code] of [
      [{ ledger: poor }, 'cannot_afford'],
      [{}, 'no_ledger'],
    ] as const) {
      await using rooms = await startRooms({ settle })
      const refusals: WorldEvent[] = []
      rooms.onTurn(({ outcomes }) =>
        refusals.push(...outcomes.flatMap(({ events }) => events.filter(({ type }) => type === 'refused'))),
      )
      await buyer(rooms)
      await rooms.submit(ada.id, 'buy', { what: 'bread' })
      await until(() => refusals.length > 0)
      expect(refusals[0]).toMatchObject({ who: ada.id, code })
      expect(carried(rooms)).toEqual([])
    }
  })

  test('a payment that failed for want of a database is asked again under the same id, after a restart too', async () => {
    const journal = memoryJournal()
    const asked: TransferInput[] = []
    const broken = {
      transfer: async (inputs: readonly TransferInput[]) => {
        asked.push(...inputs)
        throw new Error('no database')
      },
    }
    const first = await startRooms({ journal, settle: { ledger: broken } })
    await buyer(first)
    await first.submit(ada.id, 'buy', { what: 'bread' })
    await until(() => asked.length > 1)
    await first[Symbol.asyncDispose]()
    await using second = await startRooms({ journal, settle: { ledger: { transfer: ok('exists', asked) } } })
    await until(() => carried(second)?.includes('harbor:bread'))
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1)
  })

  test('a script is asked with its place, and what it answers is done; one that fails does nothing', async () => {
    const asked: string[] = []
    const script = async ({ script, handler }: { script: string; handler: string }) => {
      asked.push(`${script}.${handler}`)
      if (asked.length > 1) throw new Error('a bug of the author')
      return { ok: true, value: { effects: [{ do: 'zonevar', key: 'crane-load', value: 3 }] } } as const
    }
    await using rooms = await startRooms({ settle: { script } })
    await rooms.enter({ ...ada, place: 'harbor:warehouse' })
    await rooms.submit(ada.id, 'use', { what: 'crank' })
    await until(() => rooms.read(ada.id, (view) => view.state.vars.get('crane-load')) === 3)
    await rooms.submit(ada.id, 'use', { what: 'crank' })
    await until(() => asked.length === 2 && rooms.read(ada.id, (view) => view.state.pending.size) === 0)
  })
})

describe('when a zone crashes', () => {
  test('it is rebuilt from its journal with nothing acknowledged lost, while the others play on', async () => {
    const journal = memoryJournal()
    await using rooms = await startRooms({ journal })
    const bob = player('Bob')
    await rooms.enter(ada)
    await rooms.enter({ ...bob, place: 'loopworks:road' })
    await rooms.submit(ada.id, 'take', { what: 'oil' })
    journal.before = (zone) => {
      if (zone === 'harbor') throw new Error('the disk is full')
    }
    await expect(go(rooms, ada.id, 'east')).rejects.toThrow(/not available/)
    expect((await go(rooms, bob.id, 'north')).verdict.ok).toBe(true)
    journal.before = () => {}
    await until(() => rooms.list().every(({ ready }) => ready))
    expect(rooms.whereIs(ada.id)?.place).toBe('harbor:dock')
    expect(rooms.read(ada.id, (view) => view.itemsOf(ada.id).length)).toBe(1)
    expect((await go(rooms, ada.id, 'east')).verdict.ok).toBe(true)
  })

  test('a line with an id is done exactly once through a crash, whether or not it was kept', async () => {
    for (const when of ['before', 'after'] as const) {
      const journal = memoryJournal()
      await using rooms = await startRooms({ journal })
      await rooms.enter(ada)
      const said: string[] = []
      rooms.onTurn(({ outcomes }) => {
        for (const { events } of outcomes) for (const event of events) if (event.type === 'moved') said.push(event.to)
      })
      let crashes = 0
      journal[when] = (zone) => {
        if (zone === 'harbor' && crashes++ === 0) throw new Error('the disk is gone')
      }
      expect((await go(rooms, ada.id, 'east', 'line-1')).verdict.ok).toBe(true)
      expect(rooms.whereIs(ada.id)?.place, when).toBe('harbor:pier')
      expect(crashes).toBeGreaterThan(0)
    }
  })

  test('an error in a rule is refused as internal and ends nothing', async () => {
    const run: typeof runCommand = (view, actor, command, input) => {
      if (command === 'break') throw new TypeError('a bug of ours')
      return runCommand(view, actor, command, input)
    }
    await using rooms = await startRooms({ run })
    await rooms.enter(ada)
    expect((await rooms.submit(ada.id, 'break', {})).verdict).toMatchObject({
      ok: false,
      refusal: { code: 'internal' },
    })
    expect((await go(rooms, ada.id, 'east')).verdict.ok).toBe(true)
  })

  test('a listener that throws keeps nothing from the others', async () => {
    await using rooms = await startRooms()
    let heard = 0
    rooms.onTurn(() => {
      throw new Error('a bug of ours')
    })
    rooms.onTurn(() => void heard++)
    await rooms.enter(ada)
    expect(heard).toBe(1)
  })
})

describe('reload', () => {
  const changed = {
    'zones/loopworks/places/road.yaml':
      'id: road\nat: [0, 0, 0]\nexits: { north: mill }\nspawn: [{ thing: wheel }]\n',
  }

  test('a new world is taken over with people inside, and told by its digest', async () => {
    await using rooms = await startRooms()
    await rooms.enter(ada)
    const next = world(changed)
    await rooms.reload(next)
    expect(rooms.world().digest).toBe(next.digest)
    expect(rooms.read(ada.id, (view) => view.def.digest)).toBe(next.digest)
    expect((await go(rooms, ada.id, 'east')).verdict.ok).toBe(true)
  })

  test('a world without one of the zones is refused whole', async () => {
    await using rooms = await startRooms()
    const { digest } = rooms.world()
    const next = { ...world(changed), zones: new Map([...world(changed).zones].filter(([id]) => id !== 'loopworks')) }
    await expect(rooms.reload(next)).rejects.toMatchObject({ code: 'reload_refused' })
    expect(rooms.world().digest).toBe(digest)
  })

  test('when one zone cannot take it, those before it get the old world back', async () => {
    const journal = memoryJournal()
    await using rooms = await startRooms({ journal })
    await rooms.enter(ada)
    const { digest } = rooms.world()
    let failing = true
    journal.before = (zone, [record]) => {
      if (failing && zone === 'loopworks' && record?.input.type === 'reload') throw new Error('the disk is full')
    }
    const failed = rooms.reload(world(changed)).catch((error: unknown) => error)
    expect(await failed).toBeInstanceOf(Error)
    failing = false
    await until(() => rooms.list().every(({ ready }) => ready))
    expect(rooms.world().digest).toBe(digest)
    const digests = new Set<string>()
    rooms.onTide((_zone, _tick, view) => void digests.add(view.def.digest))
    rooms.beat()
    expect([...digests]).toEqual([digest])
  })
})
