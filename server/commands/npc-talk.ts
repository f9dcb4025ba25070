/** How people of the world answer: by topics whose words they hear, else by shrugging. */
import { runEffects } from '../engine/effects.ts'
import type { NpcDef, TopicDef, ZoneView } from '../engine/types.ts'
import { NPC_SPEECH_PENDING_MAX } from '../limits.ts'
import type { CharacterRecord, WorldEvent } from '../protocol/events.ts'
import { LOCALES } from '../protocol/ids.ts'
import { stem } from './nouns.ts'
import { normalise } from './words.ts'

const npcOf = (world: ZoneView, who: CharacterRecord): NpcDef | undefined =>
  who.npc ? world.def.npcs.get(who.npc) : undefined

/** Stems set apart by blanks, so that phrases can be looked for whatever case and number they stand in. */
const heardAs = (text: string): string =>
  ` ${normalise(text)
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word !== '')
    .map(stem)
    .join(' ')} `

/** Length of the longest word of the topic that was heard; 0 for none. */
const mentions = (topic: TopicDef, heard: string): number =>
  Math.max(
    ...[topic.topic, ...LOCALES.flatMap((l) => topic.words[l])].map((word) => {
      const wanted = heardAs(word)
      return heard.includes(wanted) ? wanted.length : 0
    }),
  )

const isOpen = (world: ZoneView, actor: CharacterRecord, topic: TopicDef): boolean =>
  !topic.when || world.holds(topic.when, actor)

/** The one whose longest word was heard; of equals the first. */
export function findTopic(world: ZoneView, actor: CharacterRecord, npc: NpcDef, text: string): TopicDef | undefined {
  const heard = heardAs(text)
  let best: TopicDef | undefined
  let bestLength = 0
  for (const topic of npc.topics) {
    const length = mentions(topic, heard)
    if (length > bestLength && isOpen(world, actor, topic)) [best, bestLength] = [topic, length]
  }
  return best
}

/** The first of the people here who knows a word of it speaks up; nobody shrugs at what was not for them. */
export function overhear(world: ZoneView, actor: CharacterRecord, text: string): readonly WorldEvent[] {
  for (const who of world.charactersIn(actor.place)) {
    const npc = npcOf(world, who)
    const topic = npc && findTopic(world, actor, npc, text)
    if (topic) return answerWith(world, actor, who, topic)
  }
  return []
}

/** Spoken to by name: the topic, or the fallback, in a model's words where the world lets them have a voice. */
export function answerTo(
  world: ZoneView,
  actor: CharacterRecord,
  who: CharacterRecord,
  text: string,
  isAloud = false,
): readonly WorldEvent[] {
  const npc = npcOf(world, who)
  if (!npc) return []
  const topic = findTopic(world, actor, npc, text)
  if (topic) return answerWith(world, actor, who, topic)
  if (npc.fallback && npc.voice && mayThink(world, actor, who))
    return [think(world, actor, who, npc, { heard: text, isAloud, line: npc.fallback })]
  if (npc.fallback) return [spoke(actor, who, npc.fallback)]
  return [{ type: 'seen', place: actor.place, textKey: 'event.listens', params: { npc: npc.id }, to: actor.id }]
}

/** A word of welcome and what can be asked about. */
export function openTalk(world: ZoneView, actor: CharacterRecord, who: CharacterRecord): readonly WorldEvent[] {
  const npc = npcOf(world, who)
  if (!npc) return []
  const topics = [...new Set(npc.topics.filter((t) => isOpen(world, actor, t)).map((t) => t.topic))]
  const first = npc.greet ?? npc.fallback
  const textKey = topics.length ? 'event.topics' : 'event.nothing_to_ask'
  return [
    ...(first ? [spoke(actor, who, first)] : []),
    { type: 'seen', place: actor.place, textKey, params: { npc: npc.id, topics }, to: actor.id },
  ]
}

/** Agents get the authored line at once: a program must find the same each time it is tried. One thought at a time for each listener. */
function mayThink(world: ZoneView, actor: CharacterRecord, who: CharacterRecord): boolean {
  if (actor.kind !== 'player') return false
  let thinking = 0
  for (const { request } of world.state.pending.values()) {
    if (request.kind !== 'speech') continue
    if (request.to === actor.id || request.who === who.id || ++thinking >= NPC_SPEECH_PENDING_MAX) return false
  }
  return true
}

/** Of one topic the first that is open is what they say. */
const openTopics = (world: ZoneView, actor: CharacterRecord, npc: NpcDef): readonly TopicDef[] => {
  const open = npc.topics.filter((topic) => isOpen(world, actor, topic))
  return open.filter(({ topic }, i) => open.findIndex((other) => other.topic === topic) === i)
}

/** What they may draw on is fixed here, by what stands open to this listener now. */
const think = (
  world: ZoneView,
  actor: CharacterRecord,
  who: CharacterRecord,
  npc: NpcDef,
  said: { readonly heard: string; readonly isAloud: boolean; readonly line: string },
): WorldEvent => ({
  type: 'requested',
  id: world.freshId('speech'),
  by: actor.id,
  request: {
    kind: 'speech',
    who: who.id,
    npc: npc.id,
    place: actor.place,
    to: actor.id,
    locale: actor.locale ?? 'en',
    known: [...(npc.greet ? [npc.greet] : []), ...openTopics(world, actor, npc).map(({ text }) => text)],
    ...said,
  },
})

const spoke = (actor: CharacterRecord, who: CharacterRecord, textKey: string, topic?: string): WorldEvent => ({
  type: 'spoke',
  who: who.id,
  place: actor.place,
  textKey,
  params: { actor: actor.id },
  ...(topic !== undefined && { topic }),
})

function answerWith(
  world: ZoneView,
  actor: CharacterRecord,
  who: CharacterRecord,
  topic: TopicDef,
): readonly WorldEvent[] {
  const effects = runEffects(world, topic.effects, { actor, place: actor.place, verb: 'say' })
  return [spoke(actor, who, topic.text, topic.topic), ...(effects.ok ? effects.events : [])]
}
