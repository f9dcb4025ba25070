/** Meets the nodes that connect: trusted ones of other owners become witnesses of the log here, and the log of an initial node is witnessed here. */
import type { Caller, Wire } from '../../link/types.ts'
import { formatKey, type NoteKey, parseKey } from '../../protocol/tlog/note.ts'
import { LOG_PROTOCOL, logAnswer } from './frames.ts'
import type { Roster } from './roster.ts'
import type { LogLog } from './types.ts'
import { meetWitness, wireWitness } from './wire.ts'
import type { WitnessLink } from './witness-link.ts'

type Parts = {
  readonly wire: Wire
  readonly roster: Roster
  /** Whose node this is: its own witnesses do not count. */
  readonly owner: string
  readonly log: LogLog
  readonly now?: () => number
}

export type Neighbours = {
  readonly links: () => readonly WitnessLink[]
  readonly logKey: (origin: string) => NoteKey | undefined
  readonly logNode: (origin: string) => string | undefined
  /** Looks at who is connected now; for nodes whose role became known after they connected. */
  look(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export function createNeighbours({ wire, roster, owner, log, now = Date.now }: Parts): Neighbours {
  const met = new Set<string>()
  const silent = new Set<string>()
  const links = new Map<string, WitnessLink>()
  const keys = new Map<string, NoteKey>()
  const under = new Set<Promise<void>>()
  const over = new AbortController()
  const closing = { signal: over.signal }

  const linksNow = (): readonly WitnessLink[] =>
    roster.witnesses().flatMap(({ key: text, node, owner: whose }) => {
      const key = parseKey(text)
      if (!key || whose === owner) return []
      const link = links.get(text) ?? wireWitness(wire, node, whose, key)
      links.set(text, link)
      return [link]
    })

  /** Once for each connection: a node that comes back may have begun another log. */
  async function meet({ node, owner: whose, role }: Caller): Promise<void> {
    if (whose === undefined || whose === owner || met.has(node) || (role !== 'trusted' && role !== 'initial')) return
    met.add(node)
    try {
      await (role === 'trusted' ? welcomeWitness(node, whose) : welcomeLog(node, whose))
      silent.delete(node)
    } catch (error) {
      if (over.signal.aborted) return
      met.delete(node)
      // Tried again at the next look; said once.
      if (!silent.has(node))
        log.warn({ node, why: String(error) }, 'a node did not say who it is in the matter of logs')
      silent.add(node)
    }
  }

  async function welcomeWitness(node: string, whose: string): Promise<void> {
    if (roster.witnesses().some((one) => one.node === node)) return
    const link = await meetWitness(wire, node, whose, over.signal)
    if (link && (await roster.addWitness({ key: formatKey(link.key), owner: whose, node, seenAtMs: now() })))
      log.info({ node, witness: link.key.name }, 'the log has a new witness')
  }

  async function welcomeLog(node: string, whose: string): Promise<void> {
    const answer = logAnswer.parse(
      await wire.request(node, LOG_PROTOCOL.protocol, { type: 'GET_CHECKPOINT' }, closing),
    )
    const key = answer.type === 'CHECKPOINT' ? parseKey(answer.key) : undefined
    if (key && (await roster.addLog({ key: formatKey(key), owner: whose, node, seenAtMs: now() })))
      log.info({ node, origin: key.name }, 'this node witnesses a log')
  }

  const start = (work: Promise<void>): void => {
    under.add(work)
    void work.finally(() => under.delete(work))
  }
  const unsubscribe = wire.onConnection((peer, state) => {
    if (state === 'open') start(meet(peer))
    else met.delete(peer.node)
  })

  return {
    links: linksNow,
    logKey(origin) {
      for (const { key: text } of roster.logs()) if (!keys.has(text)) keys.set(text, parseKey(text)!)
      return [...keys.values()].find(({ name }) => name === origin)
    },
    logNode: (origin) => roster.logs().find(({ key }) => key.startsWith(`${origin}+`))?.node,
    async look() {
      const here = wire.connected()
      await Promise.all(here.map(meet))
      for (const { node } of here) await roster.saw(node)
    },
    async [Symbol.asyncDispose]() {
      unsubscribe()
      over.abort(new Error('The node is closing.'))
      await Promise.allSettled(under)
    },
  }
}
