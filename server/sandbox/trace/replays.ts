/** What the page needs of the node to replay a recording: the frame that it runs in, and its program with hooks. */
import { REPLAY_STEPS_MAX, REPLAY_VALUES_MAX_CHARS } from '../../limits.ts'
import { API_EXPORTS } from '../../protocol/agent-api/definition.ts'
import { compileSnippet } from '../snippet.ts'
import { beginning } from '../translate.ts'
import type { CompileOptions, CompileResult, Replays, SourceFiles } from '../types.ts'
import { unwound } from './circles.ts'
import { replayFrame } from './frame.ts'

type Compile = (files: SourceFiles, options: CompileOptions) => Promise<CompileResult> | CompileResult

function codes(lines: readonly string[]): Readonly<Record<string, string>> {
  const compiled = lines.map((line) => [line, compileSnippet(line)] as const)
  return Object.fromEntries(compiled.flatMap(([line, made]) => (made.ok ? [[line, made.code]] : [])))
}

export function createReplays({ compile }: { readonly compile: Compile }): Replays {
  return {
    frame: replayFrame(),
    async prepare({ sources, self, memory, limits, lines = [] }) {
      const compiled = await compile(sources, { trace: true })
      if (!compiled.ok) return compiled
      const { hash, entry, modules, points = [] } = compiled.program
      return {
        ok: true,
        plan: {
          hash,
          program: { entry, modules: unwound(modules, entry) },
          points,
          init: beginning({ self, memory, limits }),
          exports: API_EXPORTS,
          lines: codes(lines),
          limits: {
            fuelPerTurn: limits.fuelPerTurn,
            fuelBurst: limits.fuelBurst,
            steps: REPLAY_STEPS_MAX,
            values: REPLAY_VALUES_MAX_CHARS,
          },
        },
      }
    },
  }
}
