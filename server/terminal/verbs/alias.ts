/** Short words of one's own for one command or several. */

import { firstWord, normalise } from '../../commands/index.ts'
import { ALIAS_BODY_MAX_CHARS, ALIAS_NAME_MAX_CHARS, ALIASES_MAX } from '../../limits.ts'
import { no, type Reply, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'

export const alias: SessionVerb = {
  name: 'alias',
  verbs: { en: ['alias', 'aliases'], ru: ['сокращение', 'сокращения', 'псевдоним', 'алиас', 'алиасы'] },
  run(args, session) {
    if (args === '') return list(session)
    const [word, rest] = firstWord(args.replace(/\s*=\s*/, ' '))
    const name = normalise(word)
    return rest === '' ? forget(session, name) : keep(session, name, rest)
  },
}

function list(session: SessionContext): Reply {
  const aliases = Object.entries(session.preferences().aliases)
  if (aliases.length === 0) return reply(session.words('alias.none'))
  return reply([session.words('alias.head'), ...aliases.map(([name, body]) => `  ${name}: ${body}`)].join('\n'))
}

async function forget(session: SessionContext, name: string): Promise<Reply> {
  const { [name]: known, ...others } = session.preferences().aliases
  if (known === undefined) return no('bad_alias')
  await session.setPreferences({ aliases: others })
  return reply(session.words('alias.forgotten', { name }))
}

/** Its commands may not be aliases themselves, so that there can be no loop whatever is defined later. */
async function keep(session: SessionContext, name: string, body: string): Promise<Reply> {
  const { aliases } = session.preferences()
  const firsts = body.split(';').map((line) => normalise(firstWord(line)[0]))
  const isPlain = name.length <= ALIAS_NAME_MAX_CHARS && /^[\p{L}\d_-]+$/u.test(name) && !session.isVerb(name)
  const isLoop = firsts.some((first) => first === name || Object.hasOwn(aliases, first))
  if (!isPlain || isLoop || body.length > ALIAS_BODY_MAX_CHARS) return no('bad_alias')
  if (!Object.hasOwn(aliases, name) && Object.keys(aliases).length >= ALIASES_MAX) return no('alias_limit')
  await session.setPreferences({ aliases: { ...aliases, [name]: body } })
  return reply(session.words('alias.kept', { name, body }))
}
