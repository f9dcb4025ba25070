/** Bodies of the library's and the workspaces' routes: what is parsed at the edge, and what the page and the `academy` command read. */
import { z } from 'zod'
import {
  ENVIRONMENT_NAME_MAX_CHARS,
  FILE_PATH_MAX_CHARS,
  ITEM_FILES_MAX,
  ITEM_MAX_BYTES,
  ITEM_SUMMARY_MAX_CHARS,
  LIBRARY_PAGE_MAX,
  WORKSPACE_NAME_MAX_CHARS,
} from '../limits.ts'
import {
  itemKind,
  itemName,
  itemSummary,
  itemTitle,
  plain,
  seed,
  settingsOf,
  settingValue,
  VERSION_MAX_CHARS,
  versionText,
} from './library-fields.ts'

const atMs = z.number().int().describe('milliseconds since the Unix epoch')
const wish = z
  .string()
  .min(1)
  .max(VERSION_MAX_CHARS)
  .describe('whole, as in 1.2.0, or its beginning; the newest without it')
const owner = z
  .string()
  .regex(/^[0-9a-f]{4,64}$/)
  .describe('the beginning of an owner’s key, where several have an item of that name')
const files = z
  .record(z.string().max(FILE_PATH_MAX_CHARS), z.string().max(ITEM_MAX_BYTES))
  .refine((all) => Object.keys(all).length <= 2 * ITEM_FILES_MAX, 'too many files')

export const LibraryQuery = z.object({
  q: z.string().max(100).optional().describe('words of its name, title or summary'),
  kind: itemKind.optional(),
  after: itemName.optional().describe('`next` of the page before'),
  limit: z.coerce.number().int().min(1).max(LIBRARY_PAGE_MAX).optional(),
})
export const ItemQuery = z.object({ version: wish.optional(), owner: owner.optional() })

const item = {
  name: z.string(),
  version: z.string(),
  owner: z.string().describe('Ed25519 key that signed it, in hex'),
  kind: itemKind,
  cid: z.string().describe('hash of its files'),
  bytes: z.number().int(),
  title: z.object({ en: z.string(), ru: z.string() }),
  summary: z.object({ en: z.string(), ru: z.string() }),
  publisher: z.object({ id: z.string(), name: z.string() }),
  atMs,
}
export const LibraryItem = z.object({ ...item, yanked: z.boolean(), versions: z.number().int() })
export type LibraryItem = z.infer<typeof LibraryItem>
export const LibraryList = z.object({
  items: z.array(LibraryItem),
  next: z.string().optional(),
  silent: z.array(z.string()).describe('nodes that did not answer'),
})
export type LibraryList = z.infer<typeof LibraryList>

const signed = z
  .object({ body: z.string(), key: z.string(), sig: z.string() })
  .describe('base64; Ed25519 by key over "academy/library-item/v1\\n" and body')
export const LibraryVersion = z.object({
  ...item,
  yanked: z.boolean(),
  why: z.string().optional().describe('why it was withdrawn'),
  state: z
    .enum(['pending', 'listed', 'refused'])
    .optional()
    .describe('how it stands with the hub, on the node that published it'),
  refusal: z.string().optional(),
  record: signed,
})
export type LibraryVersion = z.infer<typeof LibraryVersion>
export const LibraryItemAnswer = z.object({
  name: z.string(),
  newest: z.string().optional().describe('what is installed without a wish'),
  versions: z.array(LibraryVersion).describe('newest first; each with its signature checked'),
})
export type LibraryItemAnswer = z.infer<typeof LibraryItemAnswer>
export const LibraryPackage = z.object({
  version: LibraryVersion,
  bundle: z.string().describe('base64: the bytes that the hash is of'),
})

export const PublishBody = z.strictObject({
  name: itemName,
  version: versionText,
  kind: itemKind,
  title: itemTitle,
  summary: itemSummary,
  files: files.optional().describe('path -> text; or say which project they are in'),
  projectId: z.string().max(60).optional(),
  folder: z.string().max(FILE_PATH_MAX_CHARS).optional().describe('of the project; all of it without'),
})
export const YankBody = z.strictObject({ yanked: z.boolean(), why: plain(ITEM_SUMMARY_MAX_CHARS).default('') })
const local = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
  .max(60)
export const InstallBody = z
  .strictObject({
    version: wish.optional(),
    owner: owner.optional(),
    projectId: z.string().max(60).optional(),
    zone: local.optional(),
    place: local.optional().describe('of the zone, where it is put; nowhere without'),
  })
  .refine(({ projectId, zone }) => (projectId === undefined) !== (zone === undefined), 'either projectId or zone')
export const WorldItem = z.object({
  zone: z.string(),
  name: z.string(),
  version: z.string(),
  owner: z.string(),
  cid: z.string(),
  place: z.string().optional(),
  installedBy: z.string(),
  installedAtMs: atMs,
  problems: z.array(z.string()).optional().describe('it does not fit the world any more, and is left out'),
})
export type WorldItem = z.infer<typeof WorldItem>
export const WorldItems = z.object({ items: z.array(WorldItem) })
export const ProjectLock = z.object({
  items: z.record(
    z.string(),
    z.object({ version: z.string(), cid: z.string(), owner: z.string(), files: z.array(z.string()) }),
  ),
})
export const Installed = z.union([WorldItem, ProjectLock])

const settings = settingsOf(
  z.string().max(ENVIRONMENT_NAME_MAX_CHARS),
  z.strictObject({ value: settingValue, secret: z.literal(true).optional().describe('never shared') }),
)
const environment = z.object({
  api: z.string().describe('version of the programming interface it is for'),
  seed: seed.optional(),
  settings,
})
export const EnvironmentBody = z.strictObject({ seed: seed.optional(), settings: settings.optional() })
export const Workspace = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.string(),
  projects: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      files: z.number().int(),
      tests: z.number().int(),
      environment,
    }),
  ),
  updatedAtMs: atMs,
  shared: z
    .object({
      reach: z.enum(['lan', 'world']),
      cid: z.string(),
      atMs,
      told: z.boolean().describe('whether the hub knows'),
    })
    .optional(),
  origin: z.object({ id: z.string(), node: z.string(), by: z.string(), cid: z.string() }).optional(),
})
export type Workspace = z.infer<typeof Workspace>
export const WorkspaceList = z.object({ workspaces: z.array(Workspace) })
export const WorkspaceBody = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(2 * WORKSPACE_NAME_MAX_CHARS),
})
export const WorkspaceContent = z.object({
  name: z.string(),
  projects: z.array(z.object({ name: z.string(), environment, files: z.record(z.string(), z.string()) })),
})
export type WorkspaceContent = z.infer<typeof WorkspaceContent>
export const ShareBody = z.strictObject({ reach: z.enum(['lan', 'world']) })
const adapted = z.object({
  project: z.string(),
  what: z.enum(['api', 'secret', 'name']),
  from: z.string(),
  to: z.string(),
})
export const Shared = z.object({
  workspace: Workspace,
  left: z.array(adapted).describe('what is secret, and was left out'),
})
export const Cloned = z.object({
  workspace: Workspace,
  adapted: z.array(adapted).describe('what was made fit for this node'),
})
export const SharesQuery = z.object({
  q: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(LIBRARY_PAGE_MAX).optional(),
})
export const SharedWorkspace = z.object({
  id: z.string(),
  owner: z.string(),
  node: z.string(),
  name: z.string(),
  by: z.object({ id: z.string(), name: z.string() }),
  reach: z.enum(['lan', 'world']),
  cid: z.string(),
  bytes: z.number().int(),
  api: z.string(),
  projects: z.array(z.object({ name: z.string(), files: z.number().int(), tests: z.number().int() })),
  atMs,
})
export type SharedWorkspace = z.infer<typeof SharedWorkspace>
export const SharedWorkspaces = z.object({ shares: z.array(SharedWorkspace), silent: z.array(z.string()) })
