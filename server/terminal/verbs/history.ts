/** What you have typed, numbered, and typing it again. */
import { no, reply } from '../reply.ts'
import type { SessionVerb } from '../session-verb.ts'

export const history: SessionVerb = {
  name: 'history',
  verbs: { en: ['history'], ru: ['история'] },
  run(_args, session) {
    const lines = session.history().map((line, i) => `  ${i + 1}. ${line}`)
    return reply([session.words('history.head'), ...lines].join('\n'))
  },
}

/** The line is put back in before verbs are looked at; this is here for the help and for `repeat` with nothing before it. */
export const repeat: SessionVerb = {
  name: 'repeat',
  verbs: { en: ['repeat', 'again'], ru: ['повторить', 'повтори', 'повтор', 'снова'] },
  run: () => no('no_history'),
}
