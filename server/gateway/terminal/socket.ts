/** What the terminal needs of a socket.io socket, and the one place that reaches below its surface. */
import type { Socket } from 'socket.io'
import type { Wire } from './writer.ts'

export type TerminalSocket = {
  readonly wire: Wire
  on(event: string, listener: (...args: unknown[]) => void): void
  /** Any event that nobody else listens to. */
  onOther(listener: () => void): void
  emit(event: string, ...args: unknown[]): void
  /** From now on every encoded packet goes to `write` instead of out. */
  takeOver(write: (packet: string) => void): void
  /** Stops and goes on reading from the network. */
  pause(): void
  resume(): void
  /** Tells the client not to come back by itself. */
  leave(): void
  /** Closes the transport only: the client comes back. */
  cut(): void
  /** The same without a word, for whoever does not listen. */
  destroy(): void
}

/** The client of a socket has one method through which every packet leaves, already encoded (socket.io 4.8, client.ts). */
type Below = {
  conn: Wire & { close(): void; transport: { socket?: { pause(): void; resume(): void; terminate(): void } } }
  writeToEngine(packets: string | Buffer | readonly (string | Buffer)[], options: object): void
}

export function terminalSocket(socket: Socket, known: readonly string[]): TerminalSocket {
  const below = socket.client as unknown as Below
  const raw = () => below.conn.transport.socket
  return {
    wire: below.conn,
    on: (event, listener) => void socket.on(event, listener),
    onOther: (listener) => void socket.onAny((event: string) => known.includes(event) || listener()),
    emit: (event, ...args) => void socket.emit(event, ...args),
    takeOver(write) {
      const original = below.writeToEngine.bind(below)
      below.writeToEngine = (packets, options) => {
        const list = typeof packets === 'string' || Buffer.isBuffer(packets) ? [packets] : packets
        if (list.every((packet) => typeof packet === 'string')) for (const packet of list) write(`4${packet}`)
        else original(packets, options)
      }
    },
    pause: () => raw()?.pause(),
    resume: () => raw()?.resume(),
    leave: () => void socket.disconnect(false),
    cut: () => below.conn.close(),
    destroy: () => raw()?.terminate(),
  }
}
