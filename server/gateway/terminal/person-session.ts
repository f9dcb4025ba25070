/** A person's terminal: one mind, one ring of outputs, as many connections as they have pages open. It outlives its connections for a while. */
import type { Person } from '../../accounts/types.ts'
import type { Locale } from '../../protocol/ids.ts'
import type { LineAck, OutputDraft } from '../../protocol/terminal.ts'
import type { Session, Terminal } from '../../terminal/types.ts'
import type { GatewayLog } from '../types.ts'
import { createLines, type Lines } from './lines.ts'
import { createRing, type Ring } from './ring.ts'

export type Viewer = {
  /** Something new is in the ring. */
  wake(): void
  /** One of the person's lines has been done. */
  lineDone(): void
}

export type PersonSession = {
  readonly id: string
  readonly person: Person
  readonly ring: Ring
  readonly lines: Lines
  readonly viewers: Set<Viewer>
  complete: Session['complete']
  /** Puts an output into the ring and shows it on every page. */
  send(outputs: readonly OutputDraft[]): void
  update(person: Person): void
  close(): Promise<void>
}

export type SessionParts = {
  readonly terminal: Pick<Terminal, 'open'>
  readonly log: GatewayLog
  readonly onLine: (outcome: 'ok' | 'refused' | 'failed') => void
}

export async function openSession(
  parts: SessionParts,
  person: Person,
  locale: Locale,
  firstId: number,
): Promise<PersonSession> {
  const { terminal, log, onLine } = parts
  const ring = createRing(firstId)
  const viewers = new Set<Viewer>()
  const send = (outputs: readonly OutputDraft[]) => {
    for (const output of outputs) ring.push(output)
    for (const viewer of viewers) viewer.wake()
  }
  const mind = await terminal.open({ person, locale, send })
  const failed = (error: unknown) => {
    onLine('failed')
    log.error({ err: error, player: person.id }, 'a line failed')
  }
  const perform = (text: string, id: string | undefined) => counted(mind.line(text, id), onLine)
  const done = () => {
    for (const viewer of viewers) viewer.lineDone()
  }
  const lines = createLines(perform, { failed, done })
  let current = person
  return {
    id: person.id,
    get person() {
      return current
    },
    ring,
    lines,
    viewers,
    complete: (text) => mind.complete(text),
    send,
    update(next) {
      current = next
      mind.refresh(next)
    },
    close: async () => mind.close(),
  }
}

function counted<A extends LineAck | Promise<LineAck>>(ack: A, onLine: SessionParts['onLine']): A {
  const count = ({ ok }: LineAck) => onLine(ok ? 'ok' : 'refused')
  if (ack instanceof Promise) void ack.then(count, () => {})
  else count(ack as LineAck)
  return ack
}
