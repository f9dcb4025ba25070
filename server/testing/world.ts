/** A small world for tests: two zones, six places, one of everything the engine knows. */
import type { WorldDef } from '../engine/types.ts'
import { buildWorld } from '../world/load.ts'
import { formatProblem } from '../world/problems.ts'

/** The files of the fixture; a test that wants another world changes a copy. */
export const FIXTURE_FILES: Readonly<Record<string, string>> = {
  'world.yaml': `
id: fixture
version: "1"
title: { en: Fixture Isles, ru: Пробные острова }
start: harbor:dock
languages: [en, ru]
`,
  'zones/harbor/zone.yaml': `
id: harbor
respawn: dock
light: 1
terrain: quay
`,
  'zones/harbor/places/dock.yaml': `
id: dock
at: [0, 0, 0]
exits:
  north: { to: market, door: gate }
  east: pier
spawn:
  - { thing: crate, max: 2, every: 10s }
  - { thing: lamp }
  - { thing: oil }
details: { crane: { read: dock.crane-plate } }
on:
  - { verb: enter, when: "not flag(harbor.arrived)", text: dock.arrive, effects: [{ do: flag, key: harbor.arrived }] }
doors: { gate: { closed: true, locked: false, key: brass-key } }
`,
  'zones/harbor/places/market.yaml': `
id: market
at: [0, -1, 0]
exits:
  in: { to: warehouse, lock: "has(brass-key) or role(mentor)", fail: warehouse.locked }
  north: loopworks:road
spawn:
  - { thing: notice }
  - { thing: bench }
`,
  'zones/harbor/places/pier.yaml': `
id: pier
at: [1, 0, 0]
light: 0
spawn:
  - { thing: chest }
  - { thing: brass-key, inside: chest }
  - { npc: rat, max: 2, every: 10s }
`,
  'zones/harbor/places/warehouse.yaml': `
id: warehouse
at: [1, -1, 0]
terrain: inside
spawn: [{ thing: crank }, { thing: oilskin }]
`,
  'zones/harbor/items.yaml': `
crate: { kind: thing, weight: 20, reset: 30s }
brass-key: { kind: key }
oil: { kind: tool }
lamp:
  kind: lamp
  fixed: true
  states: [dark, lit]
  stateText: { dark: lamp.dark, lit: lamp.lit }
  light: { lit: 3 }
  reset: 60s
  reactions:
    - { verb: use, with: oil, consumes: true, from: dark, to: lit, text: lamp.lights, others: lamp.lights-others, fail: lamp.needs-oil,
        effects: [{ do: flag, key: harbor.lamp-lit }] }
    - { verb: use, from: lit, fail: lamp.burns }
chest: { kind: container, fixed: true, capacity: 5, open: false }
notice: { kind: readable, fixed: true, read: notice.read }
bench: { kind: scenery, seat: true }
crank:
  kind: machine
  states: [up, down]
  script: crane.onUse
  reactions:
    - { verb: pull, from: up, to: down, text: crank.pulled, effects: [{ do: zonevar, key: crane-turns, value: 1 }] }
    - { verb: push, from: down, to: up }
oilskin: { kind: clothing }
bread: { kind: food, price: "500000" }
tea: { kind: drink, price: "200000" }
`,
  'zones/harbor/npcs.yaml': `
keeper:
  at: dock
  glyph: K
  greet: keeper.greet
  topics:
    - { topic: lamp, when: "not state(lamp, lit)", text: keeper.lamp-dark }
    - { topic: lamp, text: keeper.lamp-lit, effects: [{ do: flag, key: harbor.lamp-lesson }] }
  fallback: keeper.shrug
  wants: [{ thing: crate, text: keeper.thanks, effects: [{ do: give, thing: bread }] }]
trader:
  at: market
  sells: [bread, tea]
  buys: true
rat: { idle: [rat.squeak, rat.scratch], idleEvery: 5s, wander: [pier, dock], wanderEvery: 4s }
`,
  'zones/harbor/scripts/crane.js': `
export function onUse(ctx) {
  return [{ do: 'zonevar', key: 'crane-load', value: ctx.state }, { do: 'say', text: 'crane.creaks' }]
}
`,
  'zones/harbor/text/en.yaml': `
zone: Test Harbour
places:
  dock: { name: The Dock, text: Wet planks and a dark sea., details: { crane: { name: crane, article: the, aliases: [hoist] } } }
  market: { name: Market, text: Empty stalls. }
  pier: { name: The Pier, text: The end of the land. }
  warehouse: { name: Warehouse, text: It smells of rope. }
doors: { gate: { name: iron gate, article: the, aliases: [gate] } }
things:
  crate: { name: crate }
  brass-key: { name: brass key, aliases: [key] }
  oil: { name: lamp oil, article: some, aliases: [oil] }
  lamp: { name: lamp }
  chest: { name: old chest, aliases: [chest] }
  notice: { name: notice }
  bench: { name: bench }
  crank: { name: crank }
  oilskin: { name: oilskin }
  bread: { name: bread, article: some }
  tea: { name: tea, article: some }
npcs:
  keeper: { name: keeper, article: the, topics: { lamp: [lamp, light] } }
  trader: { name: trader, article: the }
  rat: { name: rat }
lines:
  dock.arrive: You step off the ferry.
  dock.crane: It leans over the water.
  dock.crane-plate: "Load: three crates."
  warehouse.locked: The brass key would open it.
  crate.look: Planks and nails.
  brass-key.look: Worn thin.
  oil.look: A full can.
  lamp.look: A lamp on a post.
  lamp.dark: It is dark.
  lamp.lit: It burns.
  lamp.lights: The wick takes.
  lamp.lights-others: "{Actor} lights the lamp."
  lamp.needs-oil: It wants oil.
  lamp.burns: It burns already.
  chest.look: Iron bands.
  notice.look: A sheet of paper.
  notice.read: Lamps wanted.
  bench.look: Two planks.
  crank.look: A long handle.
  crank.pulled: The crank goes down.
  crane.creaks: The crane creaks.
  oilskin.look: Yellow once.
  bread.look: A heel of bread.
  tea.look: Hot.
  keeper.look: Old and awake.
  keeper.greet: You came, then.
  keeper.lamp-dark: It wants oil.
  keeper.lamp-lit: That is better.
  keeper.shrug: The keeper shrugs.
  keeper.thanks: One more “saved”, says your keeper.
  trader.look: Thin and quick.
  rat.look: Wet.
  rat.squeak: The rat squeaks.
  rat.scratch: The rat scratches.
`,
  'zones/harbor/text/ru.yaml': `
zone: Пробная гавань
places:
  dock: { name: Причал, text: Мокрые доски и тёмное море., details: { crane: { forms: "кран||а|у||ом|е", gender: m, aliases: [лебёдка] } } }
  market: { name: Рынок, text: Пустые прилавки. }
  pier: { name: Пирс, text: Край земли. }
  warehouse: { name: Склад, text: Пахнет верёвкой. }
doors: { gate: { forms: "железн|ые|ых|ым|ые|ыми|ых ворот|а||ам|а|ами|ах", gender: pl, aliases: [ворота] } }
things:
  crate: { forms: "ящик||а|у||ом|е", gender: m }
  brass-key: { forms: "медн|ый|ого|ому|ый|ым|ом ключ||а|у||ом|е", gender: m, aliases: ["ключ||а|у||ом|е"] }
  oil: { forms: "лампов|ое|ого|ому|ое|ым|ом масл|о|а|у|о|ом|е", gender: n, aliases: ["масл|о|а|у|о|ом|е"] }
  lamp: { forms: "фонар|ь|я|ю|ь|ём|е", gender: m }
  chest: { forms: "стар|ый|ого|ому|ый|ым|ом сундук||а|у||ом|е", gender: m, aliases: [сундук] }
  notice: { forms: "объявлени|е|я|ю|е|ем|и", gender: n }
  bench: { forms: "скам|ья|ьи|ье|ью|ьёй|ье", gender: f }
  crank: { forms: "рукоят|ь|и|и|ь|ью|и", gender: f }
  oilskin: { forms: "плащ||а|у||ом|е", gender: m }
  bread: { forms: "хлеб||а|у||ом|е", gender: m }
  tea: { forms: "ча|й|я|ю|й|ем|е", gender: m }
npcs:
  keeper: { forms: "смотрител|ь|я|ю|я|ем|е", gender: m, topics: { lamp: [фонарь, лампа, свет] } }
  trader: { forms: "торгов|ец|ца|цу|ца|цем|це", gender: m }
  rat: { forms: "крыс|а|ы|е|у|ой|е", gender: f }
lines:
  dock.arrive: Ты сходишь с парома.
  dock.crane: Он склонился над водой.
  dock.crane-plate: "Груз: три ящика."
  warehouse.locked: Его открыл бы медный ключ.
  crate.look: Доски и гвозди.
  brass-key.look: Истёрт до тонкости.
  oil.look: Полная банка.
  lamp.look: Фонарь на столбе.
  lamp.dark: Он не горит.
  lamp.lit: Он горит.
  lamp.lights: Фитиль занимается.
  lamp.lights-others: "{Actor} зажигает фонарь."
  lamp.needs-oil: Ему нужно масло.
  lamp.burns: Он уже горит.
  chest.look: Железные полосы.
  notice.look: Лист бумаги.
  notice.read: Нужны фонари.
  bench.look: Две доски.
  crank.look: Длинная ручка.
  crank.pulled: Рукоять идёт вниз.
  crane.creaks: Кран скрипит.
  oilskin.look: Был жёлтым.
  bread.look: Горбушка.
  tea.look: Горячий.
  keeper.look: Старый и бодрый.
  keeper.greet: Пришёл всё-таки кто-то.
  keeper.lamp-dark: Ему нужно масло.
  keeper.lamp-lit: Так-то лучше.
  keeper.shrug: Смотритель пожимает плечами.
  keeper.thanks: Ещё один «цел», говорит твой смотритель.
  trader.look: Худой и быстрый.
  rat.look: Мокрая.
  rat.squeak: Крыса пищит.
  rat.scratch: Крыса скребётся.
`,
  'zones/loopworks/zone.yaml': `
id: loopworks
respawn: road
origin: [0, -10, 0]
`,
  'zones/loopworks/places/road.yaml': `
id: road
at: [0, 0, 0]
exits: { north: mill }
`,
  'zones/loopworks/places/mill.yaml': `
id: mill
at: [0, -1, 0]
terrain: inside
exits: { up: { to: road, oneWay: true } }
spawn: [{ thing: wheel }]
`,
  'zones/loopworks/items.yaml': `
wheel: { kind: machine, states: [still, turning], reactions: [{ verb: push, from: still, to: turning, text: wheel.turns }] }
`,
  'zones/loopworks/text/en.yaml': `
zone: Test Loopworks
places: { road: { name: Mill road, text: Ruts and puddles. }, mill: { name: The mill, text: A great room. } }
things: { wheel: { name: wheel, article: the } }
lines: { wheel.look: Taller than you., wheel.turns: It turns. }
`,
  'zones/loopworks/text/ru.yaml': `
zone: Пробная мельница
places: { road: { name: Дорога, text: Колеи и лужи. }, mill: { name: Мельница, text: Большой зал. } }
things: { wheel: { forms: "колес|о|а|у|о|ом|е", gender: n } }
lines: { wheel.look: Выше тебя., wheel.turns: Оно крутится. }
`,
}

/** The fixture, with files of it replaced (text) or left out (null). */
export function fixtureWorld(changes: Readonly<Record<string, string | null>> = {}): WorldDef {
  const files = Object.entries({ ...FIXTURE_FILES, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  )
  const loaded = buildWorld(new Map(files.sort(([a], [b]) => (a < b ? -1 : 1))))
  if (!loaded.ok) throw new Error(`the fixture world is wrong:\n${loaded.problems.map(formatProblem).join('\n')}`)
  return loaded.world
}
