/** Files of an item and of a workspace as the bytes of a bundle: deterministic CBOR, so that the same files have the same name. */
import { decode, encode } from '@ipld/dag-cbor'
import { z } from 'zod'
import {
  FILE_PATH_MAX_CHARS,
  ITEM_FILES_MAX,
  ITEM_MAX_BYTES,
  ITEM_NAME_MAX_CHARS,
  WORKSPACE_NAME_MAX_CHARS,
  WORKSPACE_PROJECTS_MAX,
} from '../limits.ts'
import { itemKind, seed, settingName, settingsOf, settingValue } from '../protocol/library-fields.ts'
import type { Files, ItemKind, WorkspaceContent } from './types.ts'

const FORMAT = 1
const files = z.record(z.string().max(FILE_PATH_MAX_CHARS), z.string())
const itemPackage = z.object({ format: z.literal(FORMAT), kind: itemKind, files })

const environment = z.object({
  api: z.string().max(40),
  seed: seed.optional(),
  settings: settingsOf(settingName, z.object({ value: settingValue })),
})
const workspacePackage = z.object({
  format: z.literal(FORMAT),
  name: z.string().min(1).max(WORKSPACE_NAME_MAX_CHARS),
  projects: z
    .array(z.object({ name: z.string().min(1).max(WORKSPACE_NAME_MAX_CHARS), environment, files }))
    .max(WORKSPACE_PROJECTS_MAX),
})

export const packItem = (kind: ItemKind, all: Files): Uint8Array => encode({ format: FORMAT, kind, files: all })
export const packWorkspace = ({ name, projects }: WorkspaceContent): Uint8Array =>
  encode({ format: FORMAT, name, projects })

/** Undefined when the bytes are no item of that kind, or break a limit. */
export function unpackItem(kind: ItemKind, bytes: Uint8Array): Files | undefined {
  const parsed = itemPackage.safeParse(decoded(bytes))
  return parsed.success && parsed.data.kind === kind && problemOf(kind, parsed.data.files) === undefined
    ? parsed.data.files
    : undefined
}

export function unpackWorkspace(bytes: Uint8Array): WorkspaceContent | undefined {
  const parsed = workspacePackage.safeParse(decoded(bytes))
  return parsed.success ? parsed.data : undefined
}

function decoded(bytes: Uint8Array): unknown {
  try {
    return decode(bytes)
  } catch {
    return undefined
  }
}

/** Two folders less than a project may have: they stand in `lib/<name>/` there. */
const MODULE_PATH = /^(?:[a-z0-9][\w-]*(?:\.[\w-]+)*\/){0,2}[a-z0-9][\w-]*(?:\.[\w-]+)*\.(?:ts|js|md)$/i
/** `lib/<name>/` */
const LIB_PREFIX_MAX_CHARS = ITEM_NAME_MAX_CHARS + 5
const ENTITY_PATH =
  /^(?:(?:items|npcs|spawn)\.yaml|text\/(?:en|ru)\.yaml|scripts\/[a-z][a-z0-9]*(?:-[a-z0-9]+)*\.js|README\.md)$/

export type PackageProblem =
  | { readonly is: 'empty' }
  | { readonly is: 'too_big'; readonly files: number; readonly bytes: number }
  | { readonly is: 'bad_path'; readonly path: string }

/** What keeps these files from being an item of that kind, as far as it shows without reading them. */
export function problemOf(kind: ItemKind, all: Files): PackageProblem | undefined {
  const paths = Object.keys(all)
  const bytes = Object.values(all).reduce((sum, text) => sum + Buffer.byteLength(text), 0)
  if (paths.length > ITEM_FILES_MAX || bytes > ITEM_MAX_BYTES) return { is: 'too_big', files: paths.length, bytes }
  const isRight = (path: string): boolean =>
    path.length <= FILE_PATH_MAX_CHARS - LIB_PREFIX_MAX_CHARS &&
    (kind === 'entity' ? ENTITY_PATH : MODULE_PATH).test(path)
  const wrong = paths.find((path) => !isRight(path))
  if (wrong !== undefined) return { is: 'bad_path', path: wrong.slice(0, FILE_PATH_MAX_CHARS) }
  const folded = new Set(paths.map((path) => path.toLowerCase()))
  if (folded.size < paths.length) return { is: 'bad_path', path: paths.find((path) => path !== path.toLowerCase())! }
  const needed = kind === 'entity' ? /^(items|npcs)\.yaml$/ : /\.(ts|js)$/
  return paths.some((path) => needed.test(path)) ? undefined : { is: 'empty' }
}
