/** Bodies of answers that others send, read as far as they may be long: whoever sends more is cut off. */

export class BodyTooLong extends Error {
  readonly code = 'body_too_long'
  readonly maxBytes: number
  constructor(maxBytes: number) {
    super(`The answer is longer than ${maxBytes} bytes.`)
    this.maxBytes = maxBytes
  }
}

/** As UTF-8. Throws `BodyTooLong`, before anything is read where its length is said, and what reading itself throws. */
export async function boundedText(response: Response, maxBytes: number): Promise<string> {
  const { body, headers } = response
  if (!body) return ''
  if (Number(headers.get('content-length')) > maxBytes) {
    await body.cancel()
    throw new BodyTooLong(maxBytes)
  }
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  // Leaving the loop cancels the rest.
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new BodyTooLong(maxBytes)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
