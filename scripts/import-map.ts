/** Who may import whom: the rule, and the check that reads every import in the tree. ARCHITECTURE.md shows the same table. */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { parse } from 'acorn'
import { transformSync } from 'amaro'

/** Room -> rooms it may import values from. Any room may also import `types.ts` and `store.ts` of any other (types only), limits.ts and lib. */
export const IMPORT_MAP: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  protocol: [],
  engine: ['protocol'],
  world: ['engine', 'protocol'],
  voice: ['engine', 'protocol'],
  commands: ['engine', 'voice', 'protocol'],
  sandbox: ['protocol'],
  storage: ['protocol'],
  ledger: ['storage', 'protocol'],
  accounts: ['storage', 'protocol'],
  agents: ['storage', 'sandbox', 'engine', 'commands', 'voice', 'protocol'],
  lessons: ['storage', 'agents', 'sandbox', 'engine', 'commands', 'voice', 'world', 'protocol'],
  terminal: ['commands', 'voice', 'engine', 'protocol'],
  rooms: ['commands', 'engine', 'voice', 'protocol'],
  gateway: ['terminal', 'rooms', 'protocol'],
  ops: [],
  link: ['storage', 'protocol'],
  bundles: ['storage', 'protocol'],
  migration: ['bundles', 'storage', 'protocol'],
  visits: ['protocol'],
  library: ['bundles', 'world', 'storage', 'protocol'],
  jobs: ['bundles', 'ledger', 'sandbox', 'storage', 'protocol'],
  inference: ['ledger', 'storage', 'protocol'],
  assembly: ['*'],
  author: ['agents', 'library', 'bundles', 'sandbox', 'world', 'commands', 'voice', 'engine', 'protocol'],
  cli: ['*'],
  testing: ['*'],
  root: ['*'],
  client: ['protocol'],
}

/** Package (or prefix ending in `/`) -> the only rooms that may import it. */
export const HOMES: Readonly<Record<string, readonly string[]>> = {
  '@colyseus/schema': ['protocol', 'rooms'],
  '@colyseus/core': ['rooms'],
  '@colyseus/ws-transport': ['rooms'],
  '@colyseus/sdk': ['client/net'],
  express: ['gateway'],
  'socket.io': ['gateway'],
  'socket.io-client': ['client/net'],
  'isolated-vm': ['sandbox', 'testing'],
  '@prisma/client': ['storage'],
  '@prisma/adapter-pg': ['storage'],
  pg: ['storage', 'testing'],
  '@electric-sql/pglite': ['storage'],
  libp2p: ['link'],
  '@libp2p/': ['link'],
  '@multiformats/multiaddr': ['link'],
  'datastore-level': ['link'],
  'interface-datastore': ['link'],
  'node-llama-cpp': ['inference', 'testing'],
  phaser: ['client/game'],
  '@xterm/xterm': ['client/terminal'],
  '@xterm/addon-fit': ['client/terminal'],
  codemirror: ['client/editor'],
  '@codemirror/': ['client/editor'],
  'typescript-browser': ['client/editor', 'author'],
}

export type ImportViolation = { readonly file: string; readonly specifier: string; readonly rule: string }

const sources = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (entry.name === 'generated' || entry.name === 'node_modules') return []
    const path = join(dir, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.ts$/.test(entry.name) && !/\.d\.ts$/.test(entry.name) ? [path] : []
  })

/** Specifiers of imports that remain after type stripping (values), and of all imports. */
function importsOf(path: string): { values: Set<string>; all: Set<string> } {
  const text = readFileSync(path, 'utf8')
  const all = new Set(
    [
      ...text.matchAll(/^\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm),
    ].map((m) => m[1] ?? m[2]!),
  )
  const { code } = transformSync(text, { mode: 'strip-only' })
  const values = new Set<string>()
  for (const node of parse(code, { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true }).body) {
    if ('source' in node && node.source && typeof node.source.value === 'string') values.add(node.source.value)
  }
  for (const match of code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)) values.add(match[1]!)
  return { values, all }
}

const roomOf = (root: string, path: string): string => {
  const parts = relative(root, path).split(sep)
  if (parts[0] === 'client') return 'client'
  return parts.length === 2 ? (parts[1] === 'limits.ts' ? 'limits' : 'root') : parts[1]!
}

/** Every import under server/ and client/ that the map forbids. */
export function findImportViolations(root: string): ImportViolation[] {
  const violations: ImportViolation[] = []
  for (const path of [...sources(join(root, 'server')), ...sources(join(root, 'client'))]) {
    const file = relative(root, path).split(sep).join('/')
    const room = roomOf(root, path)
    // Tests meet other parts freely; what they test may not.
    if (/\.test\.ts$|\/testing\/|\/fixtures\.ts$/.test(file)) continue
    const { values, all } = importsOf(path)
    for (const specifier of all) {
      if (!specifier.startsWith('.')) {
        const home = Object.entries(HOMES).find(
          ([name]) => specifier === name || specifier.startsWith(name.endsWith('/') ? name : `${name}/`),
        )
        if (
          home &&
          !home[1].some(
            (allowed) =>
              file.startsWith(allowed.includes('/') ? `${allowed}/` : `server/${allowed}/`) || room === allowed,
          )
        ) {
          violations.push({ file, specifier, rule: `${home[0]} lives in ${home[1].join(', ')}` })
        }
        continue
      }
      const target = resolve(dirname(path), specifier)
      const to = roomOf(root, target)
      if (to === room || to === 'limits') continue
      const allowed = IMPORT_MAP[room]
      if (!allowed) violations.push({ file, specifier, rule: `${room} is not in the import map` })
      else if (
        allowed.includes('*') ||
        allowed.includes(to) ||
        (to === 'lib' && room !== 'protocol' && room !== 'client')
      )
        continue
      else if (room !== 'client' && /^(types|store)\.ts$/.test(basename(target)) && !values.has(specifier)) continue
      else violations.push({ file, specifier, rule: `${room} may import ${allowed.join(', ') || 'no other room'}` })
    }
  }
  return violations
}

if (import.meta.main) {
  const violations = findImportViolations(resolve(import.meta.dirname, '..'))
  for (const { file, specifier, rule } of violations) console.error(`${file}: imports ${specifier}, but ${rule}`)
  if (violations.length > 0) process.exit(1)
  console.log('import map: every import is where it belongs')
}
