/** `POST /v1/chat/completions`, as OpenAI defines it. */
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
import { BadBody, openaiError, readBody } from './errors.ts'
import type { Head, Speaker } from './speaker.ts'

const Text = z.union([
  z.string(),
  z.array(z.object({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() })),
])
export const Schema = z.record(z.string(), z.json())
const ToolCalls = z.array(
  z.object({
    id: z.string(),
    type: z.literal('function').optional(),
    function: z.object({ name: z.string(), arguments: z.string() }),
  }),
)
const Message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer', 'user']), content: Text }),
  z.object({ role: z.literal('assistant'), content: Text.nullish(), tool_calls: ToolCalls.nullish() }),
  z.object({ role: z.literal('tool'), content: Text, tool_call_id: z.string() }),
])
const Body = z.object({
  model: z.string().optional(),
  messages: z.array(Message).min(1).max(INFER_MESSAGES_MAX),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  tools: z
    .array(
      z.object({
        type: z.literal('function', 'only functions can be called'),
        function: z.object({ name: z.string(), description: z.string().optional(), parameters: Schema.optional() }),
      }),
    )
    .max(INFER_TOOLS_MAX)
    .nullish(),
  tool_choice: z
    .union([
      z.enum(['auto', 'none', 'required']),
      z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
    ])
    .nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('json_object') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({ name: z.string(), schema: Schema.optional() }),
      }),
    ])
    .nullish(),
  max_tokens: z.int().min(1).nullish(),
  max_completion_tokens: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  seed: z.int().nullish(),
  stop: z.union([z.string(), z.array(z.string()).max(INFER_STOPS_MAX)]).nullish(),
  n: z.literal(1, 'only one answer at a time can be had').nullish(),
  logprobs: z.literal(false, 'probabilities are not given').nullish(),
})

export const chat: Speaker = {
  read(raw) {
    const body = readBody(Body, raw)
    const withUsage = body.stream_options?.include_usage === true
    return {
      request: requestOf(body),
      stream: body.stream === true,
      events: (head) => eventsOf(head, withUsage),
      whole: wholeOf,
    }
  },
}

function requestOf(body: z.output<typeof Body>): InferRequest {
  const { response_format: format, tool_choice: choice } = body
  const maxTokens = body.max_completion_tokens ?? body.max_tokens
  return {
    ...(body.model !== undefined && { model: body.model }),
    messages: body.messages.map(messageOf),
    ...(body.tools?.length && {
      tools: body.tools.map(({ function: { name, description, parameters } }) => ({
        name,
        ...(description !== undefined && { description }),
        ...(parameters && { parameters: parameters as JsonSchema }),
      })),
    }),
    ...(choice != null && { toolChoice: typeof choice === 'string' ? choice : choice.function }),
    ...(format?.type === 'json_schema' &&
      (format.json_schema.schema
        ? { schema: { name: format.json_schema.name, schema: format.json_schema.schema as JsonSchema } }
        : { json: true })),
    ...(format?.type === 'json_object' && { json: true }),
    ...(maxTokens != null && { maxTokens }),
    ...samplingOf(body),
  }
}

export function samplingOf(body: {
  readonly temperature?: number | null | undefined
  readonly top_p?: number | null | undefined
  readonly seed?: number | null | undefined
  readonly stop?: string | readonly string[] | null | undefined
}): Pick<InferRequest, 'temperature' | 'topP' | 'seed' | 'stop'> {
  const { temperature, top_p: topP, seed, stop } = body
  return {
    ...(temperature != null && { temperature }),
    ...(topP != null && { topP }),
    ...(seed != null && { seed }),
    ...(stop != null && stop.length > 0 && { stop: typeof stop === 'string' ? [stop] : stop }),
  }
}

function messageOf(message: z.output<typeof Message>): ChatMessage {
  switch (message.role) {
    case 'tool':
      return { role: 'tool', toolCallId: message.tool_call_id, content: textOf(message.content) }
    case 'assistant': {
      const toolCalls = message.tool_calls?.map(({ id, function: { name, arguments: given } }) => ({
        id,
        name,
        arguments: given,
      }))
      return { role: 'assistant', content: textOf(message.content ?? ''), ...(toolCalls?.length && { toolCalls }) }
    }
    case 'user':
      return { role: 'user', content: textOf(message.content) }
    default:
      return { role: 'system', content: textOf(message.content) }
  }
}

function textOf(content: z.output<typeof Text>): string {
  if (typeof content === 'string') return content
  return content
    .map((part) => {
      if (part.type === 'text' || part.type === 'refusal') return part.text ?? part.refusal ?? ''
      throw new BadBody(
        `Parts of the type ${JSON.stringify(part.type.slice(0, 40))} cannot be read here, only text.`,
        { param: 'messages' },
      )
    })
    .join('')
}

const usageOf = ({ inTokens, outTokens, cached }: Usage) => ({
  prompt_tokens: inTokens,
  completion_tokens: outTokens,
  total_tokens: inTokens + outTokens,
  ...(cached && { prompt_tokens_details: { cached_tokens: inTokens } }),
})
const callOf = ({ id, name, arguments: given }: ToolCall) => ({
  id,
  type: 'function',
  function: { name, arguments: given },
})

function wholeOf({ id, createdS, model }: Head, { text, toolCalls, finish, usage }: Completion): object {
  return {
    id: `chatcmpl-${id}`,
    object: 'chat.completion',
    created: createdS,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text === '' && toolCalls.length > 0 ? null : text,
          refusal: null,
          ...(toolCalls.length > 0 && { tool_calls: toolCalls.map(callOf) }),
        },
        logprobs: null,
        finish_reason: finish,
      },
    ],
    usage: usageOf(usage),
  }
}

function eventsOf(
  { id, createdS, model }: Head,
  withUsage: boolean,
): ReturnType<ReturnType<Speaker['read']>['events']> {
  const before = `data: {"id":"chatcmpl-${id}","object":"chat.completion.chunk","created":${createdS},"model":${JSON.stringify(model)},`
  const chunk = (delta: string, finish: Finish | null = null) =>
    `${before}"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish === null ? 'null' : `"${finish}"`}}]${withUsage ? ',"usage":null' : ''}}\n\n`
  let calls = 0
  return {
    started: () => chunk('{"role":"assistant","content":""}'),
    text: (text) => chunk(`{"content":${JSON.stringify(text)}}`),
    tool: (call) => chunk(JSON.stringify({ tool_calls: [{ index: calls++, ...callOf(call) }] })),
    end: (finish, usage) =>
      `${chunk('{}', finish)}${withUsage ? `${before}"choices":[],"usage":${JSON.stringify(usageOf(usage))}}\n\n` : ''}data: [DONE]\n\n`,
    fail: (error) => `data: ${JSON.stringify(openaiError(error))}\n\n`,
  }
}
