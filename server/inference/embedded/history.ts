/** A conversation as node-llama-cpp keeps it: calls of tools stand inside the model's own turns, each with its result. */
import type { ChatHistoryItem, ChatModelFunctionCall, ChatModelResponse } from 'node-llama-cpp'
import type { ChatMessage, InferRequest, Tool, ToolCall } from '../types.ts'

type Turn = { type: 'model'; response: ChatModelResponse['response'] }

/** The last item is the model's, to be gone on with after `textSoFar`. */
export function historyOf(request: InferRequest, textSoFar = ''): ChatHistoryItem[] {
  const history: ChatHistoryItem[] = []
  const calls = new Map<string, ChatModelFunctionCall>()
  for (const message of request.messages) {
    if (message.role === 'system' || message.role === 'user')
      history.push({ type: message.role, text: message.content })
    else if (message.role === 'tool') answerCall(calls.get(message.toolCallId), message.content)
    else turnOf(history).response.push(...said(message, calls))
  }
  const forced = forcedTools(request)
  if (forced.length > 0) history.unshift({ type: 'system', text: callText(forced) })
  if (textSoFar !== '') turnOf(history).response.push(textSoFar)
  else turnOf(history)
  return history
}

/** The model's turn at the end of the history, begun if the other side spoke last. */
function turnOf(history: ChatHistoryItem[]): Turn {
  const last = history.at(-1)
  if (last?.type === 'model') return last as Turn
  const turn: Turn = { type: 'model', response: [] }
  history.push(turn)
  return turn
}

function said(message: Extract<ChatMessage, { role: 'assistant' }>, calls: Map<string, ChatModelFunctionCall>) {
  const parts: Turn['response'] = message.content === '' ? [] : [message.content]
  for (const { id, name, arguments: text } of message.toolCalls ?? []) {
    const call: ChatModelFunctionCall = { type: 'functionCall', name, params: jsonOf(text), result: '' }
    calls.set(id, call)
    parts.push(call)
  }
  return parts
}

function answerCall(call: ChatModelFunctionCall | undefined, content: string): void {
  if (call) call.result = jsonOf(content)
}

/** What stands there as JSON, else the text itself. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Tools of which the model must call one; its answer is held to their shape by a grammar. */
export function forcedTools({ tools = [], toolChoice }: InferRequest): readonly Tool[] {
  if (toolChoice === 'required') return tools
  return typeof toolChoice === 'object' ? tools.filter(({ name }) => name === toolChoice.name) : []
}

const callText = (tools: readonly Tool[]) =>
  `Answer with one call of a tool, as JSON ${tools.length === 1 ? 'of its arguments' : '{"name": …, "arguments": {…}}'}. Tools:\n${tools
    .map(({ name, description, parameters }) => JSON.stringify({ name, description, parameters }))
    .join('\n')}`

/** What a forced call comes to; undefined when the answer broke off before it was whole. */
export function callOf(tools: readonly Tool[], answer: string, id: string): ToolCall | undefined {
  const value = jsonOf(answer)
  if (typeof value !== 'object' || value === null) return undefined
  if (tools.length === 1) return { id, name: tools[0]!.name, arguments: JSON.stringify(value) }
  const { name, arguments: given } = value as { name?: unknown; arguments?: unknown }
  return typeof name === 'string' ? { id, name, arguments: JSON.stringify(given ?? {}) } : undefined
}
