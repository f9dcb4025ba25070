/** Runs what authors of the world have written for their machines: the same sandbox, fuel and isolation as learners' code. */
import type { WorldDef } from '../engine/types.ts'
import { SCRIPT_FUEL_MAX } from '../limits.ts'
import type { ProgramError } from '../protocol/agent-io.ts'
import type { Request } from '../protocol/events.ts'
import type { Json, ZoneId } from '../protocol/ids.ts'
import type { RefusalCode } from '../protocol/refusals.ts'
import type { CompileResult, Sandbox, SourceFiles } from '../sandbox/types.ts'

type ScriptRequest = Extract<Request, { kind: 'script' }>
type ScriptAnswer = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly code: RefusalCode }

export type WorldScriptsDeps = {
  /** As it is now: a reload brings other scripts. */
  readonly world: () => WorldDef
  readonly sandbox: Pick<Sandbox, 'call'>
  readonly compile: (files: SourceFiles) => CompileResult
  readonly log: { error(fields: object, message: string): void }
}
export type WorldScripts = (request: ScriptRequest, about: { readonly zone: ZoneId }) => Promise<ScriptAnswer>

/** Asked again about the same request it answers the same: chance comes with the request. */
export function createWorldScripts({ world, sandbox, compile, log }: WorldScriptsDeps): WorldScripts {
  const compiled = new Map<string, { readonly source: string; readonly result: CompileResult }>()

  function programOf(script: string, file: string): CompileResult | undefined {
    const [zone, name] = script.split(':') as [ZoneId, string]
    const source = world().zones.get(zone)?.scripts.get(name)
    if (source === undefined) return undefined
    const known = compiled.get(script)
    if (known?.source === source) return known.result
    const result = compile({ 'main.js': `export * from './${file}'`, [file]: source })
    compiled.set(script, { source, result })
    return result
  }

  return async ({ script, handler, args }, { zone }) => {
    const file = `${script.slice(script.indexOf(':') + 1)}.js`
    const about = { zone, script: `zones/${script.split(':')[0]}/scripts/${file}`, handler }
    const jams = (fields: object): ScriptAnswer => {
      log.error({ ...about, ...fields }, 'a script of the world failed')
      return { ok: false, code: 'jammed' }
    }
    const program = programOf(script, file)
    if (!program) return jams({ why: 'there is no such script' })
    if (!program.ok)
      return jams(program.diagnostics.map(({ line, column, message }) => ({ line, column, why: message }))[0] ?? {})
    const { seed, ...input } = args
    const answer = await sandbox.call({
      program: program.program,
      handler,
      input,
      seed: Number(seed),
      fuel: SCRIPT_FUEL_MAX,
    })
    if (answer.ok) return { ok: true, value: { effects: answer.value ?? [] } }
    return answer.error.code === 'busy' ? { ok: false, code: 'busy' } : jams(whereOf(answer.error))
  }
}

const whereOf = ({ code, name, message, line, column }: ProgramError) => ({
  code,
  line,
  column,
  why: message === '' ? code : `${name}: ${message}`,
})
