/** Anthropic's Messages API (version 2023-06-01). */
import type { BackendRequest, BackendSink } from '../backend.ts'
import { InferError } from '../errors.ts'
import type { ChatMessage, Finish, JsonSchema } from '../types.ts'
import { failureIn } from './openai.ts'
import type { Dialect, Reading } from './types.ts'

const VERSION = '2023-06-01'
/** The API wants a bound; this is ours where the asker named none. */
const MAX_TOKENS = 4_096

export const anthropic: Dialect = {
  path: '/messages',
  headers: ({ key }) => ({ 'anthropic-version': VERSION, ...(key !== undefined && { 'x-api-key': key }) }),
  body: (request) => {
    const system = request.messages.filter(({ role }) => role === 'system').map(({ content }) => content)
    const tools = toolsOf(request)
    return {
      model: request.model,
      max_tokens: request.maxTokens ?? MAX_TOKENS,
      ...(system.length > 0 && { system: system.join('\n\n') }),
      messages: turnsOf(request),
      ...tools,
      ...(request.temperature !== undefined && { temperature: Math.min(1, request.temperature) }),
      ...(request.topP !== undefined && { top_p: request.topP }),
      ...(request.stop && { stop_sequences: request.stop }),
      stream: !request.whole,
    }
  },
  read: (sink, startedAt) => readAnthropic(sink, startedAt),
}

/** JSON that fits a schema is asked for as the one tool that must be called; the reader turns the call back into text. */
const SCHEMA_TOOL = 'answer'

function toolsOf(request: BackendRequest): object {
  const shape = (parameters: JsonSchema | undefined) => parameters ?? { type: 'object', properties: {} }
  if (request.schema)
    return {
      tools: [{ name: SCHEMA_TOOL, input_schema: request.schema.schema }],
      tool_choice: { type: 'tool', name: SCHEMA_TOOL },
    }
  if (!request.tools?.length || request.toolChoice === 'none') return {}
  const choice = request.toolChoice ?? 'auto'
  return {
    tools: request.tools.map(({ name, description, parameters }) => ({
      name,
      description,
      input_schema: shape(parameters),
    })),
    tool_choice:
      typeof choice === 'object'
        ? { type: 'tool', name: choice.name }
        : { type: choice === 'required' ? 'any' : 'auto' },
  }
}

type Block = { readonly type: string; readonly [field: string]: unknown }
type Turn = { readonly role: 'user' | 'assistant'; readonly content: Block[] }

/** Neighbours of one side are joined: the API wants the sides to take turns. */
function turnsOf({ messages, textSoFar }: BackendRequest): readonly Turn[] {
  const turns: Turn[] = []
  const add = (role: Turn['role'], blocks: Block[]) => {
    const last = turns.at(-1)
    if (last?.role === role) last.content.push(...blocks)
    else turns.push({ role, content: blocks })
  }
  for (const message of messages)
    if (message.role !== 'system') add(message.role === 'assistant' ? 'assistant' : 'user', blocksOf(message))
  // Trailing white space is refused there.
  if (textSoFar) add('assistant', [{ type: 'text', text: textSoFar.trimEnd() }])
  return turns
}

function blocksOf(message: Exclude<ChatMessage, { role: 'system' }>): Block[] {
  if (message.role === 'tool')
    return [{ type: 'tool_result', tool_use_id: message.toolCallId, content: message.content }]
  const text: Block[] = message.content === '' ? [] : [{ type: 'text', text: message.content }]
  if (message.role === 'user') return text
  return [
    ...text,
    ...(message.toolCalls ?? []).map(({ id, name, arguments: given }) => ({
      type: 'tool_use',
      id,
      name,
      input: objectOf(given),
    })),
  ]
}

function objectOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

type Event = {
  readonly type?: string
  readonly error?: unknown
  readonly message?: { readonly usage?: Counted }
  readonly usage?: Counted
  readonly index?: number
  readonly content_block?: Block
  readonly delta?: { readonly text?: string; readonly partial_json?: string; readonly stop_reason?: string }
  readonly content?: readonly Block[]
  readonly stop_reason?: string
}
type Counted = { readonly input_tokens?: number; readonly output_tokens?: number }

function readAnthropic(sink: BackendSink, startedAt: number): Reading {
  const calls = new Map<number, { id: string; name: string; arguments: string }>()
  let inTokens = 0
  let outTokens = 0
  let finish: Finish | undefined
  let over = false

  function count(usage: Counted | undefined): void {
    inTokens = usage?.input_tokens ?? inTokens
    outTokens = usage?.output_tokens ?? outTokens
  }
  function block(index: number, { type, id, name, text, input }: Block): void {
    if (type === 'text' && text) sink.text(String(text), 1)
    if (type === 'tool_use')
      calls.set(index, {
        id: String(id),
        name: String(name),
        arguments: isFilled(input) ? JSON.stringify(input) : '',
      })
  }
  function close(): void {
    if (over) return
    over = true
    let forced = false
    for (const call of calls.values()) {
      if (call.name === SCHEMA_TOOL) {
        forced = true
        sink.text(call.arguments || '{}', 1)
      } else sink.tool({ ...call, arguments: call.arguments || '{}' })
    }
    sink.end(forced ? 'stop' : (finish ?? 'stop'), {
      inTokens,
      outTokens,
      ms: Math.round(performance.now() - startedAt),
    })
  }
  function fail(error: InferError): void {
    if (over) return
    over = true
    sink.fail(error)
  }
  function take(data: string): void {
    const event = JSON.parse(data) as Event
    if (event.type === 'error' || event.error !== undefined) {
      fail(failureIn(200, data))
      return
    }
    if (event.type === 'message_start') {
      count(event.message?.usage)
      sink.started({ inTokens })
    } else if (event.type === 'content_block_start') block(event.index ?? 0, event.content_block!)
    else if (event.type === 'content_block_delta') {
      if (event.delta?.text) sink.text(event.delta.text, 1)
      const call = calls.get(event.index ?? 0)
      if (call) call.arguments += event.delta?.partial_json ?? ''
    } else if (event.type === 'message_delta') {
      count(event.usage)
      if (event.delta?.stop_reason) finish = finishOf(event.delta.stop_reason)
    } else if (event.type === 'message_stop') close()
  }
  const safely = (work: () => void) => {
    try {
      work()
    } catch (cause) {
      fail(new InferError('backend_failed', "The model's server sent something unreadable.", { cause }))
    }
  }

  return {
    event(data) {
      safely(() => take(data))
      return over
    },
    whole(body) {
      safely(() => {
        const message = JSON.parse(body) as Event
        count(message.usage)
        sink.started({ inTokens })
        for (const [index, each] of (message.content ?? []).entries()) block(index, each)
        finish = finishOf(message.stop_reason ?? 'end_turn')
      })
      close()
    },
    ended() {
      fail(new InferError('backend_failed', 'The answer broke off in the middle.'))
    },
  }
}

const isFilled = (input: unknown) => typeof input === 'object' && input !== null && Object.keys(input).length > 0

const finishOf = (reason: string): Finish =>
  reason === 'max_tokens'
    ? 'length'
    : reason === 'tool_use'
      ? 'tool_calls'
      : reason === 'refusal'
        ? 'content_filter'
        : 'stop'
