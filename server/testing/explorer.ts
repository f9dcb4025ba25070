/** Somebody who tries everything: looks at, reads, takes, opens, uses, asks, gives, buys and walks, until nothing is new. */

import { reachable } from '../commands/index.ts'
import type { Condition, NpcDef, ThingDef, WorldDef, ZoneView } from '../engine/types.ts'
import type { CharacterRecord, ItemRecord } from '../protocol/events.ts'
import type { Direction, PlaceId } from '../protocol/ids.ts'
import { seenExits } from '../voice/index.ts'
import { ASK, GIVE, NONSENSE, STEPS, USE_WITH, WORDS } from './explorer-words.ts'
import type { Typed, Walk, Walker } from './walk.ts'

export type Said = { readonly place: PlaceId; readonly line: string; readonly text: string }
export type Explored = {
  readonly places: ReadonlySet<PlaceId>
  /** Kinds of things that were in the hands at some time. */
  readonly had: ReadonlySet<string>
  readonly bought: ReadonlySet<string>
  readonly opened: ReadonlySet<string>
  readonly said: readonly Said[]
  /** What did not come to what it should have. */
  readonly problems: readonly string[]
}

/** Weight that is kept free for what comes. */
const KEEP_MAX_WEIGHT = 60
const ROUNDS_MAX = 8

export type ExploreOptions = {
  /** Lines typed in a place on every visit, before anything else: what nobody finds by trying. `~30` waits so many tides. */
  readonly rites?: Readonly<Record<PlaceId, readonly string[]>>
  /** Tides between two rounds. */
  readonly pauseTicks?: number
}

export async function explore(walk: Walk, me: Walker, options: ExploreOptions = {}): Promise<Explored> {
  const { locale } = me
  const words = WORDS[locale]
  const places = new Set<PlaceId>()
  const had = new Set<string>()
  const bought = new Set<string>()
  const opened = new Set<string>()
  /** What has been given to whom, and used with what. */
  const done = new Set<string>()
  const said: Said[] = []
  const problems: string[] = []
  const ways = new Map<PlaceId, Map<Direction, PlaceId>>()
  const seenWays = new Map<PlaceId, readonly Direction[]>()

  const def = () => me.view().def
  const thingOf = (item: ItemRecord) => def().things.get(item.thing)!
  const called = (thing: ThingDef) => (locale === 'en' ? thing.name.en.forms.nom : thing.name.ru.forms.acc)
  const carried = () => me.view().itemsOf(me.id)
  const holds = (thing: string) => carried().some((item) => item.thing === thing)
  const weight = () => carried().reduce((sum, item) => sum + thingOf(item).weight, 0)
  const note = (line: string, problem: string) => problems.push(`${me.me().place} «${line}»: ${problem}`)

  async function type(line: string): Promise<Typed> {
    const { place } = me.me()
    const typed = await me.type(line)
    said.push({ place, line, text: typed.text })
    return typed
  }

  /** Says a line that must show what is written under the key. */
  async function shows(line: string, key: string | undefined): Promise<void> {
    const { text } = await type(line)
    const wanted =
      key === undefined
        ? undefined
        : def()
            .text.get(key)
            ?.[locale].replace(/\{\w+\}[\s\S]*/, '')
    if (wanted !== undefined && !text.includes(wanted))
      note(line, `does not show ${key}, but “${text.slice(0, 120)}”`)
  }

  // --- one place -------------------------------------------------------------------------------------------------------

  async function visit(): Promise<void> {
    const place = def().places.get(me.me().place)!
    for (const line of options.rites?.[place.id] ?? []) {
      if (line.startsWith('~')) await walk.wait(Number(line.slice(1)))
      else await type(line)
      if (me.me().place !== place.id) return
    }
    for (const line of [locale === 'en' ? 'look' : 'смотреть', words.search, words.exits, words.map, words.where])
      await type(line)
    for (const { name, look, read } of place.details) {
      const noun = locale === 'en' ? name.en.forms.nom : name.ru.forms.acc
      await shows(`${words.look} ${noun}`, look)
      if (read) await shows(`${words.read} ${noun}`, read)
    }
    await things()
    for (const who of me.view().charactersIn(place.id)) await person(who)
    await trade()
    await things()
    await unburden()
  }

  const atHand = (): readonly ThingDef[] => {
    const view: ZoneView = me.view()
    return [...new Set(reachable(view, me.me()).map((item) => item.thing))].map((id) => def().things.get(id)!)
  }

  async function things(): Promise<void> {
    const { place } = me.me()
    for (const thing of atHand()) if (thing.kind === 'container') await open(thing)
    for (const thing of atHand()) {
      await shows(`${words.look} ${called(thing)}`, thing.look)
      if (thing.read) await type(`${words.read} ${called(thing)}`)
    }
    for (const thing of atHand()) if (!thing.fixed && thing.kind !== 'scenery' && !holds(thing.id)) await take(thing)
    for (const thing of atHand()) {
      await tryOut(thing)
      if (me.me().place !== place) return
    }
  }

  async function open(thing: ThingDef): Promise<void> {
    if (thing.key && holds(thing.key)) {
      const { ok } = await type(`${words.unlock} ${called(thing)}`)
      if (ok) opened.add(thing.id)
    }
    await type(`${words.open} ${called(thing)}`)
  }

  async function take(thing: ThingDef): Promise<void> {
    if (weight() + thing.weight > 90) return
    const { ok, code, text } = await type(`${words.take} ${called(thing)}`)
    if (ok && thing.kind === 'clothing') await type(`${words.wear} ${called(thing)}`)
    if (!ok && code !== 'hands_full' && code !== 'too_heavy' && thing.reactions.length === 0)
      note(`take ${thing.id}`, text)
    keepInMind()
  }

  const keepInMind = () => {
    for (const { thing } of carried()) had.add(thing)
  }

  /** Everything that its authors have thought of, and a little more. */
  async function tryOut(thing: ThingDef): Promise<void> {
    const verbs = new Set(thing.reactions.map(({ verb }) => verb))
    const { place } = me.me()
    for (const verb of ['use', 'push', 'pull', 'open', 'enter'] as const) {
      if (!verbs.has(verb) && !(thing.script && verb !== 'open' && verb !== 'enter')) continue
      const tools = new Set(
        thing.reactions.flatMap((reaction) => (reaction.verb === verb && reaction.with ? [reaction.with] : [])),
      )
      await type(`${words[verb]} ${called(thing)}`)
      if (me.me().place !== place) return
      for (const tool of tools)
        if (verb === 'use' && holds(tool)) {
          const { ok } = await type(USE_WITH[locale](thing, def().things.get(tool)!))
          if (ok) done.add(`${tool} ${thing.id}`)
        }
      keepInMind()
      if (me.me().place !== place) return
    }
  }

  async function person(who: CharacterRecord): Promise<void> {
    const npc = who.npc && def().npcs.get(who.npc)
    if (!npc) return
    const noun = npc.name[locale].forms
    await shows(`${words.look} ${locale === 'en' ? noun.nom : noun.acc}`, npc.look)
    await type(`${words.talk} ${locale === 'en' ? noun.nom : noun.ins}`)
    for (const topic of npc.topics) for (const word of topic.words[locale]) await askAbout(npc, topic.topic, word)
    if (npc.fallback) await shows(ASK[locale](npc, NONSENSE[locale]), npc.fallback)
    for (const { thing, text } of npc.wants) {
      if (!holds(thing)) continue
      await shows(GIVE[locale](def().things.get(thing)!, npc), text)
      done.add(`${thing} ${npc.id}`)
      keepInMind()
    }
  }

  async function askAbout(npc: NpcDef, topic: string, word: string): Promise<void> {
    const isOpen = npc.topics.some((one) => one.topic === topic && (!one.when || me.view().holds(one.when, me.me())))
    const line = ASK[locale](npc, word)
    const before = walk.events.length
    await type(line)
    const heard = walk.events.slice(before).find((event) => event.type === 'spoke')
    if (isOpen && heard?.topic !== topic) note(line, `is about ${topic}, but heard as ${heard?.topic ?? 'nothing'}`)
  }

  async function trade(): Promise<void> {
    const sellers = me
      .view()
      .charactersIn(me.me().place)
      .flatMap((who) => (who.npc ? [def().npcs.get(who.npc)!] : []))
    if (sellers.every(({ sells, buys }) => sells.length === 0 && !buys)) return
    await type(words.list)
    for (const thing of sellers.flatMap(({ sells }) => sells)) {
      if (bought.has(thing)) continue
      const { ok, text } = await type(`${words.buy} ${called(def().things.get(thing)!)}`)
      if (ok && holds(thing)) bought.add(thing)
      else note(`buy ${thing}`, text)
      if (ok && def().things.get(thing)!.kind === 'clothing')
        await type(`${words.wear} ${called(def().things.get(thing)!)}`)
      keepInMind()
      await unburden()
    }
  }

  /** Keys and tools stay; the heaviest of the rest is put down. */
  async function unburden(): Promise<void> {
    while (weight() > KEEP_MAX_WEIGHT || carried().length > 15) {
      const [least] = carried()
        .map(thingOf)
        .toSorted((a, b) => worth(a) - worth(b) || b.weight - a.weight)
      const { ok } = await type(`${words.drop} ${called(least!)}`)
      if (!ok) return
    }
  }
  const worth = (thing: ThingDef) => {
    if (thing.kind === 'key' || thing.kind === 'clothing' || passes(def()).has(thing.id)) return 2
    return isNeeded(thing.id) ? 1 : 0
  }
  const isNeeded = (id: string): boolean =>
    [...def().things.values()].some((other) =>
      other.reactions.some((reaction) => reaction.with === id && !done.has(`${id} ${other.id}`)),
    ) ||
    [...def().npcs.values()].some(
      (npc) => npc.wants.some((want) => want.thing === id) && !done.has(`${id} ${npc.id}`),
    )

  // --- ways ------------------------------------------------------------------------------------------------------------

  async function step(direction: Direction): Promise<boolean> {
    const from = me.me().place
    const seen = seenExits(me.view(), me.me()).find(({ exit }) => exit.direction === direction)
    if (!seen) return false
    if (seen.door?.def.key && holds(seen.door.def.key) && (seen.door.locked || !opened.has(seen.door.def.id))) {
      const door = seen.door.def.name[locale].forms
      if (!seen.door.locked) await type(`${words.lock} ${locale === 'en' ? door.nom : door.acc}`)
      const { ok } = await type(`${words.unlock} ${locale === 'en' ? door.nom : door.acc}`)
      if (ok) opened.add(seen.door.def.id)
    }
    if (seenExits(me.view(), me.me()).find(({ exit }) => exit.direction === direction)?.door?.closed) {
      const door = seen.door!.def.name[locale].forms
      await type(`${words.open} ${locale === 'en' ? door.nom : door.acc}`)
    }
    await type(STEPS[locale][direction])
    const to = me.me().place
    if (to === from) return false
    if (!ways.has(from)) ways.set(from, new Map())
    ways.get(from)!.set(direction, to)
    return true
  }

  /** The first step of the shortest known way to a place that `wanted` accepts. */
  function firstStep(wanted: (place: PlaceId) => boolean): Direction | undefined {
    const from = me.me().place
    const seen = new Set([from])
    let front = [...(ways.get(from) ?? [])].map(([first, to]) => ({ first, to }))
    while (front.length > 0) {
      const next: typeof front = []
      for (const { first, to } of front) {
        if (seen.has(to)) continue
        seen.add(to)
        if (wanted(to)) return first
        for (const [, beyond] of ways.get(to) ?? []) next.push({ first, to: beyond })
      }
      front = next
    }
    return undefined
  }

  async function round(): Promise<void> {
    const visited = new Set<PlaceId>()
    const tried = new Set<string>()
    for (let steps = 0; steps < 5_000; steps++) {
      const here = me.me().place
      if (!visited.has(here)) {
        visited.add(here)
        places.add(here)
        await visit()
        continue
      }
      seenWays.set(
        here,
        seenExits(me.view(), me.me()).map(({ exit }) => exit.direction),
      )
      const untried = (place: PlaceId) =>
        seenWays.get(place)?.find((direction) => !tried.has(`${place} ${direction}`))
      const way = untried(here)
      if (way) {
        tried.add(`${here} ${way}`)
        await step(way)
        continue
      }
      const hasMore = (place: PlaceId) => !visited.has(place) || untried(place) !== undefined
      const next = firstStep(hasMore)
      if (!next) return
      if (!(await step(next))) ways.get(here)?.delete(next)
    }
  }

  const news = () => [places.size, had.size, opened.size, new Set(said.map(({ text }) => text)).size].join()
  for (let rounds = 0, before = ''; rounds < ROUNDS_MAX && before !== news(); rounds++) {
    before = news()
    await round()
    await walk.wait(options.pauseTicks ?? 700)
  }
  await type(words.inventory)
  return { places, had, bought, opened, said, problems }
}

/** Things without which some way is barred. */
function passes({ places }: WorldDef): ReadonlySet<string> {
  const found = new Set<string>()
  const read = (condition: Condition): void => {
    if (condition.op === 'call') for (const arg of condition.args) found.add(arg)
    else for (const part of condition.op === 'not' ? [condition.of] : condition.of) read(part)
  }
  for (const place of places.values()) for (const { lock } of place.exits.values()) if (lock) read(lock)
  return found
}
