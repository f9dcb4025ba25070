/** Building the world: looking its files over, and swapping them in with people inside. */
import { no, type Reply, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'
import type { WorldCheck } from '../types.ts'

async function tell(
  session: SessionContext,
  work: (() => Promise<WorldCheck>) | undefined,
  done: string,
): Promise<Reply> {
  if (!work) return no('not_here')
  const { ok, problems } = await work()
  if (ok) return reply(session.words(done))
  return reply(
    [session.words('builders.problems', { count: problems.length }), ...problems.map((p) => `  ${p}`)].join('\n'),
    'error',
  )
}

export const checkWorld: SessionVerb = {
  name: '@check',
  verbs: { en: ['@check'], ru: ['@проверить'] },
  roles: ['admin'],
  run: (_args, session) => tell(session, session.services.checkWorld, 'builders.fine'),
}

export const reloadWorld: SessionVerb = {
  name: '@reload',
  verbs: { en: ['@reload'], ru: ['@перезагрузить'] },
  roles: ['admin'],
  run: (_args, session) => tell(session, session.services.reloadWorld, 'builders.reloaded'),
}
