/** A client that costs little: one kept connection, requests as ready bytes, answers looked through only as far as needed. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export type Answer = {
  readonly ok: boolean
  /** Until the first piece of content, and between pieces of it. */
  readonly firstMs: number
  readonly gapsMs: readonly number[]
}

export class RawClient {
  private readonly socket: Socket
  private readonly request: Buffer
  private readonly isStream: boolean

  private constructor(socket: Socket, request: Buffer, isStream: boolean) {
    this.socket = socket
    this.request = request
    this.isStream = isStream
  }

  static async open(url: string, token: string, body: object): Promise<RawClient> {
    const { hostname, port, pathname } = new URL(`${url}/chat/completions`)
    const socket = connect(Number(port), hostname)
    socket.setNoDelay(true)
    await once(socket, 'connect')
    const text = JSON.stringify(body)
    const head = `POST ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nauthorization: Bearer ${token}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n`
    return new RawClient(socket, Buffer.from(head + text), (body as { stream?: boolean }).stream === true)
  }

  ask(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const startedAt = performance.now()
      const gapsMs: number[] = []
      let firstMs = 0
      let lastAt = 0
      let got = ''
      let needed = -1
      const onData = (chunk: Buffer) => {
        const now = performance.now()
        got += chunk.toString('latin1')
        if (this.isStream && chunk.includes('"content":"w')) {
          if (lastAt === 0) firstMs = now - startedAt
          else gapsMs.push(now - lastAt)
          lastAt = now
        }
        if (needed < 0) {
          const end = got.indexOf('\r\n\r\n')
          if (end < 0) return
          const length = /content-length: (\d+)/i.exec(got)
          needed = length ? end + 4 + Number(length[1]) : 0
        }
        if (needed > 0 ? got.length >= needed : got.endsWith('0\r\n\r\n')) finish(now)
      }
      const finish = (now: number) => {
        this.socket.off('data', onData)
        this.socket.off('close', onClose)
        const ok = got.startsWith('HTTP/1.1 200') && (!this.isStream || got.includes('[DONE]'))
        resolve({ ok, firstMs: this.isStream ? firstMs : now - startedAt, gapsMs })
      }
      const onClose = () => reject(new Error('the connection was closed'))
      this.socket.on('data', onData)
      this.socket.once('close', onClose)
      this.socket.write(this.request)
    })
  }

  close(): void {
    this.socket.destroy()
  }
}

export type Target = { readonly url: string; readonly token: string }

/** Answers one after another on one connection. */
export async function inTurn({ url, token }: Target, body: object, count: number): Promise<readonly Answer[]> {
  const client = await RawClient.open(url, token, body)
  const answers: Answer[] = []
  for (let i = 0; i < count; i++) answers.push(await client.ask())
  client.close()
  return answers
}

/** As many as come in the time, on so many connections. */
export async function perSecond({ url, token }: Target, body: object, connections: number, seconds: number) {
  const clients = await Promise.all(Array.from({ length: connections }, () => RawClient.open(url, token, body)))
  const startedAt = performance.now()
  const endAt = startedAt + seconds * 1_000
  let done = 0
  let errors = 0
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < endAt) {
        const { ok } = await client.ask()
        done++
        if (!ok) errors++
      }
    }),
  )
  const took = (performance.now() - startedAt) / 1_000
  for (const client of clients) client.close()
  return { perS: done / took, errors, done }
}

/** So many streams at once, each once: all gaps between pieces. */
export async function atOnce({ url, token }: Target, body: object, count: number) {
  const clients = await Promise.all(Array.from({ length: count }, () => RawClient.open(url, token, body)))
  const answers = await Promise.all(clients.map((client) => client.ask()))
  for (const client of clients) client.close()
  return { gapsMs: answers.flatMap(({ gapsMs }) => gapsMs), errors: answers.filter(({ ok }) => !ok).length }
}
