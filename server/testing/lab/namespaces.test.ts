import { once } from 'node:events'
import { expect, test } from 'vitest'
import { createLab, whyNoLab } from './namespaces.ts'

const why = whyNoLab()
if (why) console.warn(`network namespace tests skipped: ${why}`)

const SERVE = `require('net').createServer((s) => s.on('error', () => {}).end('here')).listen(8000, () => console.log('up'))`
/** Prints what it reads, or \`nothing\`: a dropped packet is never answered. */
const CALL = (address: string) =>
  `const s = require('net').connect(8000, '${address}'); s.on('data', (d) => (console.log(String(d)), process.exit()))
   s.on('error', (e) => (console.log(e.code), process.exit())); setTimeout(() => (console.log('nothing'), process.exit()), 1500)`

async function reachesOutOnly() {
  using lab = createLab([{ name: 'hub' }, { name: 'laptop', behind: true }])
  const servers = ['hub', 'laptop'].map((host) => lab.spawn(host, process.execPath, ['-e', SERVE]))
  for (const { stdout } of servers) await once(stdout!, 'data')
  const call = async (from: string, to: string) => {
    const child = lab.spawn(from, process.execPath, ['-e', CALL(lab.address(to))])
    const [text] = await once(child.stdout!, 'data')
    return String(text).trim()
  }
  expect(await call('laptop', 'hub')).toBe('here')
  expect(await call('hub', 'laptop')).toBe('nothing')
  lab.unplug('hub', true)
  expect(await call('laptop', 'hub')).not.toBe('here')
  lab.unplug('hub', false)
  expect(await call('laptop', 'hub')).toBe('here')
  for (const server of servers) {
    server.kill('SIGKILL')
    await once(server, 'exit')
  }
}

if (!why) test('network namespace lab: a host behind a router reaches out and nobody reaches in', reachesOutOnly)
