/** What a person's line does across nodes: failures of the way in words, and `tell NAME@NODE`. */
import { newId } from '../lib/ids.ts'
import type { Json, Params } from '../protocol/ids.ts'
import { guardTalk } from './guard-talk.ts'
import { no, type Reply, reply } from './reply.ts'
import type { SessionContext } from './session-verb.ts'
import type { TerminalNetwork } from './types.ts'

/** Failures of calls to other nodes carry codes that begin with `E_`. Others are thrown on. */
export function refusalOfWire(error: unknown, name: string): Reply {
  switch ((error as { code?: unknown }).code) {
    case 'E_NOT_FOUND':
      return no('no_such_node')
    case 'E_CONFLICT':
      return no('several_nodes', { name })
    case 'E_LIMITED':
      return no('busy')
    case 'E_TOO_LARGE':
    case 'E_REJECTED':
    case 'E_MALFORMED':
      return no('bad_arguments', { command: 'dht' })
    case 'E_FORBIDDEN':
    case 'E_BANNED':
    case 'E_NOT_ADMITTED':
      return no('forbidden')
    case 'E_UNREACHABLE':
    case 'E_TIMEOUT':
    case 'E_CLOSED':
    case 'E_UNSUPPORTED':
      return no('node_unreachable', { name })
    default:
      throw error
  }
}

export async function onNetwork(
  session: SessionContext,
  name: string,
  work: (network: TerminalNetwork) => Promise<Reply>,
): Promise<Reply> {
  const { network } = session.services
  if (!network) return reply(session.words('network.alone'))
  try {
    return await work(network)
  } catch (error) {
    return refusalOfWire(error, name)
  }
}

/** `name@node`, the node last: names of people have no @. */
export function placeOf(to: unknown): { readonly name: string; readonly node: string } | undefined {
  const at = typeof to === 'string' ? to.lastIndexOf('@') : -1
  const [name, node] = at < 0 ? ['', ''] : [(to as string).slice(0, at).trim(), (to as string).slice(at + 1).trim()]
  return name !== '' && node !== '' ? { name, node } : undefined
}

/** Undefined when it is meant for somebody on this very node, under that name. */
export async function tellAcross(
  session: SessionContext,
  { name, node }: { readonly name: string; readonly node: string },
  input: Json,
  lineId: string | undefined,
): Promise<Reply | undefined> {
  const { network } = session.services
  if (!network) return no('no_such_node')
  const me = session.person()
  const guarded = guardTalk(session.services, me.id, 'tell', input)
  if ('refusal' in guarded) return guarded
  const text = String((guarded.input as Params).text)
  let there: Awaited<ReturnType<TerminalNetwork['resolve']>>
  try {
    there = await network.resolve(node)
  } catch (error) {
    return refusalOfWire(error, node)
  }
  if (there.self) return undefined
  try {
    const became = await network.messages.send({
      // The same line sent again after a broken connection is the same message.
      id: lineId === undefined ? newId('message', session.nowMs()) : `message_${me.id}_${lineId}`,
      from: { node: network.self, id: me.id, name: me.name },
      to: { node: there.node, name },
      text,
    })
    const key = became === 'kept' ? 'network.tell.kept' : 'network.tell.sent'
    return reply(session.words(key, { name, node: there.name, text }), 'speech')
  } catch (error) {
    const { code } = error as { code?: unknown }
    if (code === 'E_NOT_FOUND') return no('no_such_person', { name })
    if (code === 'E_REJECTED') return no('messages_refused', { name })
    if (code === 'E_LIMITED') return no('mail_full')
    return refusalOfWire(error, there.name)
  }
}
