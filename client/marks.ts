/** Marks that one's agents draw on the map: asked for when one comes in, then kept in step by what is told of the agents. */
import type { Agent } from '../server/protocol/api.ts'
import type { Output } from '../server/protocol/terminal.ts'
import type { Api } from './net/api.ts'
import type { MapMark, Store } from './state.ts'

type Deps = {
  readonly store: Store
  readonly api: Pick<Api, 'get'>
  readonly onOutput: (listener: (output: Output) => void) => () => void
}

const marksOf = ({ id, name, marks = [] }: Agent): readonly MapMark[] =>
  marks.map((mark) => ({ agent: id, by: name, ...mark }))

export function followMarks({ store, api, onOutput }: Deps): void {
  const take = (agent: Agent): void => {
    const now = store.get().marks
    const before = now.filter((mark) => mark.agent === agent.id)
    const after = marksOf(agent)
    if (JSON.stringify(before) === JSON.stringify(after)) return
    store.set({ marks: [...now.filter((mark) => mark.agent !== agent.id), ...after] })
  }
  onOutput(({ kind, data }) => {
    const agent = kind === 'agent' ? (data as { agent?: Agent } | undefined)?.agent : undefined
    if (typeof agent === 'object' && typeof agent.id === 'string') take(agent)
  })
  store.watch(
    ({ connection, player }) => (connection === 'online' ? player?.id : undefined),
    (player) => {
      if (player === undefined) return
      store.set({ marks: [] })
      void api
        .get<{ agents: readonly Agent[] }>('/api/v1/agents')
        .then(({ agents }) => agents.forEach(take))
        .catch(() => undefined)
    },
  )
}
