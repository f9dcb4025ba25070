/** Keeps one zone running: opens it from its journal, and opens it again when it has crashed, while the others play on. */
import { type Fault, openZoneRunner, type ZoneRunner, ZoneUnavailable } from '../engine/index.ts'
import type { CommandRunner, Journal, Outcome, WorldDef, ZoneInput, ZoneView } from '../engine/types.ts'
import { ZONE_REOPEN_MAX_MS, ZONE_REOPEN_MIN_MS, ZONE_WAIT_MAX_MS } from '../limits.ts'
import type { ZoneId } from '../protocol/ids.ts'
import type { RoomsLog } from './parts.ts'
import type { Turn } from './types.ts'

export type ZoneHost = AsyncDisposable & {
  readonly id: ZoneId
  isRunning(): boolean
  /** Waits for a zone that is being opened again, for a while; then throws ZoneUnavailable. */
  submit(input: ZoneInput): Promise<Outcome>
  /** Undefined while the zone is not to be had. */
  read<T>(look: (world: ZoneView) => T): T | undefined
  tide(): void
  reload(def: WorldDef): Promise<void>
}

export type ZoneHostParts = {
  readonly zone: ZoneId
  readonly def: () => WorldDef
  readonly seed: string
  readonly journal: Journal
  readonly run: CommandRunner
  readonly log: RoomsLog
  readonly onTurn: (turn: Turn, world: ZoneView) => void
  /** The zone runs, for the first time or again: what is known of it must be read anew. */
  readonly onOpen: (world: ZoneView) => void
}

export async function openZoneHost(parts: ZoneHostParts): Promise<ZoneHost> {
  const { zone, def, log } = parts
  let runner: ZoneRunner | undefined = await open()
  let reopening: Promise<void> | undefined
  let crashes = 0
  let closed = false
  runner.read(parts.onOpen)
  return {
    id: zone,
    isRunning: () => runner !== undefined,
    async submit(input) {
      return (await running()).submit(input)
    },
    read: (look) => runner?.read(look),
    tide: () => runner?.tide(),
    async reload(next) {
      await (await running()).reload(next)
      runner?.read(parts.onOpen)
    },
    async [Symbol.asyncDispose]() {
      closed = true
      await reopening
      await runner?.[Symbol.asyncDispose]()
    },
  }

  function open(): Promise<ZoneRunner> {
    const onFault = ({ kind, input, cause }: Fault) =>
      log.error({ err: cause, zone, kind, input: input.type }, 'a rule of the world failed')
    return openZoneRunner({
      zone,
      def: def(),
      seed: parts.seed,
      journal: parts.journal,
      run: parts.run,
      onFault,
      onTurn: parts.onTurn,
      onCrash: crashed,
      onSnapshotFailed: (error) => log.warn({ err: error, zone }, 'a snapshot could not be kept'),
    })
  }

  function crashed(error: unknown): void {
    log.error({ err: error, zone }, 'the zone has crashed; it is opened again from its journal')
    runner = undefined
    if (!closed) reopening ??= reopen()
  }

  async function reopen(): Promise<void> {
    while (!closed && !runner) {
      await new Promise((resolve) =>
        setTimeout(resolve, Math.min(ZONE_REOPEN_MIN_MS * 2 ** crashes, ZONE_REOPEN_MAX_MS)),
      )
      crashes++
      try {
        if (closed) break
        runner = await open()
        runner.read(parts.onOpen)
        log.info({ zone }, 'the zone runs again')
      } catch (error) {
        log.error({ err: error, zone }, 'the zone could not be opened again')
      }
    }
    reopening = undefined
    // A zone that runs for a while has earned its patience back.
    setTimeout(() => (crashes = 0), ZONE_REOPEN_MAX_MS).unref()
  }

  async function running(): Promise<ZoneRunner> {
    if (!runner && reopening) await Promise.race([reopening, deadline()])
    if (!runner) throw new ZoneUnavailable(zone)
    return runner
  }
}

const deadline = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, ZONE_WAIT_MAX_MS).unref())
