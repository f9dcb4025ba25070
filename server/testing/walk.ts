/** People who walk a whole world by typed lines, its scripts running in a real sandbox: for tests of what authors have made. */
import { createSimulatedZones, type SimulatedZones, type SimulationOptions } from '../agents/simulation/zones.ts'
import { parseLine, runCommand, worldVerbs } from '../commands/index.ts'
import type { ZoneView } from '../engine/types.ts'
import type { CharacterRecord, WorldEvent } from '../protocol/events.ts'
import type { CharacterId, Json, Locale, PlaceId } from '../protocol/ids.ts'
import type { Refusal, RefusalCode } from '../protocol/refusals.ts'
import { audience, describeEvent, describeRefusal } from '../voice/index.ts'

export type Typed = {
  readonly ok: boolean
  readonly code?: RefusalCode
  /** Everything that the person was shown because of the line, the answers of scripts included. */
  readonly text: string
}

export type Walker = {
  readonly id: CharacterId
  readonly locale: Locale
  me(): CharacterRecord
  view(): ZoneView
  type(line: string): Promise<Typed>
}

export type Walk = {
  readonly zones: SimulatedZones
  /** Every event that has happened. */
  readonly events: readonly WorldEvent[]
  enter(name: string, options?: { locale?: Locale; place?: PlaceId }): Promise<Walker & { readonly greeting: string }>
  /** Lets so many tides pass; what each walker is shown meanwhile comes with their next line. */
  wait(ticks: number): Promise<void>
  /** What somebody has been shown since this was last asked. */
  heard(id: CharacterId): string
}

export function createWalk(options: Omit<SimulationOptions, 'run' | 'seed'> & { readonly seed?: string }): Walk {
  const zones = createSimulatedZones({ seed: 'walk', ...options, run: runCommand })
  const people = new Map<CharacterId, { readonly locale: Locale; readonly heard: string[] }>()
  const events: WorldEvent[] = []
  zones.onTurn(({ outcomes }, view) => {
    for (const outcome of outcomes) for (const event of outcome.events) tell(event, view)
  })

  function tell(event: WorldEvent, view: ZoneView): void {
    events.push(event)
    for (const id of audience(event, view)) {
      const person = people.get(id)
      const text = person && describeEvent(event, id, view, person.locale)?.text
      if (text !== undefined) person!.heard.push(text)
    }
  }

  function heard(id: CharacterId): string {
    return people.get(id)!.heard.splice(0).join('\n')
  }

  function walker(id: CharacterId, locale: Locale): Walker {
    const look = <T>(read: (view: ZoneView, me: CharacterRecord) => T): T => {
      const found = zones.read(id, (view, me) => ({ value: read(view, me) }))
      if (!found) throw new Error(`${id} is nowhere`)
      return found.value
    }
    const refused = (refusal: Refusal): Typed => ({
      ok: false,
      code: refusal.code,
      text: [heard(id), look((view) => describeRefusal(refusal, locale, view))].filter((t) => t !== '').join('\n'),
    })
    return {
      id,
      locale,
      me: () => look((_, me) => me),
      view: () => look((view) => view),
      async type(line) {
        const meant = look((world, me) => parseLine(line, locale, { world, me }, worldVerbs))
        if (meant.kind === 'refusal') return refused(meant.refusal)
        if (meant.kind !== 'command') throw new Error(`"${line}" is no command of the world`)
        const { command, input } = meant
        if (command.show) {
          const shown = look((view, me) => command.show!(view, me, input, { locale }))
          if ('refusal' in shown) return refused(shown.refusal)
          return { ok: true, text: [heard(id), shown.text].filter((t) => t !== '').join('\n') }
        }
        const { verdict } = await zones.submit(id, command.name, input as Json)
        await zones.answer()
        return verdict.ok ? { ok: true, text: heard(id) } : refused(verdict.refusal)
      },
    }
  }

  return {
    zones,
    events,
    heard,
    async enter(name, { locale = 'en', place } = {}) {
      const id = `player_${name.toLowerCase()}` as CharacterId
      people.set(id, { locale, heard: [] })
      await zones.enter({ id, kind: 'player', name, locale, roles: ['learner'], ...(place && { place }) })
      await zones.answer()
      return { ...walker(id, locale), greeting: heard(id) }
    },
    async wait(ticks) {
      for (let i = 0; i < ticks; i++) {
        zones.beat()
        await zones.answer()
      }
    },
  }
}
