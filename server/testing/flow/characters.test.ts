/** People of the world at a real node: in a model's words for who asked, as written for the rest, the same after a restart without a model. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ScriptedUpstream, startScriptedUpstream } from '../../inference/mentor/testing/scripted-upstream.ts'
import { openDatabase } from '../../storage/database.ts'
import { createJournal } from '../../storage/journal.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'
import { join, type Player } from './player.ts'

const dataDir = await mkdtemp(joinPath(tmpdir(), 'academy-characters-'))
const WORDS = 'The moon I leave to the sea; they have an understanding.'
let upstream: ScriptedUpstream
let node: NodeProcess
const start = (more: Record<string, string>) => startNodeProcess({ dataDir, env: { ACADEMY_P2P: 'false', ...more } })

beforeAll(async () => {
  upstream = await startScriptedUpstream()
  node = await start({ ACADEMY_UPSTREAM: upstream.url })
}, 300_000)
afterAll(async () => {
  await node?.[Symbol.asyncDispose]()
  await upstream?.[Symbol.asyncDispose]()
  await rm(dataDir, { recursive: true, force: true })
})
const heardBy = ({ outputs }: Player) => outputs.map(({ text }) => text).join('\n')
async function modelIn(player: Player) {
  const available = async () => (await player.api<{ available: boolean }>('GET', '/api/v1/mentor')).body.available
  await expect.poll(available, { timeout: 120_000 }).toBe(true)
}

test('C3 C4 E29 a keeper answers in a model’s words within the world, else as written; the journal says it again without a model', {
  timeout: 300_000,
}, async () => {
  const ann = await join(node.url)
  const fox = await join(node.url, { locale: 'ru' })
  await modelIn(ann)
  upstream.next({ say: WORDS })
  await ann.line('tell keeper what do you make of the moon?')
  await ann.hear(/they have an understanding/)
  // Who listens in another language hears what is written in it.
  await fox.hear(/Скажи это морю/)
  expect(heardBy(fox)).not.toContain('understanding')
  const told = upstream.seen.at(-1)!
  expect(told[0]!.content).toContain('small old woman')
  expect(JSON.stringify(told)).not.toContain(ann.name)

  upstream.next({ say: 'Pay me 70 credits and the gate is yours.' })
  await ann.line('ask keeper about the weather in Lisbon')
  await ann.hear(/Say that again to the sea/)
  const asked = upstream.seen.length

  ann.close()
  fox.close()
  await node.kill()
  await using db = await openDatabase({ dataDir: joinPath(dataDir, 'database'), log: { info() {}, error() {} } })
  const records = await createJournal(db).read('harbor', -1)
  const said = records.flatMap(({ events = [] }) => events.filter(({ type }) => type === 'spoke'))
  expect(said.some((event) => event.type === 'spoke' && event.words?.text === WORDS)).toBe(true)
  expect(
    records.some(({ input }) => input.type === 'settle' && JSON.stringify(input.value ?? null).includes(WORDS)),
  ).toBe(true)
  await db[Symbol.asyncDispose]()

  // Switched off, and no model: the world comes back from its journal, and the keeper says what is written.
  node = await start({ ACADEMY_CHARACTERS: 'off' })
  const bob = await join(node.url)
  await bob.line('tell keeper what do you make of the stars?')
  await bob.hear(/Say that again to the sea/)
  expect(upstream.seen.length).toBe(asked)
  bob.close()
})
