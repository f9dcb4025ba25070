import { expect, test } from 'vitest'
import type { Asker, JobRequest, Jobs } from '../../jobs/types.ts'
import { createStage } from '../../testing/stage.ts'

function createDesk() {
  const asked: (readonly [Asker, JobRequest])[] = []
  const jobs = {
    async submit(asker: Asker, wish: JobRequest) {
      asked.push([asker, wish])
      return { ok: true, value: { created: true } }
    },
    ended: () => new Promise(() => {}),
    kinds: () => [{ name: 'sum', perMFuelMicro: '2000' }, { name: 'infer' }],
  } as unknown as Jobs
  return { asked, stage: createStage({ jobs }) }
}

test('J2 J4 a job is typed in short, or of any kind and with all its terms as the API takes it', async () => {
  const { asked, stage } = createDesk()
  const mira = await stage.open('Mira')
  expect(await mira.type('job sum 1 2 3')).toMatch(/^sum-\S+ is taken on/)
  const wish = {
    id: 'squares',
    kind: 'script',
    input: { program: 'export const map = (n: number) => n * n', items: [1, 2] },
    replicas: 3,
    strict: true,
    privacy: 'trusted',
    limits: { deadlineMs: 60_000 },
  }
  const typed = JSON.stringify({ ...wish, maxPriceMicro: '250000' })
  expect(await mira.type(`job ${typed}`)).toMatch(/^squares is taken on/)
  await mira.type('расчёт {"kind":"hash","input":"a  B"}')
  const asker = { id: mira.id, account: `player:${mira.id}` }
  expect(asked).toEqual([
    [asker, { id: expect.stringMatching(/^sum-/), kind: 'sum', input: [1, 2, 3], maxPriceMicro: 100_000n }],
    [asker, { ...wish, maxPriceMicro: 250_000n }],
    [asker, { id: expect.stringMatching(/^hash-/), kind: 'hash', input: 'a  B', maxPriceMicro: 100_000n }],
  ])
})

test('J4 what cannot be read is said to be so, and nothing is handed in', async () => {
  const { asked, stage } = createDesk()
  const mira = await stage.open('Mira')
  for (const line of ['job sum one', 'job {', 'job {"kind":"sum"', 'job {"kind":"sum","input":[1],"more":1}'])
    expect(await mira.type(line)).toContain('job KIND INPUT')
  expect(await mira.type('job {"kind":"sum","input":[1],"replicas":900}')).toMatch(/of the kind sum: replicas /)
  expect(await mira.type('job {"kind":7,"input":[1]}')).toMatch(/of the kind 7: kind /)
  expect(asked).toEqual([])
})

test('J27 job kinds tells what is offered here and at what price, and what is not', async () => {
  const { stage } = createDesk()
  const mira = await stage.open('Mira')
  expect((await mira.type('job kinds')).split('\n').slice(1)).toEqual([
    '  sum: 0.002 cr.',
    '  infer: not offered here',
  ])
  const lis = await stage.open('Лис', 'ru')
  expect((await lis.type('расчёт виды')).split('\n').slice(1)).toEqual([
    '  sum: 0,002 кр.',
    '  infer: здесь не предлагают',
  ])
})
