/** Works on a part, whatever its kind: in a process of its own, or beside the node's other work in the sandbox's hosts. */
import type { Bundles } from '../../bundles/types.ts'
import type { JobModels } from '../../inference/types.ts'
import type { NodeId } from '../../link/types.ts'
import type { CompileResult, Sandbox, SourceFiles } from '../../sandbox/types.ts'
import { fromBytes, toBytes } from '../kinds/encoding.ts'
import { KINDS } from '../kinds/index.ts'
import type { JobKind } from '../kinds/kind.ts'
import type { WorkPool } from './pool.ts'

export type ExecutorParts = {
  readonly pool: WorkPool
  /** Hosts of the market's own, apart from agents'. */
  readonly sandbox: Sandbox
  readonly compile: (files: SourceFiles) => Promise<CompileResult>
  readonly bundles?: Bundles
  readonly models?: JobModels
  /** More kinds than the built-in ones. */
  readonly kinds?: readonly JobKind[]
}
export type Execution = {
  readonly kind: string
  readonly part: Uint8Array
  readonly fuel: number
  readonly memoryMb: number
  readonly buyer: NodeId
  readonly signal: AbortSignal
  readonly progress: (share: number) => void
}
export type Executor = {
  readonly kinds: ReadonlyMap<string, JobKind>
  /** The encoded outcome. Throws `WorkerFailed` for what is the worker's own misfortune. */
  run(execution: Execution): Promise<{ readonly bytes: Uint8Array; readonly fuel: number }>
  /** Whether this node has what parts of this kind need. Absent: it has. */
  has?(kind: string, needs: readonly string[]): boolean
  release(kind: string, part: Uint8Array): Promise<void>
  resize(hosts: number): void
  stats: WorkPool['stats']
}

export function createExecutor({ pool, sandbox, compile, bundles, models, kinds = KINDS }: ExecutorParts): Executor {
  const byName = new Map(kinds.map((kind) => [kind.name, kind]))
  return {
    kinds: byName,
    async run({ kind: name, part, buyer, signal, progress, ...task }) {
      const kind = byName.get(name)!
      if (!kind.perform) return pool.run({ kind: name, part, signal, progress, ...task })
      const services = { sandbox, compile, bundles, ...(models && { models }), buyer, signal, progress }
      const done = await kind.perform(fromBytes(part), services)
      return { bytes: toBytes(done.outcome), fuel: done.fuel }
    },
    has: (name, needs) => byName.get(name)?.has?.(needs, { ...(models && { models }) }) ?? true,
    async release(name, part) {
      await byName.get(name)?.release?.(fromBytes(part), { bundles })
    },
    resize: pool.resize,
    stats: pool.stats,
  }
}
