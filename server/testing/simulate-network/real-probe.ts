/** What links between real nodes on this machine are like while the run is under way: round trips with signed answers, dialling with greeting, and failing to. */

import { z } from 'zod'
import { openSigned, type Signed, sign } from '../../lib/signed.ts'
import type { HubAddress } from '../../link/registry/frames.ts'
import { NODE_PROTOCOL, nodeRequest } from '../../link/registry/frames.ts'
import { pingNode } from '../../link/registry/probe.ts'
import { pingAnswer } from '../../link/registry/registrar.ts'
import { startTestLink } from '../../link/testing/links.ts'
import type { NodeId } from '../../link/types.ts'
import type { Probed, Targets } from './real-messages.ts'

const NODES = 6
const HIDDEN = 2
const PINGS = 3
const PAUSE_MS = 20
const WARMING = 10

const ONE_WAY = { ...NODE_PROTOCOL, protocol: 'one-way' }
const sent = z.object({ atMs: z.number() })

const pause = () => new Promise((done) => setTimeout(done, PAUSE_MS))

export async function startTargets(hub: HubAddress): Promise<Targets> {
  const open: HubAddress[] = []
  const hidden: string[] = []
  for (let n = 0; n < NODES + HIDDEN; n++) {
    const isHidden = n >= NODES
    const { link, identity } = await startTestLink({ dhtServer: false, ...(isHidden && { listen: [] }) })
    link.serve(NODE_PROTOCOL, async (body) => {
      const request = nodeRequest.parse(body)
      return request.op === 'ping' ? pingAnswer(identity, request.nonce) : {}
    })
    link.serve(ONE_WAY, async ({ signed }) => {
      const { atMs } = openSigned('sent', signed as Signed, sent)!
      return { tookMs: performance.timeOrigin + performance.now() - atMs }
    })
    await link.dial(hub.addresses)
    if (isHidden) hidden.push(link.self)
    else open.push({ node: link.self, addresses: [...link.addresses()] })
  }
  return { open, hidden }
}

/** Two nodes of this process dial each other once: code that has never run is slow. */
export async function warmUp(): Promise<void> {
  const [a, b] = [await startTestLink({ dhtServer: false }), await startTestLink({ dhtServer: false })]
  for (let i = 0; i < WARMING; i++) {
    await a.link.dial(b.link.addresses())
    await a.link.request(b.link.self, 'greet', a.standing.greeting())
    await a.link.cut(b.link.self)
  }
  await Promise.all([a, b].map(({ link }) => link[Symbol.asyncDispose]()))
}

/** Again and again until the time is over. */
export async function probe(hub: HubAddress, targets: Targets, forMs: number): Promise<Probed> {
  const probed: Probed = {
    oneWayMs: [],
    rttMs: [],
    dialMs: [],
    dialHubMs: [],
    firstMs: [],
    failMs: [],
  }
  const untilMs = Date.now() + forMs
  do await round(hub, targets, probed)
  while (Date.now() < untilMs)
  return probed
}

/** One new node dials each of the others, and fails to reach the hidden ones. */
async function round(hub: HubAddress, { open, hidden }: Targets, probed: Probed): Promise<void> {
  const timed = async (into: number[], work: () => Promise<unknown>) => {
    await pause()
    const startedMs = performance.now()
    // On a busy machine it may run out of time.
    await work().then(
      () => into.push(performance.now() - startedMs),
      () => {},
    )
  }
  const oneWay = async (node: NodeId) => {
    await pause()
    const atMs = performance.timeOrigin + performance.now()
    const signed = sign('sent', { atMs }, identity.nodeKey)
    await link.request(node, ONE_WAY.protocol, { signed }).then(
      ({ tookMs }) => probed.oneWayMs.push(Number(tookMs)),
      () => {},
    )
  }
  const { link: started, identity } = await startTestLink({ dhtServer: false })
  await using link = started
  await timed(probed.dialHubMs, () => link.dial(hub.addresses))
  for (const { node, addresses } of open) {
    await timed(probed.dialMs, () => link.dial(addresses))
    await timed(probed.firstMs, () => pingNode(link, node))
    for (let i = 0; i < PINGS; i++) await timed(probed.rttMs, () => pingNode(link, node))
    for (let i = 0; i < PINGS; i++) await oneWay(node)
  }
  for (const node of hidden) await timed(probed.failMs, () => pingNode(link, node).catch(() => {}))
}
