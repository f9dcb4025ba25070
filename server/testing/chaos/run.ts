/** One run: a registry and three nodes, agents that travel between them, a network that loses, doubles, delays and reorders, and deaths. All of it follows from the seed. */
import { createHash } from 'node:crypto'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Frame } from '../../link/types.ts'
import { type AgentReport, type Doom, type Mutation, type NodeReport, REGISTRY, type Stimulus } from './messages.ts'
import type { Heard, NodePool, NodeRunner } from './processes.ts'
import { createRandom, type Random } from './random.ts'

export const NODES = ['local', 'trusted', 'other'] as const
const AGENTS = ['ann', 'ben'] as const
/** Trouble ends here; from then on everybody lives and the network is sound. */
const TROUBLE_MS = 90_000
/** Long enough for leases, expiries and the longest pauses to run out. */
const SETTLE_MS = 420_000
const LOOK_EVERY_MS = 20_000
const TURN_MS = 2_000

export type RunOptions = {
  readonly seed: number
  readonly pool: NodePool
  readonly dir: string
  readonly mutation?: Mutation
  /** Somebody dies at this place when they come to it, whatever else happens. */
  readonly target?: string
}
export type RunResult = {
  readonly seed: number
  readonly trace: string
  readonly lost: number
  readonly doubleOwned: number
  readonly doubledEffects: number
  /** Where somebody was killed. */
  readonly kills: readonly string[]
  readonly trips: number
  readonly returned: number
  readonly problems: readonly string[]
}

type Node = { runner: NodeRunner | undefined; life: number; readonly asked: Map<number, string> }
type Due = { readonly atMs: number; readonly order: number; readonly run: () => Promise<void> }

export async function chaosRun(options: RunOptions): Promise<RunResult> {
  const world = new ChaosWorld(options)
  try {
    return await world.play()
  } finally {
    world.giveBack()
  }
}

class ChaosWorld {
  private readonly random: Random
  private readonly trace = createHash('sha256')
  private readonly nodes = new Map<string, Node>()
  private readonly due: Due[] = []
  private readonly alive = new Map<string, Set<string>>()
  private readonly kills: string[] = []
  private readonly problems: string[] = []
  private readonly cuts = new Set<string>()
  private readonly options: RunOptions
  private readonly mutation: Mutation
  private nowMs = 0
  private order = 0
  private doubleOwned = 0
  private trips = 0
  private returned = 0
  private killsLeft: number
  private aimed = true
  private reports = new Map<string, NodeReport>()

  constructor(options: RunOptions) {
    this.options = options
    this.mutation = options.mutation ?? 'none'
    this.random = createRandom(options.seed)
    this.killsLeft = this.random.below(4)
  }

  async play(): Promise<RunResult> {
    rmSync(this.options.dir, { recursive: true, force: true })
    for (const name of [REGISTRY, ...NODES]) {
      mkdirSync(join(this.options.dir, name), { recursive: true })
      this.nodes.set(name, { runner: undefined, life: 0, asked: new Map() })
      await this.boot(name)
    }
    this.plan()
    while (this.due.length > 0) {
      const next = this.due.shift()!
      this.nowMs = next.atMs
      if (this.nowMs > TROUBLE_MS + SETTLE_MS) break
      await next.run()
      if (this.settledAtMs !== undefined) break
    }
    return this.result()
  }

  giveBack(): void {
    for (const { runner } of this.nodes.values()) if (runner) this.options.pool.giveBack(runner)
    rmSync(this.options.dir, { recursive: true, force: true })
  }

  // --- what is going to happen ------------------------------------------------------------------------------------------

  private plan(): void {
    for (let at = TURN_MS; at < TROUBLE_MS + SETTLE_MS; at += TURN_MS) this.at(at, () => this.turns())
    for (let at = 3_000; at < TROUBLE_MS; at += 1_000 + this.random.below(7_000)) this.at(at, () => this.hop())
    if (this.random.below(3) === 0) this.planCut()
    this.at(TROUBLE_MS, () => this.mend())
    for (let at = TROUBLE_MS + LOOK_EVERY_MS; at < TROUBLE_MS + SETTLE_MS; at += LOOK_EVERY_MS)
      this.at(at, () => this.look())
  }

  private planCut(): void {
    const name = this.random.pick(NODES)
    const fromMs = this.random.below(TROUBLE_MS)
    this.at(fromMs, async () => void this.cuts.add(name))
    this.at(fromMs + 5_000 + this.random.below(60_000), async () => void this.cuts.delete(name))
  }

  private at(atMs: number, run: () => Promise<void>): void {
    const due: Due = { atMs, order: ++this.order, run }
    let low = 0
    let high = this.due.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.due[middle]!.atMs <= atMs) low = middle + 1
      else high = middle
    }
    this.due.splice(low, 0, due)
  }

  private after(ms: number, run: () => Promise<void>): void {
    this.at(this.nowMs + ms, run)
  }

  private async turns(): Promise<void> {
    for (const name of NODES) await this.give(name, { type: 'turn' })
  }

  /** Whoever has it sends it somewhere else. */
  private async hop(): Promise<void> {
    const agent = this.random.pick(AGENTS)
    const at = [...(this.alive.get(agent) ?? [])][0]
    const dst = this.random.pick(NODES.filter((name) => name !== at))
    if (at) await this.give(at, { type: 'hop', agent, dst })
  }

  private async mend(): Promise<void> {
    this.cuts.clear()
    this.killsLeft = 0
    for (const [name, node] of this.nodes) if (!node.runner) await this.boot(name)
  }

  // --- nodes ------------------------------------------------------------------------------------------------------------

  private async boot(name: string): Promise<void> {
    const node = this.nodes.get(name)!
    if (node.runner) return
    node.runner = this.options.pool.take()
    node.life++
    node.asked.clear()
    this.note(`boot ${name} ${node.life}`)
    const agents = name === NODES[0] && node.life === 1 ? AGENTS : []
    const dir = join(this.options.dir, name)
    await this.give(name, {
      type: 'boot',
      node: name,
      dir,
      life: node.life,
      mutation: this.mutation,
      agents,
      doom: this.doomOf(name),
    })
  }

  private async give(name: string, stimulus: Stimulus): Promise<void> {
    const runner = this.nodes.get(name)?.runner
    if (!runner) return
    this.note(`${this.nowMs} ${name} < ${brief(stimulus)}`)
    const said = await runner.give(this.nowMs, stimulus)
    for (const one of said) this.heard(name, one)
  }

  private heard(name: string, said: Heard): void {
    this.note(`${this.nowMs} ${name} > ${brief(said)}`)
    const node = this.nodes.get(name)!
    const { life } = node
    const mine = (run: () => Promise<void>) => async () => {
      if (node.life === life && node.runner) await run()
    }
    switch (said.type) {
      case 'doomed':
        this.after(
          0,
          mine(() => this.die(name, said.place)),
        )
        return
      case 'timer':
        this.after(
          said.ms,
          mine(() => this.give(name, { type: 'timer', id: said.id })),
        )
        return
      case 'request':
        node.asked.set(said.rid, said.to)
        this.after(
          said.timeoutMs,
          mine(() => this.answer(name, said.rid, { error: 'E_TIMEOUT' })),
        )
        this.send(name, said.to, mine, said.rid, said.protocol, said.frame)
        return
      case 'answer':
        this.answers.get(`${name} ${life} ${said.rid}`)?.(said)
        this.answers.delete(`${name} ${life} ${said.rid}`)
        return
      case 'alive':
        this.isAlive(name, said.agent)
        return
      case 'rests':
        this.alive.get(said.agent)?.delete(name)
        return
      case 'told':
        if (said.step === 'arrived') this.trips++
        if (said.step === 'returned') this.returned++
        return
      case 'report':
        this.reports.set(name, said.report)
    }
  }

  private isAlive(name: string, agent: string): void {
    const where = this.alive.get(agent) ?? new Set()
    this.alive.set(agent, where.add(name))
    if (where.size < 2) return
    this.doubleOwned++
    this.problems.push(`${this.nowMs} ms: ${agent} is alive at ${[...where].join(' and ')}`)
  }

  // --- the network ------------------------------------------------------------------------------------------------------

  private readonly answers = new Map<string, (said: { frame?: Frame; error?: string }) => void>()
  private rids = 1_000_000

  private isCut = (a: string, b: string) => this.cuts.has(a) || this.cuts.has(b)

  /** When a message arrives, if it does; more than once when it is doubled. */
  private arrivals(): number[] {
    if (this.nowMs >= TROUBLE_MS) return [1 + this.random.below(5)]
    const chance = this.random.below(100)
    const copies = chance < 4 ? 0 : chance < 14 ? 2 : 1
    return Array.from({ length: copies }, () =>
      this.random.below(25) === 0 ? this.random.below(15_000) : 1 + this.random.below(40),
    )
  }

  private send(
    from: string,
    to: string,
    mine: (run: () => Promise<void>) => () => Promise<void>,
    rid: number,
    protocol: string,
    frame: Frame,
  ): void {
    if (!this.nodes.get(to)?.runner || this.isCut(from, to)) {
      this.after(
        this.random.below(300),
        mine(() => this.answer(from, rid, { error: 'E_UNREACHABLE' })),
      )
      return
    }
    for (const ms of this.arrivals()) {
      this.after(ms, async () => {
        const node = this.nodes.get(to)!
        if (!node.runner || this.isCut(from, to)) return
        const theirs = ++this.rids
        this.answers.set(`${to} ${node.life} ${theirs}`, (said) => {
          const back = { ...(said.frame && { frame: said.frame }), ...(said.error && { error: said.error }) }
          for (const later of this.arrivals())
            this.after(
              later,
              mine(async () => (this.isCut(from, to) ? undefined : this.answer(from, rid, back))),
            )
        })
        await this.give(to, { type: 'request', rid: theirs, from, protocol, frame })
      })
    }
  }

  /** The first answer counts, as on a wire. */
  private async answer(name: string, rid: number, said: { frame?: Frame; error?: string }): Promise<void> {
    if (this.nodes.get(name)!.asked.delete(rid)) await this.give(name, { type: 'answer', rid, ...said })
  }

  // --- deaths -----------------------------------------------------------------------------------------------------------

  /** Where the next life of a node ends, if it does. */
  private doomOf(name: string): Doom {
    const time = { fromMs: 2_500, untilMs: TROUBLE_MS }
    const [role, place] = [roleOf(name), this.options.target ?? '']
    const isAimedAt = this.aimed && place.startsWith(`${role} `)
    const isUnlucky = this.killsLeft > 0 && this.random.below(2) === 0
    return {
      ...time,
      ...(isUnlucky && { atPlace: 1 + this.random.below(300) }),
      ...(isAimedAt && { named: { place: place.slice(role.length + 1), time: 1 + this.random.below(2) } }),
    }
  }

  private async die(name: string, place: string): Promise<void> {
    const full = `${roleOf(name)} ${place}`
    if (full === this.options.target) this.aimed = false
    else this.killsLeft--
    this.kills.push(full)
    this.note(`${this.nowMs} kill ${name} ${place}`)
    const node = this.nodes.get(name)!
    const { runner } = node
    node.runner = undefined
    await runner!.kill()
    for (const where of this.alive.values()) where.delete(name)
    const awayMs = this.random.below(4) === 0 ? 35_000 + this.random.below(20_000) : this.random.below(5_000)
    this.after(awayMs, () => this.boot(name))
  }

  // --- the end ----------------------------------------------------------------------------------------------------------

  private settledAtMs: number | undefined

  private async look(): Promise<void> {
    this.reports = new Map()
    for (const name of this.nodes.keys()) await this.give(name, { type: 'report' })
    if (this.lostOnes().length === 0) this.settledAtMs = this.nowMs
  }

  /** What is not as it must be in the end, one sentence for each agent. */
  private lostOnes(): readonly string[] {
    const registry = this.reports.get(REGISTRY)
    return AGENTS.flatMap((agent) => {
      const found = NODES.flatMap((name) =>
        (this.reports.get(name)?.agents ?? [])
          .filter(({ id, alive }) => id === agent && alive)
          .map((one) => ({ name, one })),
      )
      const problem = problemOf(agent, found, registry)
      return problem ? [`${agent} ${problem}`] : []
    })
  }

  private result(): RunResult {
    const { seed } = this.options
    const lost = this.lostOnes()
    const effects = this.reports.get(REGISTRY)?.effects ?? []
    const doubled = effects.length - new Set(effects.map(({ agent, seq }) => `${agent} ${seq}`)).size
    this.note(`end ${JSON.stringify(effects)}`)
    return {
      seed,
      trace: this.trace.digest('hex'),
      lost: lost.length,
      doubleOwned: this.doubleOwned,
      doubledEffects: doubled,
      kills: this.kills,
      trips: this.trips,
      returned: this.returned,
      problems: [...this.problems, ...lost],
    }
  }

  private note(line: string): void {
    this.trace.update(`${line}\n`)
    if (process.env.CHAOS_TRACE) console.error(line)
  }
}

function problemOf(
  agent: string,
  found: readonly { readonly name: string; readonly one: AgentReport }[],
  registry: NodeReport | undefined,
): string | undefined {
  if (found.length !== 1) return `is alive at ${found.length} nodes`
  const { name, one } = found[0]!
  const owner = registry?.owners?.[agent]
  if (owner && owner.owner !== name) return `is alive at ${name} and belongs to ${owner.owner}`
  if (owner && owner.epoch !== one.epoch) return `lives at epoch ${one.epoch} of ${owner.epoch}`
  const heard = new Set((registry?.effects ?? []).filter((effect) => effect.agent === agent).map(({ seq }) => seq))
  const highest = Math.max(0, ...heard)
  if (one.count < highest) return `has forgotten what it did: it is at ${one.count} of ${highest}`
  if (one.count - heard.size > 2) return `was not heard: ${heard.size} of ${one.count}`
  return undefined
}

const roleOf = (name: string): string => (name === REGISTRY ? name : name === NODES[0] ? 'home' : 'host')

function brief(message: Stimulus | Heard): string {
  return JSON.stringify(message, (key, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : key === 'dir' ? undefined : value,
  )
}
