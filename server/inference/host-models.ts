/** The models of this node: files that its host allowed, by what is in them, and servers that it points to. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import { INFER_CONTEXT_TOKENS, INFER_SEQUENCES, INFER_UPSTREAM_SLOTS } from '../limits.ts'
import type { Backend } from './backend.ts'
import { createEmbeddedBackend } from './embedded/backend.ts'
import { InferError } from './errors.ts'
import type { AllowedModel, InferenceStore, UpstreamRow } from './store.ts'
import { createUpstreamBackend } from './upstream/backend.ts'
import type { Upstream } from './upstream/types.ts'

export type ModelOptions = { readonly id?: string; readonly priceInMicro?: bigint; readonly priceOutMicro?: bigint }
export type UpstreamOptions = Omit<UpstreamRow, 'keySealed'> & { readonly key?: string }
export type HostModels = AsyncDisposable & {
  backends(): readonly Backend[]
  /** Allows a file and loads it; `progress` hears how far it is. */
  add(
    file: string,
    options: ModelOptions,
    progress?: (line: string) => void,
  ): Promise<{ readonly id: string; readonly sha256: string }>
  /** Loads the file of `--model`: one that is new is allowed; one that is not what it was is refused. */
  addConfigured(file: string): Promise<void>
  remove(idOrHash: string): Promise<boolean>
  setUpstream(options: UpstreamOptions): Promise<void>
  removeUpstream(name: string): Promise<boolean>
  /** Loads what was allowed before. */
  start(): Promise<void>
  list(): readonly object[]
}

type Parts = {
  readonly store: Pick<
    InferenceStore,
    'allowModel' | 'forgetModel' | 'allowedModels' | 'setUpstream' | 'removeUpstream' | 'upstreams'
  >
  readonly seal: (plain: Uint8Array, label: string) => Uint8Array
  readonly open: (sealed: Uint8Array, label: string) => Uint8Array | undefined
  readonly gpu: 'auto' | 'off'
  readonly now: () => number
  readonly log: Record<'info' | 'warn' | 'error', (fields: object, message: string) => void>
}

const labelOf = (name: string) => `upstream ${name}`
const nameOf = (file: string) => basename(file).replace(/\.gguf$/i, '')

export function createHostModels({ store, seal, open, gpu, now, log }: Parts): HostModels {
  const embedded = new Map<string, Backend>()
  const upstreams = new Map<string, Backend>()

  async function load({ sha256, id, file, priceInMicro, priceOutMicro }: AllowedModel): Promise<void> {
    if (embedded.has(sha256)) return
    const model = {
      id,
      file,
      sha256,
      gpu,
      sequences: INFER_SEQUENCES,
      contextTokens: INFER_CONTEXT_TOKENS,
      priceInMicro,
      priceOutMicro,
    }
    embedded.set(sha256, await createEmbeddedBackend(model, log))
  }

  async function add(file: string, options: ModelOptions, progress: (line: string) => void = () => {}) {
    const path = await realpath(resolve(file)).catch(() => {
      throw new InferError('bad_request', `There is no file ${file}.`)
    })
    const sha256 = await hashOf(path, progress)
    const model: AllowedModel = {
      sha256,
      id: options.id ?? nameOf(path),
      file: path,
      priceInMicro: options.priceInMicro ?? 0n,
      priceOutMicro: options.priceOutMicro ?? 0n,
      load: true,
      allowedAtMs: now(),
    }
    await store.allowModel(model)
    await embedded.get(sha256)?.[Symbol.asyncDispose]()
    embedded.delete(sha256)
    await load(model)
    progress(`loading ${model.id}`)
    return { id: model.id, sha256 }
  }

  /** Only what still is what was allowed. */
  async function loadIfSame(model: AllowedModel): Promise<void> {
    const sha256 = await hashOf(model.file, () => {}).catch(() => undefined)
    if (sha256 === model.sha256) await load(model)
    else
      log.error(
        { model: model.id, file: model.file, allowed: model.sha256, found: sha256 ?? 'no file' },
        'a model was not loaded: its file is gone or is not what was allowed; allow it anew with "academy model add FILE"',
      )
  }

  function connect(upstream: Upstream): void {
    const backend = createUpstreamBackend(upstream, log)
    upstreams.set(upstream.name, backend)
    void backend.refresh()
  }

  return {
    backends: () => [...embedded.values(), ...upstreams.values()],
    add,
    async addConfigured(file) {
      const path = await realpath(resolve(file)).catch(() => resolve(file))
      const before = (await store.allowedModels()).find((model) => model.file === path)
      if (before) await loadIfSame(before)
      else await add(path, {})
    },
    async remove(name) {
      const model = (await store.allowedModels()).find(({ id, sha256 }) => id === name || sha256 === name)
      if (!model) return false
      await store.forgetModel(model.sha256)
      await embedded.get(model.sha256)?.[Symbol.asyncDispose]()
      return embedded.delete(model.sha256)
    },
    async setUpstream({ key, ...row }) {
      const keySealed = key === undefined ? undefined : seal(Buffer.from(key), labelOf(row.name))
      await store.setUpstream({ ...row, ...(keySealed && { keySealed }) })
      await upstreams.get(row.name)?.[Symbol.asyncDispose]()
      connect(upstreamOf(row, key))
    },
    async removeUpstream(name) {
      await upstreams.get(name)?.[Symbol.asyncDispose]()
      upstreams.delete(name)
      return store.removeUpstream(name)
    },
    async start() {
      for (const { keySealed, ...row } of await store.upstreams()) {
        const key = keySealed && open(keySealed, labelOf(row.name))
        if (keySealed && !key)
          log.error({ upstream: row.name }, "an upstream's key was sealed under another secret; set it anew")
        else connect(upstreamOf(row, key && Buffer.from(key).toString()))
      }
      for (const model of await store.allowedModels()) if (model.load) await loadIfSame(model)
    },
    list: () =>
      [...embedded.values(), ...upstreams.values()].map((backend) => ({
        id: backend.id,
        ownGround: backend.isOwnGround,
        ...backend.state(),
        models: backend.models().map(({ id, sha256, contextTokens, priceInMicro, priceOutMicro }) => ({
          id,
          sha256,
          contextTokens,
          priceInMicro: String(priceInMicro),
          priceOutMicro: String(priceOutMicro),
        })),
      })),
    async [Symbol.asyncDispose]() {
      await Promise.all(
        [...embedded.values(), ...upstreams.values()].map((backend) => backend[Symbol.asyncDispose]()),
      )
    },
  }
}

const upstreamOf = (
  { ownGround, models, ...row }: Omit<UpstreamRow, 'keySealed'>,
  key: string | undefined,
): Upstream => ({
  ...row,
  isOwnGround: ownGround,
  slots: INFER_UPSTREAM_SLOTS,
  ...(models.length > 0 && { models }),
  ...(key !== undefined && { key }),
})

/** SHA-256 in hex, read through once; every tenth of the way is told. */
async function hashOf(file: string, progress: (line: string) => void): Promise<string> {
  const { size } = await stat(file)
  const hash = createHash('sha256')
  let read = 0
  let told = 0
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
    hash.update(chunk)
    read += chunk.length
    const tenths = Math.floor((read * 10) / size)
    if (tenths > told) progress(`reading ${basename(file)}: ${tenths * 10} %`)
    told = tenths
  }
  return hash.digest('hex')
}
