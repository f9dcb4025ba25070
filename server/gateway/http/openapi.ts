/** The OpenAPI 3.1 document of the surface, made from the routes themselves (spec.openapis.org/oas/v3.1). */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { Problem } from '../../protocol/api.ts'
import type { GatewayConfig } from '../types.ts'
import type { Access, Route } from './route.ts'

type JsonObject = { [key: string]: unknown }

/** The page itself is a file, and no route. */
const PAGE: JsonObject = {
  operationId: 'getPage',
  summary: 'The client: a page to play in',
  tags: ['page'],
  security: [],
  responses: { 200: { description: 'OK', content: { 'text/html': { schema: { type: 'string' } } } } },
}

export function openapiOf(
  routes: readonly Route[],
  { node, publicUrl }: Pick<GatewayConfig, 'node' | 'publicUrl'>,
): object {
  const paths: { [path: string]: JsonObject } = { '/': { get: PAGE } }
  for (const route of routes) {
    const path = templateOf(route.path)
    paths[path] = { ...paths[path], [route.method]: operationOf(route) }
  }
  const shared: JsonObject = {}
  const document = hoisted(paths, shared)
  return {
    openapi: '3.1.0',
    info: { title: 'CodeCraft Academy node', version: node.version, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: publicUrl ?? '/' }],
    paths: document,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: { Problem: hoisted(schemaOf(Problem, 'output'), shared), ...shared },
      responses: {
        Problem: {
          description: 'Refused or failed, with a stable code (RFC 9457)',
          content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
    },
  }
}

function operationOf(route: Route): JsonObject {
  const parameters = [...pathParameters(route.path), ...queryParameters(route.query)]
  return {
    operationId: operationId(route),
    summary: route.summary,
    tags: [tagOf(route.path)],
    security: securityOf(route.access),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body ? { requestBody: requestBody(route, route.body) } : {}),
    responses: responses(route),
  }
}

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): JsonObject => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'draft-2020-12', unrepresentable: 'any' })
  return rest
}

/**
 * A schema that refers to itself brings `$defs`, and its references point at the root of the document: there they go, one of each.
 * `shared` takes them.
 */
function hoisted(node: unknown, shared: JsonObject): unknown {
  if (Array.isArray(node)) return node.map((each) => hoisted(each, shared))
  if (typeof node !== 'object' || node === null) return node
  const { $defs, ...rest } = node as JsonObject & { $defs?: JsonObject }
  if (!$defs) return Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, hoisted(part, shared)]))
  const names = Object.keys($defs).map((key) => [key, nameOf(key, $defs)] as const)
  const moved = (schema: unknown): unknown =>
    JSON.parse(
      names.reduce(
        (text, [key, name]) => text.replaceAll(`"#/$defs/${key}"`, `"#/components/schemas/${name}"`),
        JSON.stringify(schema),
      ),
    )
  for (const [key, name] of names) shared[name] = moved($defs[key])
  return moved(rest)
}

/** The same for the same definitions, whichever schema brought them. */
const nameOf = (key: string, defs: JsonObject): string =>
  `Shared_${createHash('sha256').update(key).update(JSON.stringify(defs)).digest('hex').slice(0, 8)}`

/** Express `:id` and `*path` are `{id}` and `{path}` here. */
export const templateOf = (path: string): string => path.replace(/[:*](\w+)/g, '{$1}')

const pathParameters = (path: string): JsonObject[] =>
  [...path.matchAll(/[:*](\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))

function queryParameters(query: z.ZodType | undefined): JsonObject[] {
  if (!query) return []
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: JsonObject
    required?: string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}

function requestBody(route: Route, body: z.ZodType): JsonObject {
  const plain = route.plainText ? { 'text/plain': { schema: { type: 'string' } } } : {}
  return {
    required: !route.bodyOptional,
    content: { 'application/json': { schema: schemaOf(body, 'input') }, ...plain },
  }
}

function responses(route: Route): JsonObject {
  const answers = Object.entries(route.answers).map(([status, schema]) => [status, responseOf(schema)] as const)
  return { ...Object.fromEntries(answers), default: { $ref: '#/components/responses/Problem' } }
}

function responseOf(schema: z.ZodType | string): JsonObject {
  if (schema === 'none') return { description: 'Done, nothing to say' }
  if (typeof schema === 'string') return { description: 'OK', content: { [schema]: { schema: { type: 'string' } } } }
  return { description: 'OK', content: { 'application/json': { schema: schemaOf(schema, 'output') } } }
}

function securityOf(access: Access): JsonObject[] {
  if (access === 'public') return []
  return access === 'optional' ? [{}, { bearer: [] }] : [{ bearer: [] }]
}

const operationId = ({ method, path }: Route): string =>
  [
    method,
    ...path
      .split('/')
      .map((part) => part.replace(/\W+/g, ' ').trim())
      .filter(Boolean),
  ]
    .join(' ')
    .replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase())

const tagOf = (path: string): string =>
  /^\/(?:api\/v1\/)?([\w-]+)/.exec(path.replace('.well-known', 'auth'))?.[1] ?? 'page'
