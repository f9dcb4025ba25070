/** Named channels that reach everybody who has joined them, wherever they are. */

import { SAY_MAX_CHARS } from '../../limits.ts'
import type { PlayerId } from '../../protocol/ids.ts'
import { guardTalk } from '../guard-talk.ts'
import { no, type Reply, reply, silence } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'
import { subcommand } from '../subcommand.ts'

export const CHANNELS = { chat: ['chat', 'чат'], newbie: ['newbie', 'новички', 'новичок'] } as const
type Channel = keyof typeof CHANNELS
const ACTS = { join: ['join', 'on', 'войти', 'вкл'], leave: ['leave', 'off', 'выйти', 'покинуть', 'выкл'] } as const

export const channel: SessionVerb = {
  name: 'channel',
  verbs: { en: ['channel', 'channels'], ru: ['канал', 'каналы'] },
  async run(args, session) {
    if (args === '') return reply(listOfChannels(session))
    const act = subcommand(args, ACTS)
    const named = subcommand(act ? act[1] : args, CHANNELS)
    if (!named) return no('no_such_channel')
    return act ? attend(session, named[0], act[0] === 'join') : speak(session, named[0], named[1])
  },
}

const talkOn = (name: Channel, verbs: SessionVerb['verbs']): SessionVerb => ({
  name,
  verbs,
  run: (args, session) => (args === '' ? no('nothing_to_say') : speak(session, name, args)),
})
export const chat = talkOn('chat', { en: ['chat'], ru: ['чат'] })
export const newbie = talkOn('newbie', { en: ['newbie'], ru: ['новички', 'новичок'] })

function listOfChannels(session: SessionContext): string {
  const joined = session.preferences().channels
  const lines = Object.keys(CHANNELS).map((name) =>
    session.words('channel.line', { channel: name, joined: joined.includes(name) ? 'yes' : 'no' }),
  )
  return [session.words('channel.head'), ...lines.map((l) => `  ${l}`)].join('\n')
}

async function attend(session: SessionContext, name: Channel, joining: boolean): Promise<Reply> {
  const others = session.preferences().channels.filter((c) => c !== name)
  await session.setPreferences({ channels: joining ? [...others, name] : others })
  return reply(session.words(joining ? 'channel.joined' : 'channel.left', { channel: name }))
}

function speak(session: SessionContext, name: Channel, text: string): Reply {
  if (text === '') return no('nothing_to_say')
  if (text.length > SAY_MAX_CHARS) return no('too_long', { max: SAY_MAX_CHARS })
  if (!session.preferences().channels.includes(name)) return no('not_on_channel')
  const { id, name: speaker } = session.person()
  const guarded = guardTalk(session.services, id, 'say', { text })
  if ('refusal' in guarded) return guarded
  const clean = (guarded.input as { readonly text: string }).text
  session.people.broadcast(name, id as PlayerId, (words) => ({
    kind: 'speech',
    text: words('channel.said', { channel: name, name: speaker, text: clean }),
  }))
  return silence
}
