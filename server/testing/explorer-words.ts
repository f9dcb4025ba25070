/** What the explorer types, in each language. */
import type { NpcDef, ThingDef } from '../engine/types.ts'
import type { Direction, Locale } from '../protocol/ids.ts'

export const WORDS = {
  en: {
    look: 'look at',
    read: 'read',
    take: 'take',
    open: 'open',
    unlock: 'unlock',
    lock: 'lock',
    drop: 'drop',
    wear: 'wear',
    use: 'use',
    push: 'push',
    pull: 'pull',
    enter: 'enter',
    buy: 'buy',
    list: 'list',
    talk: 'talk to',
    eat: 'eat',
    drink: 'drink',
    inventory: 'inventory',
    search: 'search',
    map: 'map',
    exits: 'exits',
    where: 'where',
  },
  ru: {
    look: 'осмотреть',
    read: 'читать',
    take: 'взять',
    open: 'открыть',
    unlock: 'отпереть',
    lock: 'запереть',
    drop: 'бросить',
    wear: 'надеть',
    use: 'использовать',
    push: 'толкнуть',
    pull: 'потянуть',
    enter: 'войти',
    buy: 'купить',
    list: 'товары',
    talk: 'поговорить с',
    eat: 'есть',
    drink: 'пить',
    inventory: 'инвентарь',
    search: 'искать',
    map: 'карта',
    exits: 'выходы',
    where: 'где',
  },
} as const satisfies Record<Locale, Record<string, string>>

export const ASK: Readonly<Record<Locale, (npc: NpcDef, about: string) => string>> = {
  en: (npc, about) => `ask ${npc.name.en.forms.nom} about ${about}`,
  ru: (npc, about) => `спросить ${npc.name.ru.forms.acc} про ${about}`,
}
export const GIVE: Readonly<Record<Locale, (thing: ThingDef, npc: NpcDef) => string>> = {
  en: (thing, npc) => `give ${thing.name.en.forms.nom} to ${npc.name.en.forms.nom}`,
  ru: (thing, npc) => `дать ${thing.name.ru.forms.acc} ${npc.name.ru.forms.dat}`,
}
export const USE_WITH: Readonly<Record<Locale, (thing: ThingDef, tool: ThingDef) => string>> = {
  en: (thing, tool) => `use ${tool.name.en.forms.nom} with ${thing.name.en.forms.nom}`,
  ru: (thing, tool) => `использовать ${tool.name.ru.forms.acc} с ${thing.name.ru.forms.ins}`,
}
export const NONSENSE = { en: 'zqzqzq', ru: 'ъхъхъх' } as const
export const STEPS = {
  en: {
    north: 'north',
    northeast: 'northeast',
    east: 'east',
    southeast: 'southeast',
    south: 'south',
    southwest: 'southwest',
    west: 'west',
    northwest: 'northwest',
    up: 'up',
    down: 'down',
    in: 'in',
    out: 'out',
  },
  ru: {
    north: 'север',
    northeast: 'северо-восток',
    east: 'восток',
    southeast: 'юго-восток',
    south: 'юг',
    southwest: 'юго-запад',
    west: 'запад',
    northwest: 'северо-запад',
    up: 'вверх',
    down: 'вниз',
    in: 'внутрь',
    out: 'наружу',
  },
} as const satisfies Record<Locale, Record<Direction, string>>
