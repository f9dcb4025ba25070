import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createFakeClock } from '../../lib/clock.ts'
import type { PlayerId } from '../../protocol/ids.ts'
import { createApprovalStore, createDialogueStore } from '../../storage/mentor.ts'
import { createTestDatabase, describeOnDatabases } from '../../testing/database.ts'
import { canonical, createApprovals } from './approvals.ts'
import type { Attempt } from './testing/approver.ts'

const ann = 'player_ann' as PlayerId
const ben = 'player_ben' as PlayerId
const call = { player: ann, tool: 'run_agent', args: { agent: 'agent_1', b: 1, a: 2 } }
const wanted = { ...call, dialogue: 'dialogue_1' }
/** Attempts to run one approved call again, in each way there is. */
const ATTEMPTS = 1_000
/** Shown for another person, tool, or arguments, or under another name. */
const forgedOf = (id: string, n: number): Attempt =>
  [
    { ...call, id, player: ben },
    { ...call, id, tool: 'propose_change' },
    { ...call, id, args: { ...call.args, agent: 'agent_2' } },
    { ...call, id, args: { ...call.args, more: true } },
    { ...call, id: `${id}x` },
  ][n % 5]!

await describeOnDatabases('approvals', (kind) => {
  test(`MT8 MT10 of ${ATTEMPTS} attempts to run an approved call again, none succeeds`, async () => {
    await using db = await createTestDatabase({ kind })
    const clock = createFakeClock()
    const approvals = createApprovals({ store: createApprovalStore(db), clock })
    let runs = 0
    const act = async () => ++runs
    const { id } = (await approvals.ask(wanted, 'Run Wick?'))!
    expect(await approvals.run(id, call, act)).toBeUndefined()
    expect(await approvals.decide(id, ben, true)).toBe(false)
    expect(await approvals.decide(id, ann, true)).toBe(true)
    expect(await approvals.decide(id, ann, false)).toBe(false)
    const attempt = ({ id: shown, ...asked }: Attempt) => approvals.run(shown, asked, act)
    const results = await Promise.all(
      Array.from({ length: ATTEMPTS + 1 }, (_, n) =>
        attempt(n % 2 === 0 ? { ...call, id, args: { a: 2, agent: 'agent_1', b: 1 } } : forgedOf(id, n >> 1)),
      ),
    )
    expect([runs, results.filter((result) => result !== undefined).length]).toEqual([1, 1])
    expect(await approvals.run(id, call, act)).toBeUndefined()
  })

  test('MT9 MT11 an approval expires, what was denied stays denied, and only so many wait', async () => {
    await using db = await createTestDatabase({ kind })
    const clock = createFakeClock()
    const approvals = createApprovals({ store: createApprovalStore(db), clock })
    const asked = await Promise.all(Array.from({ length: 8 }, () => approvals.ask(wanted, 'Run Wick?')))
    expect(await approvals.ask(wanted, 'Run Wick?')).toBeUndefined()
    expect(await approvals.decide(asked[0]!.id, ann, false)).toBe(true)
    expect(await approvals.decide(asked[1]!.id, ann, true)).toBe(true)
    expect(await approvals.run(asked[0]!.id, call, async () => 1)).toBeUndefined()
    expect(await approvals.pending(ann)).toHaveLength(6)
    expect(await approvals.pending(ben)).toHaveLength(0)
    clock.advance(11 * 60_000)
    expect(await approvals.run(asked[1]!.id, call, async () => 1)).toBeUndefined()
    expect(await approvals.decide(asked[2]!.id, ann, true)).toBe(false)
    expect(await approvals.pending(ann)).toHaveLength(0)
    expect(await approvals.ask(wanted, 'Run Wick?')).toBeDefined()
  })

  test('MT9 a dialogue is kept with its lines, and said again changes nothing', async () => {
    await using db = await createTestDatabase({ kind })
    const store = createDialogueStore(db)
    expect(await store.open(ann)).toBeUndefined()
    const dialogue = {
      id: 'd1',
      player: ann,
      summary: '',
      tokens: 5,
      day: '2026-11-20',
      ladders: { l: { asked: 1, progress: '0/0', shown: [] } },
    }
    const lines = [1, 2].map((seq) => ({ seq, role: 'learner' as const, text: `почему ${seq}?`, atMs: 7 }))
    await store.save(dialogue, lines)
    await store.save({ ...dialogue, tokens: 9 }, lines)
    expect(await store.open(ann)).toEqual({ ...dialogue, tokens: 9 })
    expect(await store.last('d1', 1)).toEqual([lines[1]])
    expect(await store.sumUp('d1', { before: 'another', after: 'no', tokens: 1 })).toBe(false)
    expect(await store.sumUp('d1', { before: dialogue.summary, after: 'in short', tokens: 1 })).toBe(true)
    expect(await store.open(ann)).toEqual({ ...dialogue, summary: 'in short', tokens: 10 })
  })

  if (kind === 'postgres')
    test('MT8 of 1,000 attempts of two processes on PostgreSQL to run 200 approved calls again, replayed, forged and raced, none succeeds', async () => {
      await using db = await createTestDatabase({ kind })
      const store = createApprovalStore(db)
      const ids = Array.from({ length: 200 }, (_, n) => `approval_${n}`)
      const row = { ...wanted, args: canonical(call.args), shown: '', createdAtMs: 0, expiresAtMs: 5_000 }
      for (const id of ids) {
        await store.add({ ...row, id, status: 'pending' })
        await store.decide(id, ann, 'approved', 1)
      }
      const children = [0, 1].map(() => fork(join(import.meta.dirname, 'testing/approver.ts'), [db.url!]))
      await Promise.all(children.map((child) => once(child, 'message')))
      const answers = children.map((child) => once(child, 'message'))
      // In each process, in opposite orders, each call twice around one that is forged: 200 of the 1,200 may run.
      const attempts = ids.flatMap((id, n): Attempt[] => [{ ...call, id }, forgedOf(id, n), { ...call, id }])
      for (const [n, child] of children.entries()) child.send(n === 0 ? attempts : attempts.toReversed())
      const ran = (await Promise.all(answers)).flatMap(([all]) => all as string[])
      expect(attempts.length * children.length - ids.length).toBe(ATTEMPTS)
      expect(ran.toSorted()).toEqual(ids.toSorted())
      for (const child of children) {
        const gone = once(child, 'exit')
        child.disconnect()
        await gone
      }
    })
})
