/** The door in the node's OpenAPI document: named there, with the shapes left to those who defined them. Nothing here is run. */
import { z } from 'zod'
import { type Route, route } from '../http/route.ts'

const Body = z.looseObject({})
const asked = (path: string, summary: string): Route =>
  route({
    method: 'post',
    path,
    access: 'person',
    summary,
    body: Body,
    answers: { 200: Body },
    run: () => ({ status: 501 }),
  })
const listed = (path: string, summary: string): Route =>
  route({ method: 'get', path, access: 'person', summary, answers: { 200: Body }, run: () => ({ status: 501 }) })

export const doorRoutes: readonly Route[] = [
  asked('/v1/chat/completions', 'As OpenAI defines it, whole or streamed; an API key or the token of a session'),
  asked('/v1/responses', 'As OpenAI defines it, whole or streamed; nothing is stored'),
  asked('/v1/messages', 'As Anthropic defines it, whole or streamed'),
  asked('/v1/embeddings', 'As OpenAI defines it'),
  listed('/v1/models', 'Models that can be asked now, in OpenAI’s form'),
  listed('/v1/models/:id', 'One of them'),
]
