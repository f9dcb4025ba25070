/** `POST /v1/responses`, as OpenAI defines it; nothing is stored, so each request brings its whole conversation. */
import { z } from 'zod'
import type {
  ChatMessage,
  Completion,
  Finish,
  InferRequest,
  JsonSchema,
  ToolCall,
  Usage,
} from '../../inference/types.ts'
import { INFER_MESSAGES_MAX, INFER_TOOLS_MAX } from '../../limits.ts'
import { Schema, samplingOf } from './chat.ts'
import { BadBody, openaiError, readBody } from './errors.ts'
import type { Head, Speaker } from './speaker.ts'

const Content = z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }))])
const Item = z.object({
  type: z.string().optional(),
  role: z.enum(['user', 'assistant', 'system', 'developer']).optional(),
  content: Content.optional(),
  call_id: z.string().optional(),
  name: z.string().optional(),
  arguments: z.string().optional(),
  output: Content.optional(),
})
const Body = z.object({
  model: z.string().optional(),
  input: z.union([z.string(), z.array(Item).max(INFER_MESSAGES_MAX)]),
  instructions: z.string().nullish(),
  stream: z.boolean().nullish(),
  tools: z
    .array(
      z.object({
        type: z.literal('function', 'only functions can be called'),
        name: z.string(),
        description: z.string().nullish(),
        parameters: Schema.nullish(),
      }),
    )
    .max(INFER_TOOLS_MAX)
    .nullish(),
  tool_choice: z.union([z.enum(['auto', 'none', 'required']), z.object({ name: z.string() })]).nullish(),
  text: z
    .object({
      format: z.object({ type: z.string(), name: z.string().optional(), schema: Schema.optional() }).optional(),
    })
    .nullish(),
  max_output_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  previous_response_id: z.null('answers are not kept here: send the whole conversation').optional(),
  background: z.literal(false, 'answers in the background cannot be had').nullish(),
})

export const responses: Speaker = {
  read(raw) {
    const body = readBody(Body, raw)
    return {
      request: requestOf(body),
      stream: body.stream === true,
      events: eventsOf,
      whole: (head, answer) => responseOf(head, 'completed', outputOf(head, answer), answer.usage, answer.finish),
    }
  },
}

function requestOf(body: z.output<typeof Body>): InferRequest {
  const format = body.text?.format
  const input: readonly ChatMessage[] =
    typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : body.input.flatMap(messagesOf)
  return {
    ...(body.model !== undefined && { model: body.model }),
    messages: [
      ...(body.instructions ? [{ role: 'system', content: body.instructions } as const] : []),
      ...joined(input),
    ],
    ...(body.tools?.length && {
      tools: body.tools.map(({ name, description, parameters }) => ({
        name,
        ...(description && { description }),
        ...(parameters && { parameters: parameters as JsonSchema }),
      })),
    }),
    ...(body.tool_choice != null && { toolChoice: body.tool_choice }),
    ...(format?.type === 'json_schema' &&
      format.schema && { schema: { name: format.name ?? 'answer', schema: format.schema as JsonSchema } }),
    ...(format?.type === 'json_object' && { json: true }),
    ...(body.max_output_tokens != null && { maxTokens: body.max_output_tokens }),
    ...samplingOf(body),
  }
}

function messagesOf(item: z.output<typeof Item>): readonly ChatMessage[] {
  switch (item.type ?? 'message') {
    case 'message': {
      const content = textOf(item.content)
      if (item.role === 'assistant' || item.role === 'user') return [{ role: item.role, content }]
      return [{ role: 'system', content }]
    }
    case 'function_call':
      return [
        {
          role: 'assistant',
          content: '',
          toolCalls: [{ id: item.call_id ?? '', name: item.name ?? '', arguments: item.arguments ?? '{}' }],
        },
      ]
    case 'function_call_output':
      return [{ role: 'tool', toolCallId: item.call_id ?? '', content: textOf(item.output) }]
    case 'reasoning':
      return []
    default:
      throw new BadBody(`Items of the type ${JSON.stringify(item.type?.slice(0, 40))} cannot be read here.`, {
        param: 'input',
      })
  }
}

/** Calls that stand apart there belong to one turn of the assistant here. */
function joined(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const all: ChatMessage[] = []
  for (const message of messages) {
    const last = all.at(-1)
    if (message.role === 'assistant' && message.toolCalls && last?.role === 'assistant')
      all[all.length - 1] = { ...last, toolCalls: [...(last.toolCalls ?? []), ...message.toolCalls] }
    else all.push(message)
  }
  return all
}

const textOf = (content: z.output<typeof Content> | undefined) =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join('')

const partOf = (text: string) => ({ type: 'output_text', text, annotations: [], logprobs: [] })
const messageItem = (id: string, text: string, status = 'completed') => ({
  id: `msg_${id}`,
  type: 'message',
  role: 'assistant',
  status,
  content: status === 'completed' ? [partOf(text)] : [],
})
const callItem = (call: ToolCall, status = 'completed') => ({
  id: `fc_${call.id}`,
  type: 'function_call',
  status,
  call_id: call.id,
  name: call.name,
  arguments: status === 'completed' ? call.arguments : '',
})

const outputOf = ({ id }: Head, { text, toolCalls }: Completion) => [
  ...(text === '' && toolCalls.length > 0 ? [] : [messageItem(id, text)]),
  ...toolCalls.map((call) => callItem(call)),
]

function responseOf(
  { id, createdS, model }: Head,
  status: string,
  output: readonly object[],
  usage?: Usage,
  finish?: Finish,
) {
  const isCut = finish === 'length' || finish === 'content_filter'
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: createdS,
    status: isCut ? 'incomplete' : status,
    error: null,
    incomplete_details: isCut ? { reason: finish === 'length' ? 'max_output_tokens' : 'content_filter' } : null,
    instructions: null,
    metadata: {},
    model,
    output,
    parallel_tool_calls: true,
    temperature: null,
    top_p: null,
    tool_choice: 'auto',
    tools: [],
    usage: usage
      ? {
          input_tokens: usage.inTokens,
          input_tokens_details: { cached_tokens: usage.cached ? usage.inTokens : 0 },
          output_tokens: usage.outTokens,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: usage.inTokens + usage.outTokens,
        }
      : null,
  }
}

function eventsOf(head: Head): ReturnType<ReturnType<Speaker['read']>['events']> {
  const output: object[] = []
  let sequence = 0
  let text = ''
  let isOpen = false
  const event = (type: string, data: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...data })}\n\n`
  const at = () => ({ item_id: `msg_${head.id}`, output_index: output.length, content_index: 0 })
  const close = () => {
    if (!isOpen) return ''
    isOpen = false
    const item = messageItem(head.id, text)
    const ended = `${event('response.output_text.done', { ...at(), text, logprobs: [] })}${event('response.content_part.done', { ...at(), part: partOf(text) })}${event('response.output_item.done', { output_index: output.length, item })}`
    output.push(item)
    return ended
  }
  return {
    started: () =>
      event('response.created', { response: responseOf(head, 'in_progress', []) }) +
      event('response.in_progress', { response: responseOf(head, 'in_progress', []) }),
    text(piece) {
      let before = ''
      if (!isOpen) {
        isOpen = true
        before =
          event('response.output_item.added', {
            output_index: output.length,
            item: messageItem(head.id, '', 'in_progress'),
          }) + event('response.content_part.added', { ...at(), part: partOf('') })
      }
      text += piece
      return before + event('response.output_text.delta', { ...at(), delta: piece, logprobs: [] })
    },
    tool(call) {
      const before = close()
      const place = { item_id: `fc_${call.id}`, output_index: output.length }
      const events =
        event('response.output_item.added', { output_index: output.length, item: callItem(call, 'in_progress') }) +
        event('response.function_call_arguments.delta', { ...place, delta: call.arguments }) +
        event('response.function_call_arguments.done', { ...place, name: call.name, arguments: call.arguments }) +
        event('response.output_item.done', { output_index: output.length, item: callItem(call) })
      output.push(callItem(call))
      return before + events
    },
    end(finish, usage) {
      const before = close()
      const response = responseOf(head, 'completed', output, usage, finish)
      return (
        before + event(response.status === 'incomplete' ? 'response.incomplete' : 'response.completed', { response })
      )
    },
    fail(view) {
      const { error } = openaiError(view)
      return event('error', { code: error.code, message: error.message, param: error.param })
    },
  }
}
