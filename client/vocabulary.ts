/** The words that completion offers: verbs of both languages, ways out, and the names of what is here and in the hands. */
import { DIRECTIONS, LOCALES } from '../server/protocol/ids.ts'
import { message } from '../server/protocol/text/index.ts'
import type { State } from './state.ts'
import type { Vocabulary } from './terminal/complete.ts'
import { surroundings } from './ui/here.ts'

export function vocabularyOf(state: State): Vocabulary {
  const { locale, picture } = state
  const here = surroundings(state)
  const held = [...(picture?.items.values() ?? [])].filter((item) => item.place === '')
  const order = [locale, ...LOCALES.filter((other) => other !== locale)]
  const directions = (here?.exits ?? DIRECTIONS.map((direction) => ({ direction }))).map(({ direction }) => direction)
  const names = [...(here?.characters ?? []), ...(here?.items ?? []), ...held].map((one) => one.name[locale])
  const ways = directions.map((direction) => message(locale, `ui.direction.${direction}`))
  const verbs = order.flatMap((one) => message(one, 'ui.verbs').split(' '))
  return { verbs: [...ways, ...verbs], names: [...new Set([...names, ...ways])] }
}
