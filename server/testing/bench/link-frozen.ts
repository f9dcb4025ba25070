/** How long an agent with a state of about 1 MiB stands still while it goes from one node to another, over real links on loopback. */
import { performance } from 'node:perf_hooks'
import { grant, startTestLink } from '../../link/testing/links.ts'
import { createTravelLab, type LabNode } from '../travel-lab.ts'

/** Each look is an input that its journal keeps. */
const SOURCE = `import { me } from 'academy'
export default async function main() {
  for (let looks = 1; ; looks++) {
    await me.look()
    me.memory.looks = looks
  }
}`
const STATE_BYTES = 1024 * 1024

export type Frozen = { readonly ms: readonly number[]; readonly bundleBytes: number }

/** From its last turn at the one until it may have its next at the other: what its owner would see as standing still. */
export async function measureFrozen(trips: number): Promise<Frozen> {
  await using stack = new AsyncDisposableStack()
  const [one, two] = await Promise.all([startTestLink(), startTestLink()])
  for (const { link } of [one, two]) stack.use(link)
  grant(one, one, 'initial')
  grant(one, two, 'trusted')
  await two.link.dial(one.link.addresses())
  const lab = stack.use(await createTravelLab())
  let frozenAtMs = 0
  const ms: number[] = []
  let bundleBytes = 0
  const watching = (node: () => LabNode) => ({
    async freeze(id: string) {
      frozenAtMs = performance.now()
      await node().agents.travel.freeze(id)
    },
    async exported(id: string) {
      const bytes = await node().agents.travel.exported(id)
      bundleBytes = bytes.length
      return bytes
    },
    async thaw(id: string) {
      await node().agents.travel.thaw(id)
      ms.push(performance.now() - frozenAtMs)
    },
  })
  const nodes: LabNode[] = []
  for (const [i, { link }] of [one, two].entries())
    nodes.push(
      await lab.node(
        link,
        watching(() => nodes[i]!),
      ),
    )
  const [a, b] = nodes as [LabNode, LabNode]
  await a.person('ann')
  const { id } = await a.newAgent('ann', SOURCE)
  const started = await a.agents.start('ann', id)
  if (!started.ok) throw new Error(started.refusal.code)
  const journalBytes = async () => JSON.stringify(await a.store.turns(id)).length
  while ((await journalBytes()) < STATE_BYTES) for (let i = 0; i < 100; i++) await a.beat()
  let [from, to] = [a, b]
  for (let trip = 0; trip < trips; trip++) {
    const arrived = ms.length + 1
    const left = await from.migration.leave(id, to.id)
    if (!left.ok) throw new Error(`${left.code}: ${left.message}`)
    while (ms.length < arrived) await to.beat()
    await to.beat()
    ;[from, to] = [to, from]
  }
  return { ms, bundleBytes }
}
