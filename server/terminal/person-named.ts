/** The person somebody means by a name: those who are awake first, then everybody who has an account. */
import type { PlayerId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import type { SessionContext } from './session-verb.ts'

export type Named = { readonly id: PlayerId; readonly name: string } | { readonly refusal: Refusal }

export async function personNamed({ services }: Pick<SessionContext, 'services'>, text: string): Promise<Named> {
  const name = text.trim()
  if (name === '') return { refusal: { code: 'bad_arguments' } }
  const person = await services.accounts?.findByName(name)
  if (person) return { id: person.id, name: person.name }
  const awake = services.zones.findByName(name)
  return awake?.kind === 'player'
    ? { id: awake.id as PlayerId, name: awake.name }
    : { refusal: { code: 'no_such_person', params: { name } } }
}
