/** Settings of one's own: language, short descriptions, maps as lists, movement. */
import { firstWord, normalise } from '../../commands/index.ts'
import { isLocale, type Locale } from '../../protocol/ids.ts'
import { no, type Reply, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'
import { switchWord } from '../subcommand.ts'

const SWITCHES = {
  brief: ['brief', 'кратко'],
  reader: ['reader', 'чтец', 'списки'],
  motion: ['motion', 'движение'],
} as const
type Switch = keyof typeof SWITCHES
const LANGUAGE = ['language', 'locale', 'lang', 'язык']
const LANGUAGES: Readonly<Record<string, Locale>> = {
  english: 'en',
  английский: 'en',
  англ: 'en',
  russian: 'ru',
  русский: 'ru',
  рус: 'ru',
}

export const config: SessionVerb = {
  name: 'config',
  verbs: { en: ['config', 'settings', 'set'], ru: ['настройки', 'настройка', 'настроить'] },
  run(args, session) {
    if (args === '') return reply(listed(session), 'system', dataOf(session))
    const [word, value] = firstWord(args)
    const name = normalise(word)
    if (LANGUAGE.includes(name)) return setLanguage(session, normalise(value))
    const known = (Object.keys(SWITCHES) as Switch[]).find((key) =>
      (SWITCHES[key] as readonly string[]).includes(name),
    )
    return known ? flip(session, known, value) : no('unknown_setting')
  },
}

const dataOf = (session: SessionContext) => {
  const { brief, reader, motion } = session.preferences()
  return { config: { locale: session.locale(), brief, reader, motion } }
}

function listed(session: SessionContext): string {
  const preferences = session.preferences()
  const lines = (Object.keys(SWITCHES) as Switch[]).map((key) =>
    session.words(`config.${key}`, { on: preferences[key] ? 'yes' : 'no' }),
  )
  return [session.words('config.head'), session.words('config.language'), ...lines].join('\n  ')
}

async function setLanguage(session: SessionContext, value: string): Promise<Reply> {
  const locale = isLocale(value) ? value : LANGUAGES[value]
  if (!locale) return no('unknown_setting')
  await session.setLocale(locale)
  return reply(session.words('config.language_set'), 'system', dataOf(session))
}

async function flip(session: SessionContext, key: Switch, value: string): Promise<Reply> {
  const on = value === '' ? !session.preferences()[key] : switchWord(value)
  if (on === undefined) return no('unknown_setting')
  await session.setPreferences({ [key]: on })
  return reply(session.words(`config.${key}`, { on: on ? 'yes' : 'no' }), 'system', dataOf(session))
}
