/** One POST to a server upstream: kept connections, time-outs for silence, and a hang-up that reaches the other end in every phase. */
import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { urlToHttpOptions } from 'node:url'
import { INFER_ANSWER_MAX_BYTES, INFER_SILENCE_MAX_MS, INFER_UPSTREAM_SOCKETS_MAX } from '../../limits.ts'
import { InferError } from '../errors.ts'

export type Exchange = {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}
export type Hearing = {
  /** Status and headers are there. What it returns hears the body; absent, the body is read whole and given to `whole`. */
  answered(status: number, headers: IncomingMessage['headers']): void
  data(chunk: string): void
  ended(): void
  /** Called once, instead of `ended`. */
  failed(error: InferError): void
}

const options = { keepAlive: true, maxSockets: INFER_UPSTREAM_SOCKETS_MAX, scheduling: 'lifo' } as const
const agents = { 'http:': new HttpAgent(options), 'https:': new HttpsAgent(options) }

export function exchange({ url, headers, body }: Exchange, hearing: Hearing) {
  let over = false
  let bytes = 0
  let response: IncomingMessage | undefined
  const { send, where } = placeOf(url)
  const request: ClientRequest = send({
    ...where,
    headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  })
  // Between two bytes, not for the whole answer: a long answer is no failure.
  request.setTimeout(INFER_SILENCE_MAX_MS, () =>
    fail(new InferError('timeout', `The model's server said nothing for ${INFER_SILENCE_MAX_MS / 1000} s.`)),
  )
  request.on('error', (cause: NodeJS.ErrnoException) => fail(unreachable(cause)))
  request.on('response', (answer) => {
    response = answer
    answer.setEncoding('utf8')
    hearing.answered(answer.statusCode ?? 0, answer.headers)
    answer.on('data', (chunk: string) => {
      bytes += chunk.length
      if (bytes > INFER_ANSWER_MAX_BYTES)
        fail(new InferError('backend_failed', `The model's server sent more than ${INFER_ANSWER_MAX_BYTES} bytes.`))
      else if (!over) hearing.data(chunk)
    })
    answer.on('end', () => {
      if (over) return
      over = true
      hearing.ended()
    })
    answer.on('error', fail)
    answer.on('aborted', () => fail(new Error('aborted')))
  })
  request.end(body)

  function fail(error: Error): void {
    if (over) return
    over = true
    request.destroy()
    hearing.failed(
      error instanceof InferError
        ? error
        : new InferError('backend_failed', "The connection to the model's server broke.", { cause: error }),
    )
  }

  return {
    /** Nothing is heard of it any more, and the other end sees the connection close. */
    hangUp(): void {
      if (over) return
      over = true
      request.destroy()
    },
    pause: () => void response?.pause(),
    resume: () => void response?.resume(),
  }
}

/** Taking an address apart costs as much as the rest of a request: it is done once for each. */
const places = new WeakMap<URL, { readonly send: typeof httpRequest; readonly where: RequestOptions }>()
function placeOf(url: URL) {
  const known = places.get(url)
  if (known) return known
  const isSecure = url.protocol === 'https:'
  const where = { ...urlToHttpOptions(url), method: 'POST', agent: isSecure ? agents['https:'] : agents['http:'] }
  const place = { send: isSecure ? httpsRequest : httpRequest, where }
  places.set(url, place)
  return place
}

function unreachable(cause: NodeJS.ErrnoException): InferError {
  const isDown = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN'].includes(cause.code ?? '')
  const why = isDown ? 'cannot be reached' : 'broke off the connection'
  return new InferError('backend_failed', `The model's server ${why}${cause.code ? ` (${cause.code})` : ''}.`, {
    cause,
  })
}
