/** Chat completions as OpenAI defined them and llama-server, vLLM and Ollama serve them. */
import { z } from 'zod'
import type { BackendRequest, BackendSink } from '../backend.ts'
import { InferError } from '../errors.ts'
import type { ChatMessage, Finish, ToolCall } from '../types.ts'
import type { Dialect, Reading } from './types.ts'

export const openai: Dialect = {
  path: '/chat/completions',
  headers: ({ key }): Record<string, string> => (key === undefined ? {} : { authorization: `Bearer ${key}` }),
  body: (request) => ({
    model: request.model,
    messages: messagesOf(request),
    ...(request.tools?.length && { tools: request.tools.map((tool) => ({ type: 'function', function: tool })) }),
    ...(request.tools?.length && request.toolChoice !== undefined && { tool_choice: choiceOf(request.toolChoice) }),
    ...(request.schema
      ? { response_format: { type: 'json_schema', json_schema: { ...request.schema, strict: true } } }
      : request.json && { response_format: { type: 'json_object' } }),
    ...(request.maxTokens !== undefined && { max_tokens: request.maxTokens }),
    ...(request.temperature !== undefined && { temperature: request.temperature }),
    ...(request.topP !== undefined && { top_p: request.topP }),
    ...(request.seed !== undefined && { seed: request.seed }),
    ...(request.stop && { stop: request.stop }),
    ...(request.whole ? { stream: false } : { stream: true, stream_options: { include_usage: true } }),
  }),
  read: (sink, startedAt) => readOpenai(sink, startedAt),
}

function messagesOf({ messages, textSoFar }: BackendRequest): readonly object[] {
  const all = messages.map(messageOf)
  return textSoFar ? [...all, { role: 'assistant', content: textSoFar }] : all
}

function messageOf(message: ChatMessage): object {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.toolCallId, content: message.content }
  if (message.role !== 'assistant' || !message.toolCalls?.length)
    return { role: message.role, content: message.content }
  return {
    role: 'assistant',
    content: message.content === '' ? null : message.content,
    tool_calls: message.toolCalls.map(({ id, name, arguments: text }) => ({
      id,
      type: 'function',
      function: { name, arguments: text },
    })),
  }
}

const choiceOf = (choice: NonNullable<BackendRequest['toolChoice']>) =>
  typeof choice === 'string' ? choice : { type: 'function', function: choice }

type Delta = {
  readonly content?: string | null
  readonly tool_calls?: readonly {
    readonly index?: number
    readonly id?: string
    readonly function?: { readonly name?: string; readonly arguments?: string }
  }[]
}
type Chunk = {
  readonly error?: unknown
  readonly choices?: readonly {
    readonly delta?: Delta
    readonly message?: Delta
    readonly finish_reason?: string | null
  }[]
  readonly usage?: { readonly prompt_tokens?: number; readonly completion_tokens?: number } | null
}

const ErrorBody = z.object({
  error: z.union([z.string(), z.object({ message: z.string(), code: z.unknown(), type: z.unknown() }).partial()]),
})

function readOpenai(sink: BackendSink, startedAt: number): Reading {
  const calls: { id: string; name: string; arguments: string }[] = []
  let finish: Finish | undefined
  let inTokens = 0
  let outTokens = 0
  let counted: number | undefined
  let started = false
  let over = false

  function begin(): void {
    if (started) return
    started = true
    sink.started({})
  }
  function take(delta: Delta): void {
    if (delta.content) {
      outTokens++
      sink.text(delta.content, 1)
    }
    for (const [i, part] of (delta.tool_calls ?? []).entries()) {
      const call = (calls[part.index ?? i] ??= { id: '', name: '', arguments: '' })
      if (part.id) call.id = part.id
      if (part.function?.name) call.name = part.function.name
      call.arguments += part.function?.arguments ?? ''
    }
  }
  function close(): void {
    if (over) return
    over = true
    for (const call of calls) if (call) sink.tool({ ...call, arguments: call.arguments || '{}' } satisfies ToolCall)
    sink.end(finish ?? 'stop', {
      inTokens,
      outTokens: counted ?? outTokens,
      ms: Math.round(performance.now() - startedAt),
    })
  }
  function fail(error: InferError): void {
    if (over) return
    over = true
    sink.fail(error)
  }
  function chunk(text: string): void {
    let parsed: Chunk
    try {
      parsed = JSON.parse(text) as Chunk
    } catch (cause) {
      fail(new InferError('backend_failed', "The model's server sent something that is no JSON.", { cause }))
      return
    }
    if (parsed.error !== undefined) {
      fail(failureIn(200, text))
      return
    }
    const choice = parsed.choices?.[0]
    if (choice) {
      begin()
      const delta = choice.delta ?? choice.message
      if (delta) take(delta)
      if (choice.finish_reason) finish = finishOf(choice.finish_reason)
    }
    if (parsed.usage) {
      inTokens = parsed.usage.prompt_tokens ?? inTokens
      counted = parsed.usage.completion_tokens ?? counted
    }
  }

  return {
    event(data) {
      if (data === '[DONE]') close()
      else chunk(data)
      return over
    },
    whole(body) {
      chunk(body)
      if (finish === undefined) fail(new InferError('backend_failed', "The model's server sent no answer."))
      close()
    },
    ended() {
      if (finish === undefined) fail(new InferError('backend_failed', 'The answer broke off in the middle.'))
      close()
    },
  }
}

const finishOf = (reason: string): Finish =>
  reason === 'length' || reason === 'content_filter'
    ? reason
    : reason === 'tool_calls' || reason === 'function_call'
      ? 'tool_calls'
      : 'stop'

/** What an error of such a server is to us; its own words are passed on only where the asker can do something about it. */
export function failureIn(status: number, body: string, retryAfterMs?: number): InferError {
  const parsed = ErrorBody.safeParse(safeJson(body))
  const error = parsed.success ? parsed.data.error : undefined
  const said = (typeof error === 'string' ? error : (error?.message ?? '')).slice(0, 500)
  const code = typeof error === 'object' ? String(error.code ?? error.type ?? '') : ''
  if (/context_length|context length|exceed_context/i.test(`${code} ${said}`))
    return new InferError('context_too_long', said)
  switch (status) {
    case 400:
    case 413:
    case 422:
      return new InferError('bad_request', `The model's server refused the request: ${said || 'it gave no reason'}`)
    case 401:
    case 403:
      return new InferError('backend_failed', "The model's server refuses this node's key. Its host has to renew it.")
    case 404:
      return new InferError('model_not_found', "The model's server does not know this model.")
    case 429:
    case 503:
    case 529:
      return new InferError('overloaded', "The model's server is busy.", {
        ...(retryAfterMs !== undefined && { retryAfterMs }),
      })
    default:
      return new InferError('backend_failed', `The model's server failed${status >= 400 ? ` (${status})` : ''}.`)
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
