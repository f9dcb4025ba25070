/**
 * Makes a fresh clone ready, and says what it does while it does it: packages, database client, page.
 * Runs on the system's Node (20 or newer) with built-ins only; does nothing, quickly, when all is there.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

const root = resolve(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')
const bin = join(root, 'node_modules', '.bin')
const stampDir = join(root, 'node_modules', '.academy')
const wanted = new Set(process.argv.slice(2))

if (Number(process.versions.node.split('.')[0]) < 20) {
  console.error(
    `CodeCraft Academy needs Node 20 or newer to start; this is ${process.version}. See https://nodejs.org.`,
  )
  process.exit(2)
}

const hashOf = (paths) => {
  const hash = createHash('sha256')
  const add = (path) => {
    if (!existsSync(path)) return
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) add(join(path, name))
    else hash.update(path.slice(root.length)).update(readFileSync(path))
  }
  for (const path of paths) add(join(root, path))
  return hash.digest('hex')
}

const env = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
  // Prisma's CLI would otherwise download an engine that nothing here uses.
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  CHECKPOINT_DISABLE: '1',
}

/** Runs a step; its output goes to standard error, for standard output belongs to the node. */
const run = (command, args) =>
  new Promise((done, fail) => {
    const child = spawn(command, args, {
      cwd: root,
      env,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    })
    child.once('error', fail)
    child.once('exit', (code, signal) =>
      code === 0 ? done() : fail(new Error(`${command} ${args.join(' ')} ended with ${signal ?? code}`)),
    )
  })

const isFresh = (name, hash, output) =>
  existsSync(output) && existsSync(join(stampDir, name)) && readFileSync(join(stampDir, name), 'utf8') === hash

async function step(name, title, inputs, output, action) {
  const hash = hashOf(inputs)
  if (isFresh(name, hash, output)) return
  const startedAt = Date.now()
  process.stderr.write(`[setup] ${title} …\n`)
  const tick = setInterval(
    () => process.stderr.write(`[setup] … still at it, ${Math.round((Date.now() - startedAt) / 1000)} s\n`),
    10_000,
  )
  try {
    await action()
  } finally {
    clearInterval(tick)
  }
  mkdirSync(stampDir, { recursive: true })
  writeFileSync(join(stampDir, name), hash)
  process.stderr.write(`[setup] ${title}: done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s\n`)
}

/** Makes `npx academy` work in the clone. */
function linkCommand() {
  const link = join(bin, 'academy')
  if (existsSync(link)) return
  rmSync(link, { force: true })
  if (process.platform === 'win32')
    writeFileSync(`${link}.cmd`, `@node "${join(root, 'scripts', 'academy.mjs')}" %*\r\n`)
  else symlinkSync('../../scripts/academy.mjs', link)
}

try {
  await step(
    'packages',
    'Installing packages (a minute on a first start)',
    ['package-lock.json'],
    join(bin, 'node'),
    () => run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error', '--progress=false']),
  )
  await step(
    'database',
    'Generating the database client',
    ['prisma/schema.prisma', 'package-lock.json'],
    join(root, 'server', 'storage', 'generated'),
    () => run('npm', ['run', '--silent', 'db:generate']),
  )
  if (wanted.has('client'))
    await step(
      'client',
      'Building the page',
      ['client', 'server/protocol', 'package-lock.json'],
      join(root, 'dist', 'client', 'index.html'),
      () => run('npm', ['run', '--silent', 'build:client']),
    )
  linkCommand()
} catch (error) {
  console.error(`[setup] ${error.message}`)
  console.error(
    '[setup] Setting up did not finish; nothing else was started. Mend the cause above and run the same command again.',
  )
  process.exit(1)
}
