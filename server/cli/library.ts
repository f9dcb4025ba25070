/** `academy library …`: items for worlds and programs, on a node and in the project in this folder. */
import { readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { installInDir, opened, removeFromDir } from '../author/library-dir.ts'
import { AuthorProblem } from '../author/problem.ts'
import * as api from '../protocol/library-api.ts'
import { type HubOptions, hubOf } from './hub.ts'
import { json, row, say, words } from './print.ts'

type Options = HubOptions & { readonly json?: boolean }

/** `name`, `name@1.2`, `owner/name@1.2.0` */
export function readRef(text: string): { readonly name: string; readonly query: string } {
  const match = /^(?:([0-9a-f]{4,64})\/)?([a-z][a-z0-9-]*)(?:@(.+))?$/.exec(text)
  if (!match) throw new AuthorProblem('bad_name', `${text} names no item: it is NAME, NAME@1.2.0, or OWNER/NAME.`)
  const query = new URLSearchParams()
  if (match[1]) query.set('owner', match[1])
  if (match[3]) query.set('version', match[3])
  return { name: match[2]!, query: query.size > 0 ? `?${query}` : '' }
}

const manifest = z.strictObject({
  name: api.PublishBody.shape.name,
  version: api.PublishBody.shape.version,
  kind: api.PublishBody.shape.kind,
  title: api.PublishBody.shape.title,
  summary: api.PublishBody.shape.summary.default({ en: '', ru: '' }),
})

async function readItem(dir: string) {
  const file = join(dir, 'item.json')
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined)
    throw new AuthorProblem(
      'no_item',
      `There is no item in ${resolve(dir)}: item.json is missing. It says { name, version, kind: "entity" or "module", title: { en, ru }, summary: { en, ru } }.`,
    )
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new AuthorProblem('bad_item', `${file} is not JSON: ${(error as Error).message}`)
  }
  const parsed = manifest.safeParse(value)
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.') || 'it'} ${message}`)
    throw new AuthorProblem('bad_item', `${file} cannot be used:\n${lines.join('\n')}`)
  }
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files: Record<string, string> = {}
  for (const entry of entries) {
    const path = relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/')
    if (
      !entry.isFile() ||
      path === 'item.json' ||
      path.split('/').some((part) => part.startsWith('.') || part === 'node_modules')
    )
      continue
    files[path] = await readFile(join(dir, path), 'utf8')
  }
  return { ...parsed.data, files }
}

export function addLibraryCommands(program: Command): void {
  const library = program.command('library').description('items that people have made for worlds and programs')
  const command = (name: string, description: string) =>
    library
      .command(name)
      .description(description)
      .option('--hub <url>', 'the node to ask; ACADEMY_HUB, or the one on this machine, without it')
      .option('--as <name>', 'sign in as this person')

  const list = async (q: string | undefined, options: Options): Promise<void> => {
    const hub = await hubOf(options)
    const all: api.LibraryItem[] = []
    const silent = new Set<string>()
    let after: string | undefined
    do {
      const query = new URLSearchParams({ ...(q && { q }), ...(after && { after }) })
      const page = await hub.get(`/api/v1/library?${query}`, api.LibraryList)
      all.push(...page.items)
      for (const node of page.silent) silent.add(node)
      after = page.next
    } while (after !== undefined)
    if (options.json) return json({ items: all, silent: [...silent] })
    for (const { name, version, kind, title, owner, yanked } of all)
      row(`${name} ${version}`, kind, title.en, owner.slice(0, 12), ...(yanked ? ['withdrawn'] : []))
    if (all.length === 0) words('Nothing found.')
    if (silent.size > 0) say(`${silent.size} nodes did not answer; the list may lack what they have.`)
  }
  command('list', 'what there is')
    .option('--json', 'as JSON')
    .action((options: Options) => list(undefined, options))
  command('search', 'what has these words in its name, title or summary')
    .argument('<words...>')
    .option('--json', 'as JSON')
    .action((wanted: string[], options: Options) => list(wanted.join(' '), options))
  command('show', 'an item: its owner and its versions')
    .argument('<item>', 'NAME, or OWNER/NAME')
    .action(async (item: string, options: Options) => {
      const { name, query } = readRef(item)
      const found = await (await hubOf(options)).get(`/api/v1/library/${name}${query}`, api.LibraryItemAnswer)
      const [first] = found.versions
      if (first) {
        row(`${found.name}: ${first.title.en}`)
        row(first.summary.en)
        row(`owner ${first.owner}`)
        row(`published by ${first.publisher.name}`)
      }
      for (const { version, yanked, why, state, refusal, cid, atMs } of found.versions)
        row(
          ...[version, new Date(atMs).toISOString(), cid, yanked && `withdrawn: ${why}`, state, refusal].filter(
            (cell) => typeof cell === 'string',
          ),
        )
    })
  command('publish', 'publish the item in a folder: item.json and its files')
    .argument('[dir]', 'this folder without it', '.')
    .action(async (dir: string, options: Options) => {
      const draft = await readItem(dir)
      const made = await (await hubOf(options)).send('POST', '/api/v1/library', api.LibraryVersion, draft)
      words(
        `${made.name} ${made.version} is published${made.state === 'pending' ? ' here; the hub is told when it can be reached' : ''}: ${made.cid}`,
      )
    })
  command('install', 'install a module in the project of a folder, or an entity in the world of the node')
    .argument('<item>', 'NAME, NAME@1.2.0, or OWNER/NAME')
    .option('--dir <dir>', 'folder of the project', '.')
    .option('--zone <zone>', 'zone of the world, for who looks after the node')
    .option('--place <place>', 'place of the zone where it is put')
    .action(async (item: string, options: Options & { dir: string; zone?: string; place?: string }) => {
      const { name, query } = readRef(item)
      const hub = await hubOf(options)
      if (options.zone !== undefined) {
        const wish = Object.fromEntries(new URLSearchParams(query))
        const { zone, place } = options
        const done = await hub.send('POST', `/api/v1/library/${name}/install`, api.WorldItem, {
          ...wish,
          zone,
          ...(place && { place }),
        })
        words(`${done.name} ${done.version} is part of ${done.zone} now.`)
        return
      }
      const handed = await hub.get(`/api/v1/library/${name}/package${query}`, api.LibraryPackage)
      const fetched = opened(name, { record: handed.version.record, bundle: handed.bundle })
      const wish = new URLSearchParams(query).get('version')
      await installInDir(options.dir, { ...fetched, ...(wish !== null && { wish }) })
      words(
        `${name} ${fetched.version.item.version} is in lib/${name}/, signed by ${fetched.version.item.owner.slice(0, 12)}…`,
      )
    })
  command('remove', 'take a module out of the project of a folder, or an entity out of the world of the node')
    .argument('<name>')
    .option('--dir <dir>', 'folder of the project', '.')
    .option('--zone <zone>', 'zone of the world')
    .action(async (name: string, options: Options & { dir: string; zone?: string }) => {
      if (options.zone === undefined) await removeFromDir(options.dir, name)
      else await (await hubOf(options)).send('DELETE', `/api/v1/world-items/${options.zone}/${name}`, api.WorldItem)
      words(`${name} is gone.`)
    })
  command('installed', 'items that are part of the world of the node').action(async (options: Options) =>
    json((await (await hubOf(options)).get('/api/v1/world-items', api.WorldItems)).items),
  )
  command('yank', 'withdraw a version of your own, so that it is taken only by its number')
    .argument('<item>', 'NAME@1.2.0')
    .argument('[why...]')
    .option('--undo', 'let it be taken again')
    .action(async (item: string, why: string[], options: Options & { undo?: boolean }) => {
      const [name, version] = item.split('@')
      if (!name || !version) throw new AuthorProblem('bad_name', 'Say which version: NAME@1.2.0.')
      const yanked = options.undo !== true
      const path = `/api/v1/library/${name}/versions/${version}/yank`
      await (await hubOf(options)).send('POST', path, api.LibraryVersion, { yanked, why: why.join(' ') })
      words(yanked ? `${item} is withdrawn.` : `${item} may be taken again.`)
    })
}
