/** `POST /v1/messages`, as Anthropic defines it (version 2023-06-01). */
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
import { INFER_MESSAGES_MAX, INFER_STOPS_MAX, INFER_TOOLS_MAX } from '../../limits.ts'
import { Schema, samplingOf } from './chat.ts'
import { anthropicError, BadBody, readBody } from './errors.ts'
import type { Head, Speaker } from './speaker.ts'

const Block = z.object({
  type: z.string(),
  text: z.string().optional(),
  id: z.string().optional(),
  name: z.string().optional(),
  input: z.json().optional(),
  tool_use_id: z.string().optional(),
  content: z.union([z.string(), z.array(z.object({ type: z.string(), text: z.string().optional() }))]).optional(),
})
const Body = z.object({
  model: z.string(),
  max_tokens: z.int().min(1),
  system: z.union([z.string(), z.array(z.object({ text: z.string() }))]).optional(),
  messages: z
    .array(z.object({ role: z.enum(['user', 'assistant']), content: z.union([z.string(), z.array(Block)]) }))
    .min(1)
    .max(INFER_MESSAGES_MAX),
  tools: z
    .array(z.object({ name: z.string(), description: z.string().optional(), input_schema: Schema.optional() }))
    .max(INFER_TOOLS_MAX)
    .optional(),
  tool_choice: z.object({ type: z.enum(['auto', 'any', 'tool', 'none']), name: z.string().optional() }).optional(),
  stream: z.boolean().optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  stop_sequences: z.array(z.string()).max(INFER_STOPS_MAX).optional(),
})

export const messages: Speaker = {
  read(raw) {
    const body = readBody(Body, raw)
    return { request: requestOf(body), stream: body.stream === true, events: eventsOf, whole: wholeOf }
  },
}

function requestOf(body: z.output<typeof Body>): InferRequest {
  const { system, tool_choice: choice } = body
  const lead = typeof system === 'string' ? system : system?.map(({ text }) => text).join('\n\n')
  return {
    model: body.model,
    messages: [...(lead ? [{ role: 'system', content: lead } as const] : []), ...body.messages.flatMap(messagesOf)],
    ...(body.tools?.length && {
      tools: body.tools.map(({ name, description, input_schema: parameters }) => ({
        name,
        ...(description !== undefined && { description }),
        ...(parameters && { parameters: parameters as JsonSchema }),
      })),
    }),
    ...(choice && {
      toolChoice:
        choice.type === 'any' ? 'required' : choice.type === 'tool' ? { name: choice.name ?? '' } : choice.type,
    }),
    maxTokens: body.max_tokens,
    ...samplingOf({ temperature: body.temperature, top_p: body.top_p, stop: body.stop_sequences }),
  }
}

/** Results of tools stand among a person's words there; here each is a message of its own. */
function messagesOf({ role, content }: z.output<typeof Body>['messages'][number]): readonly ChatMessage[] {
  if (typeof content === 'string') return [{ role, content }]
  const texts: string[] = []
  const toolCalls: ToolCall[] = []
  const results: ChatMessage[] = []
  for (const block of content) {
    if (block.type === 'text') texts.push(block.text ?? '')
    else if (block.type === 'tool_use' && role === 'assistant')
      toolCalls.push({ id: block.id ?? '', name: block.name ?? '', arguments: JSON.stringify(block.input ?? {}) })
    else if (block.type === 'tool_result')
      results.push({ role: 'tool', toolCallId: block.tool_use_id ?? '', content: resultOf(block) })
    else
      throw new BadBody(`Blocks of the type ${JSON.stringify(block.type.slice(0, 40))} cannot be read here.`, {
        param: 'messages',
      })
  }
  const text = texts.join('')
  if (role === 'assistant') return [{ role, content: text, ...(toolCalls.length > 0 && { toolCalls }) }]
  return [...results, ...(text === '' && results.length > 0 ? [] : [{ role, content: text }])]
}

const resultOf = ({ content }: z.output<typeof Block>) =>
  typeof content === 'string' ? content : (content ?? []).map(({ text }) => text ?? '').join('')

const REASONS: Readonly<Record<Finish, string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
}

function inputOf({ arguments: given }: ToolCall): unknown {
  try {
    return JSON.parse(given)
  } catch {
    return {}
  }
}

const usageOf = ({ inTokens, outTokens }: Usage) => ({ input_tokens: inTokens, output_tokens: outTokens })

function wholeOf({ id, model }: Head, { text, toolCalls, finish, usage }: Completion): object {
  return {
    id: `msg_${id}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [
      ...(text === '' ? [] : [{ type: 'text', text }]),
      ...toolCalls.map((call) => ({ type: 'tool_use', id: call.id, name: call.name, input: inputOf(call) })),
    ],
    stop_reason: REASONS[finish],
    stop_sequence: null,
    usage: usageOf(usage),
  }
}

function eventsOf({ id, model }: Head): ReturnType<ReturnType<Speaker['read']>['events']> {
  const event = (type: string, data: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
  let index = -1
  let isText = false
  const close = () => {
    const was = isText
    isText = false
    return was ? event('content_block_stop', { index }) : ''
  }
  const open = (content_block: object) => event('content_block_start', { index: ++index, content_block })
  return {
    started: () =>
      event('message_start', {
        message: {
          id: `msg_${id}`,
          type: 'message',
          role: 'assistant',
          model,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 0, output_tokens: 0 },
        },
      }),
    text(text) {
      const begin = isText ? '' : open({ type: 'text', text: '' })
      isText = true
      return `${begin}event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"text_delta","text":${JSON.stringify(text)}}}\n\n`
    },
    tool(call) {
      const before = close()
      const start = open({ type: 'tool_use', id: call.id, name: call.name, input: {} })
      const delta = event('content_block_delta', {
        index,
        delta: { type: 'input_json_delta', partial_json: call.arguments },
      })
      return `${before}${start}${delta}${event('content_block_stop', { index })}`
    },
    end: (finish, usage) =>
      `${close()}${event('message_delta', { delta: { stop_reason: REASONS[finish], stop_sequence: null }, usage: usageOf(usage) })}${event('message_stop', {})}`,
    fail: (error) => `event: error\ndata: ${JSON.stringify(anthropicError(error))}\n\n`,
  }
}
