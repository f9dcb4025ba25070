/** Take another name. */
import { newId } from '../../lib/ids.ts'
import { no, reply } from '../reply.ts'
import type { SessionVerb } from '../session-verb.ts'

export const name: SessionVerb = {
  name: 'name',
  verbs: { en: ['name', 'rename'], ru: ['имя', 'назваться', 'зовут'] },
  async run(args, session) {
    const { accounts, zones } = session.services
    if (args === '') return reply(session.words('name.now', { name: session.person().name }))
    if (!accounts) return no('not_here')
    const wanted = args.trim()
    if (wanted === session.person().name) return reply(session.words('name.now', { name: wanted }))
    const problem = accounts.moderation.nameProblem(wanted)
    if (problem) return no(problem)
    const person = await accounts.rename(session.person().id, wanted, {
      address: 'terminal',
      requestId: newId('req', session.nowMs()),
    })
    session.become(person)
    await zones.change(person.id, { name: person.name })
    return reply(session.words('name.changed', { name: person.name }), 'system', { name: person.name })
  },
}
