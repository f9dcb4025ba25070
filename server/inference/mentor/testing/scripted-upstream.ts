/** A server upstream, for tests, that says what the test has written down for it: one turn for each request, in OpenAI's form. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Text goes out in small pieces; `hang` falls silent after it, until the asker is gone. */
export type Turn = {
  readonly say?: string
  readonly call?: readonly [tool: string, args: object]
  readonly hang?: boolean
}
type Message = { readonly role: string; readonly content: string }

export async function startScriptedUpstream() {
  const script: Turn[] = []
  const seen: (readonly Message[])[] = []
  let hungUp = 0
  const server = createServer(async (req, res) => {
    if (req.url === '/v1/models') {
      res.end(JSON.stringify({ object: 'list', data: [{ id: 'scripted', object: 'model' }] }))
      return
    }
    let text = ''
    for await (const chunk of req) text += chunk
    const body = JSON.parse(text) as { messages: Message[]; stream?: boolean }
    seen.push(body.messages)
    const { say = '', call, hang } = script.shift() ?? { say: 'Hm.' }
    const usage = { prompt_tokens: 5, completion_tokens: 5, total_tokens: 10 }
    if (!body.stream) {
      const choices = [{ index: 0, message: { role: 'assistant', content: say }, finish_reason: 'stop' }]
      res.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id: 'x', choices, usage }))
      return
    }
    res.writeHead(200, { 'content-type': 'text/event-stream' })
    const send = (delta: object, finish_reason: string | null = null) =>
      res.write(`data: ${JSON.stringify({ id: 'x', choices: [{ index: 0, delta, finish_reason }] })}\n\n`)
    for (const piece of say.match(/[\s\S]{1,6}/g) ?? []) send({ content: piece })
    if (hang) {
      res.on('close', () => hungUp++)
      return
    }
    if (call)
      send({
        role: 'assistant',
        tool_calls: [
          {
            index: 0,
            id: 'call_1',
            type: 'function',
            function: { name: call[0], arguments: JSON.stringify(call[1]) },
          },
        ],
      })
    send({}, call ? 'tool_calls' : 'stop')
    res.end(`data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    /** What each request held, oldest first. */
    seen,
    /** What is said next, in this order. */
    next: (...turns: readonly Turn[]) => void script.push(...turns),
    hungUp: () => hungUp,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
export type ScriptedUpstream = Awaited<ReturnType<typeof startScriptedUpstream>>
