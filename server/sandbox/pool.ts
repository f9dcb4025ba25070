/**
 * The sandbox as the rest of the node sees it: hosts started as needed, turns batched into one message per host, a watch from
 * outside that kills what stalls or grows and names whose turn it was. Nobody who calls it ever waits for a host.
 */

import { availableParallelism } from 'node:os'
import type { Clock } from '../lib/clock.ts'
import {
  SANDBOX_AGENTS_PER_HOST,
  SANDBOX_DRAIN_PER_LOOK,
  SANDBOX_EMPTY_HOST_MS,
  SANDBOX_HOST_RSS_MAX_MB,
  SANDBOX_LOADS_PER_HOST,
  SANDBOX_RETURNING_AT_ONCE,
  SANDBOX_RSS_DRAIN_SHARE,
  SANDBOX_STALL_MS,
  SANDBOX_STANDBY_AFTER_MS,
  SANDBOX_START_TIMEOUT_MS,
  SANDBOX_WATCH_INTERVAL_MS,
} from '../limits.ts'
import type { AgentTurn, AgentTurnResult } from '../protocol/agent-io.ts'
import type { AgentId } from '../protocol/ids.ts'
import { createBackoff } from './backoff.ts'
import { startHost } from './host-process.ts'
import { createLocator } from './locate.ts'
import type { FromHost, Slot } from './messages.ts'
import { fitting, kinIn, leastLoading } from './placement.ts'
import { createCalls } from './pool-calls.ts'
import { type Host, type LoadAnswer, newHost, type Resident } from './pool-host.ts'
import { isLast, loadMessage, toLoaded, toResult, turnText } from './translate.ts'
import type { AgentLoad, Loaded, Sandbox } from './types.ts'

export type SandboxLog = { info(fields: object, message: string): void; warn(fields: object, message: string): void }
export type SandboxDeps = { readonly log: SandboxLog; readonly clock: Clock }
export type SandboxOptions = {
  readonly agentsPerHost?: number
  readonly loadsPerHost?: number
  readonly stallMs?: number
  readonly hostRssMaxMb?: number
  readonly returningAtOnce?: number
}

export function createSandbox({ log, clock }: SandboxDeps, options: SandboxOptions = {}): Sandbox {
  const {
    agentsPerHost = SANDBOX_AGENTS_PER_HOST,
    loadsPerHost = SANDBOX_LOADS_PER_HOST,
    stallMs = SANDBOX_STALL_MS,
    hostRssMaxMb = SANDBOX_HOST_RSS_MAX_MB,
    returningAtOnce = SANDBOX_RETURNING_AT_ONCE,
  } = options
  const hosts = new Set<Host>()
  const residents = new Map<AgentId, Resident>()
  /** Of lost hosts, until they are loaded again. */
  const returning = new Set<AgentId>()
  const resultListeners = new Set<Parameters<Sandbox['onResult']>[0]>()
  const lostListeners = new Set<Parameters<Sandbox['onLost']>[0]>()
  const backoff = createBackoff(clock)
  const calls = createCalls({ hostForCalls, newSlot: () => nextSlot++, isClosed: () => closed, end })
  let nextSlot = 1
  let closed = false
  const watch = setInterval(() => {
    hosts.forEach(look)
    standBy()
  }, SANDBOX_WATCH_INTERVAL_MS)
  watch.unref()

  function spawn(forCalls = false): Host {
    const host: Host = newHost(
      startHost((message) => hear(host, message)),
      forCalls,
      clock.now(),
    )
    hosts.add(host)
    void host.process.gone.then(({ slot, how, said }) => bury(host, slot, how, said))
    return host
  }

  function hear(host: Host, message: FromHost): void {
    if (message.type === 'ready') {
      host.ready = true
      backoff.succeeded()
      return
    }
    host.busy--
    host.progressMs = clock.now()
    if (message.type === 'results') deliver(host, message)
    else if (message.type === 'loaded') finishLoad(host, message)
    else if (calls.finish(host, message)) retire(host)
  }

  function finishLoad(host: Host, message: Extract<FromHost, { type: 'loaded' }>): void {
    const resident = host.residents.get(message.slot)
    if (!resident?.loading) return
    const { loading } = resident
    delete resident.loading
    const answer = toLoaded(resident.agent, resident.program, message)
    if (answer.ok && answer.last?.memory !== undefined) resident.memory = answer.last.memory
    if (!answer.ok || answer.last?.error) resident.ended = true
    if (!answer.ok) forget(resident)
    loading(answer)
  }

  function deliver(host: Host, { results }: Extract<FromHost, { type: 'results' }>): void {
    const answers: AgentTurnResult[] = []
    for (const result of results) {
      const resident = host.residents.get(result.slot)
      if (!resident) continue
      resident.waiting--
      const answer = toResult(resident.agent, resident.program, result.tick, result, resident.memory)
      if (answer.memory !== undefined) resident.memory = answer.memory
      if (isLast(answer)) resident.ended = true
      answers.push(answer)
    }
    if (answers.length > 0) for (const listener of resultListeners) listener(answers)
    retire(host)
  }

  /** A host at the end of its planned life. One for calls goes as soon as nobody waits for it. */
  function retire(host: Host): void {
    if (host.loads < loadsPerHost || host.ending) return
    if (!host.forCalls) host.draining = true
    else if (host.busy === 0) end(host, 'recycled')
  }

  /** Takes a few agents out between their turns; they are restored elsewhere while the others go on. */
  function drain(host: Host): void {
    const free = [...host.residents.values()].filter(
      ({ waiting, loading, ended }) => ended || (waiting === 0 && !loading),
    )
    const leaving = free.slice(0, SANDBOX_DRAIN_PER_LOOK)
    for (const resident of leaving) {
      forget(resident)
      host.process.send({ type: 'unload', slot: resident.slot })
    }
    const agents = leaving.filter(({ ended }) => !ended).map(({ agent }) => agent)
    if (agents.length > 0) for (const listener of lostListeners) listener({ agents, reason: 'recycled' })
    if (host.residents.size === 0 && host.busy === 0) end(host, 'recycled')
  }

  function end(host: Host, why: string): void {
    host.ending ??= why
    host.process.kill()
  }

  /** Seen from outside: a host that has work and does not move on, does not start, or has grown too big. */
  function look(host: Host): void {
    if (host.ending) return
    const { steps } = host.process.mark()
    if (steps !== host.steps || (host.busy === 0 && host.ready)) host.progressMs = clock.now()
    host.steps = steps
    const still = clock.now() - host.progressMs
    if (still > (host.ready ? stallMs : SANDBOX_START_TIMEOUT_MS)) end(host, 'stalled')
    else lookAtSize(host)
  }

  function lookAtSize(host: Host): void {
    const rssMb = host.process.rssMb() ?? 0
    if (rssMb > hostRssMaxMb) end(host, 'out_of_memory')
    if (host.ending || host.forCalls || !host.ready || host === standby) return
    if (rssMb > hostRssMaxMb * SANDBOX_RSS_DRAIN_SHARE) host.draining = true
    if (host.draining) drain(host)
    else if (host.residents.size > 0) host.usedMs = clock.now()
    else if (clock.now() - host.usedMs > SANDBOX_EMPTY_HOST_MS && agentHosts().length > 1) end(host, 'recycled')
  }

  const agentHosts = () => [...hosts].filter((host) => !host.forCalls && !host.ending && host !== standby)

  /** Started and empty, so that the agents of a host that dies need not wait for another to start. */
  let standby: Host | undefined
  let busySinceMs: number | undefined
  function standBy(): void {
    if (!agentHosts().some(({ residents }) => residents.size > 0)) busySinceMs = undefined
    else busySinceMs ??= clock.now()
    if (standby || closed || busySinceMs === undefined || backoff.leftMs() > 0) return
    if (clock.now() - busySinceMs > SANDBOX_STANDBY_AFTER_MS) standby = spawn()
  }
  function takeStandby(): Host | undefined {
    const host = standby
    standby = undefined
    busySinceMs = undefined
    return host
  }

  function bury(host: Host, slot: Slot, how: string, said: string): void {
    hosts.delete(host)
    if (host === standby) takeStandby()
    const reason = host.ending ?? 'crashed'
    const lost = [...host.residents.values()].filter((resident) => !resident.ended)
    const culprit = reason === 'recycled' || closed ? undefined : host.residents.get(slot)?.agent
    host.residents.forEach(forget)
    if (closed) {
      settleLoads(lost, 'closed')
      calls.settle(host, 0, 'closed')
      return
    }
    if (reason === 'recycled') log.info({ agents: lost.length }, 'sandbox host replaced as planned')
    else log.warn({ how, reason, culprit, agents: lost.length, said }, 'sandbox host lost')
    if (!host.ready) backoff.failed()
    const running = lost.filter((resident) => !resident.loading).map((resident) => resident.agent)
    if (reason !== 'recycled') for (const agent of running) returning.add(agent)
    settleLoads(lost, reason)
    calls.settle(host, slot, reason)
    if (running.length > 0 || culprit)
      for (const listener of lostListeners) listener({ agents: running, culprit, reason })
  }

  /** A load whose host died under it fails; who asked may ask again. */
  function settleLoads(lost: readonly Resident[], reason: string): void {
    for (const { loading } of lost)
      loading?.({
        ok: false,
        error: { name: 'Stopped', message: `The host was lost: ${reason}`, code: 'host_lost', params: { reason } },
      })
  }

  function forget(resident: Resident): void {
    resident.host.residents.delete(resident.slot)
    if (residents.get(resident.agent) === resident) residents.delete(resident.agent)
  }

  let callHost: Promise<Host> | undefined
  async function hostForCalls(): Promise<Host> {
    const ready = [...hosts].find((host) => host.forCalls && !host.ending && host.loads < loadsPerHost)
    if (ready) return ready
    callHost ??= backoff.pause().then(() => {
      callHost = undefined
      return spawn(true)
    })
    return callHost
  }

  const hasRoom = (host: Host): boolean =>
    !host.draining && host.residents.size < agentsPerHost && host.loads < loadsPerHost

  function hostWithRoom(near: string | undefined, isReturning: boolean): Host | undefined {
    const fit = fitting(agentHosts().filter(hasRoom), near, agentsPerHost)
    const host = isReturning ? leastLoading(fit, returningAtOnce, availableParallelism()) : fit[0]
    return host ?? takeStandby() ?? (backoff.leftMs() > 0 ? fit[0] : spawn())
  }

  async function load(agent: AgentLoad): Promise<Loaded | Extract<LoadAnswer, { ok: false }>> {
    const key = agent.key ?? agent.self.id
    const isReturning = returning.delete(key)
    await unload(key)
    let host: Host | undefined
    while (!host && !closed) {
      host = hostWithRoom(agent.near, isReturning)
      if (!host) await backoff.pause()
    }
    if (!host) {
      return {
        ok: false,
        error: {
          name: 'Stopped',
          message: 'The sandbox is closed.',
          code: 'host_lost',
          params: { reason: 'closed' },
        },
      }
    }
    const slot = nextSlot++
    return new Promise((resolve) => {
      const resident: Resident = {
        agent: key,
        program: agent.program,
        host,
        slot,
        near: agent.near,
        waiting: 0,
        ended: false,
        memory: agent.memory,
        loading: resolve,
      }
      host.residents.set(slot, resident)
      residents.set(resident.agent, resident)
      host.loads++
      host.busy++
      host.process.send(loadMessage(slot, agent))
    })
  }

  async function unload(agent: AgentId): Promise<void> {
    returning.delete(agent)
    const resident = residents.get(agent)
    if (!resident) return
    forget(resident)
    resident.loading?.({
      ok: false,
      error: { name: 'Stopped', message: 'Unloaded.', code: 'host_lost', params: { reason: 'unloaded' } },
    })
    resident.host.process.send({ type: 'unload', slot: resident.slot })
  }

  /** Between two turns it is taken out where a host has more of its kind; whoever has it in hand loads it again there. */
  function moveNear(agent: AgentId, near: string): void {
    const resident = residents.get(agent)
    if (!resident || resident.near === near) return
    resident.near = near
    if (resident.waiting > 0 || resident.loading || resident.ended) return
    const kin = kinIn(resident.host, near) - 1
    const better = agentHosts().some((host) => host !== resident.host && hasRoom(host) && kinIn(host, near) > kin)
    if (!better) return
    forget(resident)
    resident.host.process.send({ type: 'unload', slot: resident.slot })
    for (const listener of lostListeners) listener({ agents: [agent], reason: 'recycled' })
  }

  /** Those of one tide go to each host in one message, whichever zones they come from. */
  function turn(turns: readonly AgentTurn[]): void {
    for (const one of turns) {
      const resident = residents.get(one.agent)
      if (!resident || resident.ended) continue
      const { host, slot } = resident
      resident.waiting++
      if (host.outbox.length === 0) {
        host.busy++
        queueMicrotask(() => post(host))
      }
      host.outbox.push({ slot, ...turnText(one) })
    }
  }

  function post(host: Host): void {
    host.process.send({ type: 'turns', turns: host.outbox })
    host.outbox = []
  }

  const listen = <T>(set: Set<T>, listener: T) => {
    set.add(listener)
    return () => void set.delete(listener)
  }

  return {
    load,
    turn,
    unload,
    call: calls.call,
    near: moveNear,
    locate: createLocator({ stallMs, hostRssMaxMb }),
    onResult: (listener) => listen(resultListeners, listener),
    onLost: (listener) => listen(lostListeners, listener),
    stats: () => ({
      hosts: hosts.size - (standby ? 1 : 0),
      agents: residents.size,
      pids: [...hosts].flatMap(({ process }) => process.pid ?? []),
    }),
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(watch)
      backoff.cancel()
      const leaving = [...hosts].map((host) => host.process.gone)
      for (const host of hosts) end(host, 'closed')
      await Promise.all(leaving)
    },
  }
}
