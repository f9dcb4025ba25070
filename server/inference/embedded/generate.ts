/** One answer of the model on one sequence of its context. */
import { randomUUID } from 'node:crypto'
import {
  type ChatModelFunctions,
  type ChatWrapper,
  type GbnfJsonSchema,
  type Llama,
  LlamaChat,
  type LlamaContextSequence,
  type LlamaGrammar,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp'
import { InferError } from '../errors.ts'
import type { Finish, InferRequest, JsonSchema, ToolCall } from '../types.ts'
import { callOf, forcedTools, historyOf } from './history.ts'
import type { Words } from './voice.ts'

export type Speech = {
  started(inTokens: number): void
  /** Something was said, which can be asked for. */
  wants(words: Words): void
  tool(call: ToolCall): void
}
export type Answered = { readonly finish: Finish; readonly inTokens: number; readonly outTokens: number }

/** Tokens that must be left for the answer, or the prompt counts as too long. */
const ANSWER_MIN_TOKENS = 1
/** Tokens before a piece that decide how it is written, as the library keeps them. */
const DETOKENIZER_TRAIL = 3

/** `chatWrapper` is found once: trying a model's template out takes a tenth of a second. */
export type LoadedModel = { readonly llama: Llama; readonly model: LlamaModel; readonly chatWrapper: ChatWrapper }

export async function generate(
  { llama, model, chatWrapper }: LoadedModel,
  sequence: LlamaContextSequence,
  { request, textSoFar = '' }: { readonly request: InferRequest; readonly textSoFar?: string },
  speech: Speech,
  signal: AbortSignal,
): Promise<Answered> {
  const chat = new LlamaChat({ contextSequence: sequence, chatWrapper })
  try {
    const history = historyOf(request, textSoFar)
    const forced = forcedTools(request)
    const tools = forced.length === 0 && request.toolChoice !== 'none' ? functionsOf(request) : undefined
    const state = chat.chatWrapper.generateContextState({
      chatHistory: history,
      ...(tools && { availableFunctions: tools }),
    })
    const inTokens = state.contextText.tokenize(model.tokenizer).length
    const room = sequence.contextSize - inTokens - 1
    if (room < ANSWER_MIN_TOKENS)
      throw new InferError(
        'context_too_long',
        `The conversation is ${inTokens} tokens long and this model reads ${sequence.contextSize}. Shorten it, or start a new one.`,
        { param: 'messages' },
      )
    const maxTokens = Math.min(request.maxTokens ?? room, room)
    speech.started(inTokens)

    let outTokens = 0
    // SentencePiece drops the space before the first word, unless it is told what stands before it.
    let before: readonly Token[] = textSoFar === '' ? [] : model.tokenize(textSoFar)
    let unsaid: readonly Token[] = []
    const words: Words = () => {
      const text = model.detokenize(unsaid, false, before)
      if (text === '') return undefined
      const said = { text, tokens: unsaid.length }
      before = [...before, ...unsaid].slice(-DETOKENIZER_TRAIL)
      unsaid = []
      return said
    }
    const say = (tokens: readonly Token[]) => {
      outTokens += tokens.length
      unsaid = [...unsaid, ...tokens]
      if (forced.length === 0) speech.wants(words)
    }
    // Where all that is said is text, the library need not put each token into words.
    const isText = !tools && !chat.chatWrapper.settings.segments
    const grammar = await grammarOf(llama, request)
    const { metadata, functionCalls } = await chat.generateResponse(history, {
      signal,
      maxTokens,
      temperature: request.temperature ?? (request.seed === undefined ? 0.7 : 1),
      ...(request.topP !== undefined && { topP: request.topP }),
      ...(request.seed !== undefined && { seed: request.seed }),
      ...(request.stop && { customStopTriggers: request.stop }),
      ...(isText
        ? { onToken: say }
        : {
            onResponseChunk: (chunk) => {
              if (chunk.type === undefined) say(chunk.tokens)
              else outTokens += chunk.tokens.length
            },
          }),
      ...(tools ? { functions: tools, documentFunctionParams: true } : grammar ? { grammar } : {}),
    })
    const made: readonly { functionName: string; params: unknown }[] = functionCalls ?? []
    for (const { functionName, params } of made)
      speech.tool({ id: `call_${randomUUID()}`, name: functionName, arguments: JSON.stringify(params ?? {}) })
    const call = forced.length > 0 ? callOf(forced, words()?.text ?? '', `call_${randomUUID()}`) : undefined
    if (call) speech.tool(call)
    const finish: Finish =
      call || made.length > 0 ? 'tool_calls' : metadata.stopReason === 'maxTokens' ? 'length' : 'stop'
    return { finish, inTokens, outTokens }
  } finally {
    chat.dispose({ disposeSequence: false })
  }
}

function functionsOf({ tools = [] }: InferRequest): ChatModelFunctions | undefined {
  if (tools.length === 0) return undefined
  return Object.fromEntries(
    tools.map(({ name, description, parameters }) => [
      name,
      { ...(description && { description }), ...(parameters && { params: parameters as GbnfJsonSchema }) },
    ]),
  )
}

async function grammarOf(llama: Llama, request: InferRequest): Promise<LlamaGrammar | undefined> {
  const forced = forcedTools(request)
  if (forced.length > 0) return schemaGrammar(llama, callSchema(forced), 'tools')
  if (request.schema) return schemaGrammar(llama, request.schema.schema, 'response_format')
  return request.json ? schemaGrammar(llama, { type: 'object' }, 'response_format') : undefined
}

function callSchema(tools: ReturnType<typeof forcedTools>): JsonSchema {
  const shape = (parameters: JsonSchema | undefined): JsonSchema => parameters ?? { type: 'object', properties: {} }
  if (tools.length === 1) return shape(tools[0]!.parameters)
  return {
    oneOf: tools.map(({ name, parameters }) => ({
      type: 'object',
      properties: { name: { const: name }, arguments: shape(parameters) },
    })),
  }
}

async function schemaGrammar(llama: Llama, schema: JsonSchema, param: string): Promise<LlamaGrammar> {
  try {
    return await llama.createGrammarForJsonSchema(schema as never)
  } catch (cause) {
    throw new InferError(
      'bad_request',
      `This JSON Schema cannot be turned into a grammar: ${(cause as Error).message}`,
      {
        cause,
        param,
      },
    )
  }
}
