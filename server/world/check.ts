/** What can only be said of a world as a whole: cells, ways to get there, names that clash, prices, things nobody meets. */
import type { EffectDef, Noun, NpcDef, ThingDef } from '../engine/types.ts'
import { LOCALES } from '../protocol/ids.ts'
import type { PlaceDraft } from './places.ts'
import type { Problems, Spot } from './problems.ts'

export type Draft = {
  readonly start: string
  readonly startSpot: Spot
  readonly places: ReadonlyMap<string, PlaceDraft>
  readonly things: ReadonlyMap<string, ThingDef>
  readonly npcs: ReadonlyMap<string, NpcDef>
  spotOf(id: string): Spot
}

export function checkWorld(draft: Draft, problems: Problems): void {
  checkCells(draft, problems)
  checkReachable(draft, problems)
  for (const place of draft.places.values()) checkNames(place, draft, problems)
  checkShops(draft, problems)
  checkMet(draft, problems)
}

function checkCells({ places }: Draft, problems: Problems): void {
  const cells = new Map<string, string>()
  for (const { def, source } of places.values()) {
    const cell = def.at.join(', ')
    const other = cells.get(cell)
    if (other) problems.error(source.at('at'), `"${other}" is on map cell [${cell}] already`)
    else cells.set(cell, def.id)
  }
}

function effectsOf({ places, things, npcs }: Draft): EffectDef[] {
  return [
    ...[...places.values()].flatMap(({ def }) => def.on.flatMap((hook) => hook.effects)),
    ...[...things.values()].flatMap((thing) => thing.reactions.flatMap((reaction) => reaction.effects)),
    ...[...npcs.values()].flatMap((npc) => [...npc.topics, ...npc.wants].flatMap((part) => part.effects)),
  ]
}

function checkReachable(draft: Draft, problems: Problems): void {
  const { places, start, startSpot } = draft
  if (!places.has(start)) {
    problems.error(startSpot, `no place "${start}"`)
    return
  }
  const seen = new Set([start, ...effectsOf(draft).flatMap((effect) => (effect.do === 'move' ? [effect.to] : []))])
  for (const id of seen) for (const exit of places.get(id)?.exits.values() ?? []) seen.add(exit.to)
  for (const { def, source } of places.values()) {
    if (!seen.has(def.id)) problems.error(source.at('id'), `no way leads from "${start}" to here`)
  }
}

type Named = { readonly what: string; readonly name: Readonly<Record<'en' | 'ru', Noun>>; readonly spot: Spot }

/** Two names alike in one place leave a person with no way to say which; an alias that is another's name is doubtful. */
function checkNames({ def, source }: PlaceDraft, { things, npcs }: Draft, problems: Problems): void {
  const named: Named[] = def.details.map((detail) => ({
    what: detail.look,
    name: detail.name,
    spot: source.at('details'),
  }))
  for (const id of new Set(def.spawn.map((spawn) => spawn.thing ?? spawn.npc ?? ''))) {
    const known = things.get(id) ?? npcs.get(id)
    if (known) named.push({ what: id, name: known.name, spot: source.at('spawn') })
  }
  for (const locale of LOCALES) {
    const names = new Map<string, string>()
    for (const { what, name, spot } of named) {
      const nom = name[locale].forms.nom.toLowerCase()
      const other = names.get(nom)
      if (other) problems.error(spot, `"${nom}" names both "${other}" and "${what}" here`)
      names.set(nom, what)
    }
    for (const { what, name, spot } of named) {
      for (const alias of name[locale].aliases) {
        const other = names.get(alias)
        if (other && other !== what)
          problems.warn(spot, `"${alias}" is an alias of "${what}" and the name of "${other}" here`)
      }
    }
  }
}

function checkShops({ npcs, things, spotOf }: Draft, problems: Problems): void {
  for (const npc of npcs.values()) {
    for (const id of npc.sells) {
      const thing = things.get(id)
      if (thing && thing.priceMicro === undefined) problems.error(spotOf(npc.id), `sells "${id}", which has no price`)
      if (thing?.fixed) problems.error(spotOf(npc.id), `sells "${id}", which cannot be carried`)
    }
  }
}

function checkMet(draft: Draft, problems: Problems): void {
  const met = new Set<string | undefined>()
  for (const { def } of draft.places.values()) for (const spawn of def.spawn) met.add(spawn.thing)
  for (const npc of draft.npcs.values()) for (const id of npc.sells) met.add(id)
  for (const effect of effectsOf(draft)) if (effect.do === 'give' || effect.do === 'spawn') met.add(effect.thing)
  const zones = new Set([...draft.places.values()].map(({ scope }) => scope))
  for (const scope of zones) {
    for (const { source } of scope.zone.scripts.values())
      for (const [, name] of source.matchAll(/['"`]([a-z][a-z0-9-]*)['"`]/g)) met.add(scope.full(name!))
  }
  for (const id of draft.things.keys())
    if (!met.has(id)) problems.warn(draft.spotOf(id), `"${id}" is nowhere: spawned, sold and given by nobody`)
  for (const { def, source, scope } of draft.places.values()) {
    def.spawn.forEach((spawn, index) => {
      const inside = spawn.inside && draft.things.get(spawn.inside)
      if (inside && inside.kind !== 'container')
        scope.problems.error(source.at('spawn', index, 'inside'), `"${inside.id}" is no container`)
      if (spawn.thing && inside && draft.things.get(spawn.thing)?.fixed)
        scope.problems.warn(source.at('spawn', index), `"${spawn.thing}" cannot be taken out again`)
    })
  }
}
