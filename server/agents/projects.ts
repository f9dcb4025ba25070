/** A person's source files: listed, read, written, checked, within limits. */

import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import {
  AGENT_SOURCE_MAX_BYTES,
  AGENT_SOURCE_MAX_FILES,
  FILE_PATH_MAX_CHARS,
  PROJECT_NAME_MAX_CHARS,
  PROJECTS_PER_PERSON_MAX,
} from '../limits.ts'
import type { Locale, PlayerId, ProjectId } from '../protocol/ids.ts'
import type { Refusal } from '../protocol/refusals.ts'
import type { CompileResult, SourceFiles } from '../sandbox/types.ts'
import type { ProjectStore } from './store.ts'
import { TEMPLATES } from './templates.ts'
import type { ProjectInfo, Projects, Result } from './types.ts'

export type ProjectsDeps = {
  readonly store: ProjectStore
  readonly clock: Clock
  readonly compile: (files: SourceFiles) => Promise<CompileResult> | CompileResult
  /** More templates by name, such as the starters of lessons. */
  readonly template?: (name: string, locale: Locale) => Readonly<Record<string, string>> | undefined
}

const ok = <T>(value: T): Result<T> => ({ ok: true, value })
const no = (
  code: Refusal['code'],
  params?: Refusal['params'],
): { readonly ok: false; readonly refusal: Refusal } => ({ ok: false, refusal: { code, params } })

/** `main.ts`, `lib/paths.ts`: letters, digits, `-`, `_`, `.`; no hidden names and no way up. */
export const FILE_PATH =
  /^(?:[a-z0-9][\w-]*(?:\.[\w-]+)*\/){0,4}[a-z0-9][\w-]*(?:\.[\w-]+)*\.(?:ts|js|json|md|yaml)$/i

export function createProjects({ store, clock, compile, template }: ProjectsDeps): Projects {
  const queues = new Map<string, Promise<unknown>>()

  /** The project, when it is this person's. */
  async function own(owner: PlayerId, id: ProjectId): Promise<Result<ProjectInfo>> {
    const info = await store.info(id)
    return info && info.owner === owner ? ok(info) : no('no_such_project', { name: id })
  }

  /** One change of a project, or of a person's list, at a time, so that limits hold between tabs. */
  function inTurn<T>(id: string, job: () => Promise<T>): Promise<T> {
    const done = (queues.get(id) ?? Promise.resolve()).then(job, job)
    const settled = done
      .catch(() => {})
      .finally(() => {
        if (queues.get(id) === settled) queues.delete(id)
      })
    queues.set(id, settled)
    return done
  }

  async function changed(
    owner: PlayerId,
    id: ProjectId,
    change: (info: ProjectInfo) => Promise<Refusal | undefined>,
  ): Promise<Result<ProjectInfo>> {
    return inTurn(id, async () => {
      const found = await own(owner, id)
      if (!found.ok) return found
      const refusal = await change(found.value)
      return refusal ? { ok: false, refusal } : ok((await store.info(id))!)
    })
  }

  return {
    list: (owner) => store.list(owner),
    create: (owner, { name, template: wanted = 'hello', locale = 'en' }) =>
      inTurn(owner, async () => {
        const trimmed = name.trim().replaceAll(/\s+/g, ' ')
        if (trimmed === '' || trimmed.length > PROJECT_NAME_MAX_CHARS)
          return no('bad_name', { max: PROJECT_NAME_MAX_CHARS })
        const own = TEMPLATES[locale]
        const files = (Object.hasOwn(own, wanted) ? own[wanted] : undefined) ?? template?.(wanted, locale)
        if (!files) return no('bad_arguments', { name: wanted, usage: 'none' })
        if ((await store.list(owner)).length >= PROJECTS_PER_PERSON_MAX)
          return no('project_limit', { max: PROJECTS_PER_PERSON_MAX })
        const nowMs = clock.now()
        const id = newId('project', nowMs) as ProjectId
        await store.insert({ id, name: trimmed, owner, createdAtMs: nowMs, updatedAtMs: nowMs }, files)
        return ok((await store.info(id))!)
      }),
    async read(owner, id, path) {
      const found = await own(owner, id)
      if (!found.ok) return found
      const files = await store.files(id)
      return Object.hasOwn(files, path) ? ok(files[path]!) : no('no_such_file', { path })
    },
    write: (owner, id, path, text) =>
      changed(owner, id, async ({ files }): Promise<Refusal | undefined> => {
        if (path.length > FILE_PATH_MAX_CHARS || !FILE_PATH.test(path))
          return { code: 'bad_path', params: { path: path.slice(0, FILE_PATH_MAX_CHARS) } }
        const others = files.filter((file) => file.path !== path)
        const bytes = others.reduce((sum, file) => sum + file.bytes, Buffer.byteLength(text))
        if (others.length >= AGENT_SOURCE_MAX_FILES || bytes > AGENT_SOURCE_MAX_BYTES)
          return {
            code: 'file_limit',
            params: { maxFiles: AGENT_SOURCE_MAX_FILES, maxKb: AGENT_SOURCE_MAX_BYTES / 1024 },
          }
        await store.putFile(id, path, text, clock.now())
        return undefined
      }),
    replace: (owner, id, { put, remove }) =>
      changed(owner, id, async ({ files }): Promise<Refusal | undefined> => {
        const wrong = Object.keys(put).find((path) => path.length > FILE_PATH_MAX_CHARS || !FILE_PATH.test(path))
        if (wrong !== undefined) return { code: 'bad_path', params: { path: wrong.slice(0, FILE_PATH_MAX_CHARS) } }
        const kept = files.filter(({ path }) => !Object.hasOwn(put, path) && !remove.includes(path))
        const texts = Object.values(put)
        const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)
        const all = kept.reduce((sum, file) => sum + file.bytes, bytes)
        if (kept.length + texts.length > AGENT_SOURCE_MAX_FILES || all > AGENT_SOURCE_MAX_BYTES)
          return {
            code: 'file_limit',
            params: { maxFiles: AGENT_SOURCE_MAX_FILES, maxKb: AGENT_SOURCE_MAX_BYTES / 1024 },
          }
        await store.replaceFiles(id, { put, remove }, clock.now())
        return undefined
      }),
    remove: (owner, id, path) =>
      changed(owner, id, async ({ files }) => {
        if (!files.some((file) => file.path === path))
          return { code: 'no_such_file', params: { path: path.slice(0, FILE_PATH_MAX_CHARS) } }
        await store.removeFile(id, path, clock.now())
        return undefined
      }),
    discard: (owner, id) =>
      inTurn(id, async () => {
        const found = await own(owner, id)
        if (!found.ok) return found
        return (await store.remove(id)) ? found : no('project_in_use', { name: found.value.name })
      }),
    async sources(owner, id) {
      const found = await own(owner, id)
      return found.ok ? ok(await store.files(id)) : found
    },
    async check(owner, id) {
      const found = await own(owner, id)
      if (!found.ok) return found
      const compiled = await compile(await store.files(id))
      return ok(compiled.ok ? [] : compiled.diagnostics)
    },
  }
}
