/** Words to an agent on a real node that is killed between its writes: the agent has each once, in order. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { startTestNetwork } from '../../link/testing/networks.ts'
import { type AgentNode, KILL_POINTS, startAgentNode } from './agent-node.ts'

const POLL = { timeout: 90_000, interval: 100 }

test('M11 AG48 a node is killed before and after the turn that takes words is journalled, and before and after they are marked: its agent has each once', {
  timeout: 400_000,
}, async () => {
  await using stack = new AsyncDisposableStack()
  const dir = await mkdtemp(join(tmpdir(), 'academy-words-'))
  stack.defer(() => rm(dir, { recursive: true, force: true }))
  const hub = stack.use(await startTestNetwork({ dataDir: join(dir, 'hub'), role: 'initial', name: 'Hub' }))
  let ben: AgentNode | undefined
  stack.defer(() => ben?.kill())
  const at = { node: hub.self, addresses: hub.addresses() }
  const start = async (): Promise<AgentNode> => {
    ben = await startAgentNode({ dataDir: join(dir, 'ben'), name: 'Ben', hub: at })
    const node = ben
    await vi.waitFor(async () => expect(await node.ask({ op: 'state' })).toMatchObject({ is: 'joined' }), POLL)
    return node
  }
  /** Until the way is there: a node that was killed a moment ago is looked for where it was. */
  const say = async (node: AgentNode, text: string) => {
    const from = { node: hub.self, id: 'player_ann', name: 'Ann' }
    const message = { id: `message_${text}`, from, to: { node: node.node, name: 'Lamp' }, text }
    for (;;) {
      try {
        return await hub.messages.send(message)
      } catch (error) {
        if (!/E_(UNREACHABLE|CLOSED|TIMEOUT)/.test((error as { code?: string }).code ?? '')) throw error
      }
    }
  }
  const heard = async (node: AgentNode) => (await node.ask<{ heard?: string[] }>({ op: 'heard' })).heard ?? []
  let node = await start()
  const all: string[] = []
  for (const at of KILL_POINTS) {
    const [before, during] = [`before ${at}`, `during ${at}`]
    all.push(before, during)
    await say(node, before)
    await expect.poll(() => heard(node), POLL).toEqual(all.slice(0, -1))
    await node.ask({ op: 'dieAt', at })
    const sent = say(node, during)
    await node.ended
    node = await start()
    await sent
    await expect.poll(() => heard(node), POLL).toEqual(all)
  }
  // The sender's next try of each comes to the same.
  for (const text of all) expect(await say(node, text)).toBe('delivered')
  all.push('after all')
  await say(node, 'after all')
  await expect.poll(() => heard(node), POLL).toEqual(all)
})
