/** A sandbox whose work can be waited for, so that a test's tides follow what has been asked and not the machine's speed. */
import type { AgentId } from '../protocol/ids.ts'
import type { Sandbox } from '../sandbox/types.ts'

export type WatchedSandbox = Sandbox & {
  /** Turns sent and not yet answered, by this one's caller. */
  out(): number
  /** Resolves when every turn sent has been answered or lost, nothing is being loaded, and what follows from it has been done. */
  settled(): Promise<void>
}

/** Rounds of the event loop in which nothing new was asked: what comes of an answer takes a few. */
const QUIET_ROUNDS = 6

export function watched(sandbox: Sandbox): WatchedSandbox {
  const out = new Set<AgentId>()
  let working = 0
  sandbox.onResult((results) => {
    for (const { agent } of results) out.delete(agent)
  })
  sandbox.onLost(({ agents, culprit }) => {
    for (const id of [...agents, ...(culprit ? [culprit] : [])]) out.delete(id)
  })
  const during = <T>(work: Promise<T>): Promise<T> => {
    working++
    return work.finally(() => working--)
  }
  return {
    ...sandbox,
    load(agent) {
      out.delete(agent.self.id)
      return during(sandbox.load(agent))
    },
    unload(agent) {
      out.delete(agent)
      return during(sandbox.unload(agent))
    },
    ...(sandbox.locate && { locate: (load) => during(sandbox.locate!(load)) }),
    turn(turns) {
      for (const { agent } of turns) out.add(agent)
      sandbox.turn(turns)
    },
    out: () => out.size,
    async settled() {
      for (let rounds = 0; rounds < QUIET_ROUNDS; ) {
        const isQuiet = out.size === 0 && working === 0
        rounds = isQuiet ? rounds + 1 : 0
        await new Promise<void>((resolve) => (isQuiet ? setImmediate(resolve) : setTimeout(resolve, 1)))
      }
    },
  }
}
