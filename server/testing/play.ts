/** Plays the fixture world by typed lines, without a node: for tests of commands and of what people read. */
import { parseLine, runCommand, worldVerbs } from '../commands/index.ts'
import { createZone, type Zone } from '../engine/index.ts'
import type { WorldDef } from '../engine/types.ts'
import type { CharacterRecord, WorldEvent } from '../protocol/events.ts'
import type { Json, Locale, PlaceId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import { audience, describeEvent, describeRefusal } from '../voice/index.ts'
import { fixtureWorld } from './world.ts'

export type Played = {
  readonly ok: boolean
  readonly code?: Refusal['code']
  /** What the one who typed was shown, line by line. */
  readonly text: string
  readonly events: readonly WorldEvent[]
  readonly value?: Json
}

export type Play = {
  readonly zone: Zone
  join(
    name: string,
    options?: { place?: PlaceId; locale?: Locale; kind?: CharacterRecord['kind']; roles?: CharacterRecord['roles'] },
  ): string
  me(id: string): CharacterRecord
  /** Types a line and says what came of it; throws for a verb that is the session's. */
  type(id: string, line: string): Played
  /** The same for several lines; the last one's result. */
  play(id: string, ...lines: readonly string[]): Played
  /** What an agent's call comes to. */
  call(id: string, command: string, input: Json): Played
  /** What somebody else was shown of those events. */
  seenBy(id: string, played: Played): string
}

export function createPlay(def: WorldDef = fixtureWorld(), zoneId = 'harbor'): Play {
  const zone = createZone({
    def,
    zone: zoneId,
    seed: 'test',
    onFault: ({ cause }) => {
      throw cause
    },
  })
  const { view } = zone
  let arrivals = 0

  const me = (id: string): CharacterRecord => {
    const who = view.state.characters.get(id)
    if (!who) throw new Error(`${id} is not here`)
    return who
  }
  const localeOf = (id: string): Locale => view.state.characters.get(id)?.locale ?? 'en'
  const seenBy = (id: string, { events }: Played): string =>
    events
      .filter((event) => audience(event, view).includes(id))
      .flatMap((event) => describeEvent(event, id, view, localeOf(id))?.text ?? [])
      .join('\n')
  const refused = (id: string, refusal: Refusal): Played => ({
    ok: false,
    code: refusal.code,
    text: describeRefusal(refusal, localeOf(id), view),
    events: [],
  })

  function call(id: string, command: string, input: Json): Played {
    const { verdict, events } = zone.apply(
      { type: 'command', actor: id, command, input },
      view.state.tick,
      runCommand,
    )
    if (!verdict.ok) return refused(id, verdict.refusal)
    const played: Played = { ok: true, text: '', events, value: verdict.value }
    return { ...played, text: seenBy(id, played) }
  }

  function type(id: string, line: string): Played {
    const meant = parseLine(line, localeOf(id), { world: view, me: me(id) }, worldVerbs)
    if (meant.kind === 'refusal') return refused(id, meant.refusal)
    if (meant.kind !== 'command') throw new Error(`"${line}" is no command of the world`)
    if (!meant.command.show) return call(id, meant.command.name, meant.input as Json)
    const shown = meant.command.show(view, me(id), meant.input, { locale: localeOf(id) })
    return 'refusal' in shown ? refused(id, shown.refusal) : { ok: true, text: shown.text, events: [] }
  }

  return {
    zone,
    me,
    type,
    call,
    seenBy,
    play: (id, ...lines) => lines.map((line) => type(id, line)).at(-1)!,
    join(
      name,
      { place = def.zones.get(zoneId)!.respawn, locale = 'en', kind = 'player', roles = ['learner'] as const } = {},
    ) {
      const id = `${kind}_${name.toLowerCase()}`
      const character: CharacterRecord = {
        id,
        kind,
        name,
        place,
        locale,
        roles,
        posture: 'standing',
        awake: true,
        home: def.start,
        vars: {},
        recent: [],
      }
      zone.apply({ type: 'arrive', id: `arrival-${++arrivals}`, character, items: [] }, view.state.tick, runCommand)
      return id
    },
  }
}
