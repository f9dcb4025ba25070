/** Letters for people who are not here. */

import { firstWord } from '../../commands/index.ts'
import { newId } from '../../lib/ids.ts'
import { MAIL_TEXT_MAX_CHARS } from '../../limits.ts'
import { guardTalk } from '../guard-talk.ts'
import { withLetter } from '../kept.ts'
import { no, type Reply, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'
import { subcommand } from '../subcommand.ts'
import type { Letter } from '../types.ts'

const ACTS = {
  read: ['read', 'читать', 'прочитать'],
  delete: ['delete', 'remove', 'удалить'],
  list: ['list', 'список'],
} as const

export const mail: SessionVerb = {
  name: 'mail',
  verbs: { en: ['mail', 'letter'], ru: ['почта', 'письмо', 'письма'] },
  run(args, session) {
    const act = subcommand(args, ACTS)
    if (args === '' || act?.[0] === 'list') return list(session)
    if (!act) return write(session, args)
    return act[0] === 'read' ? open(session, act[1]) : remove(session, act[1])
  },
}

const lettersOf = async (session: SessionContext): Promise<readonly Letter[]> =>
  (await session.keeper.read(session.person().id)).letters

async function list(session: SessionContext): Promise<Reply> {
  const letters = await lettersOf(session)
  if (letters.length === 0) return reply(session.words('mail.none'))
  const lines = letters.map(
    (l, i) => `  ${i + 1}. ${session.words('mail.line', { name: l.fromName, read: l.read ? 'yes' : 'no' })}`,
  )
  return reply([session.words('mail.head'), ...lines, session.words('mail.how')].join('\n'))
}

const numbered = (letters: readonly Letter[], text: string): Letter | undefined =>
  letters[Number(text || letters.findIndex((l) => !l.read) + 1) - 1]

async function open(session: SessionContext, which: string): Promise<Reply> {
  const letter = numbered(await lettersOf(session), which)
  if (!letter) return no('no_such_letter')
  const read = (l: Letter): Letter => (l.id === letter.id ? { ...l, read: true } : l)
  await session.keeper.change(session.person().id, (now) => ({ ...now, letters: now.letters.map(read) }))
  return reply(session.words('mail.letter', { name: letter.fromName, text: letter.text }))
}

async function remove(session: SessionContext, which: string): Promise<Reply> {
  const letter = numbered(await lettersOf(session), which)
  if (!letter || which === '') return no('no_such_letter')
  await session.keeper.change(session.person().id, (now) => ({
    ...now,
    letters: now.letters.filter((l) => l.id !== letter.id),
  }))
  return reply(session.words('mail.removed', { name: letter.fromName }))
}

async function write(session: SessionContext, args: string): Promise<Reply> {
  const { accounts } = session.services
  if (!accounts) return no('not_here')
  const [name, text] = firstWord(args)
  if (text === '') return no('nothing_to_say')
  if (text.length > MAIL_TEXT_MAX_CHARS) return no('too_long', { max: MAIL_TEXT_MAX_CHARS })
  const to = await accounts.findByName(name)
  if (!to) return no('no_such_person', { name })
  const me = session.person()
  if (accounts.moderation.isBlocked(to.id, me.id)) return no('blocked')
  const guarded = guardTalk(session.services, me.id, 'tell', { text })
  if ('refusal' in guarded) return guarded
  const letter = {
    id: newId('letter', session.nowMs()),
    from: me.id,
    fromName: me.name,
    text: (guarded.input as { text: string }).text,
    atMs: session.nowMs(),
    read: false,
  }
  const box = await session.keeper.change(to.id, (now) => withLetter(now, letter))
  if (!box.letters.some((l) => l.id === letter.id)) return no('mail_full')
  session.people.tell(to.id, (words) => ({ kind: 'system', text: words('mail.came', { name: me.name }) }))
  return reply(session.words('mail.sent', { name: to.name }))
}
