/** A person walks into another node's world and back in a real browser, at two real nodes; and either of the two dies meanwhile. */
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Direction } from '../../protocol/ids.ts'
import { loadWorld } from '../../world/index.ts'
import { freePort } from '../free-port.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'
import { join as joinAs, type Player } from './player.ts'
import { type Harbour, openHarbour, VISIT_TIMEOUT_MS, type Visit } from './visit.ts'

const START_TIMEOUT_MS = 300_000
const POLL = { timeout: 120_000, interval: 200 }
const TEST_TIMEOUT_MS = VISIT_TIMEOUT_MS * 2

let harbour: Harbour
let reef: NodeProcess
let reefPort: number
let steps: readonly Direction[]
const watchers = new Map<NodeProcess, Player>()

const openReef = (dataDir?: string) =>
  startNodeProcess({
    ...(dataDir !== undefined && { dataDir }),
    env: {
      ACADEMY_ROLE: 'trusted',
      ACADEMY_NAME: 'Reef',
      ACADEMY_HUB: harbour.node.url,
      ACADEMY_MDNS: 'false',
      ACADEMY_P2P_HOST: '127.0.0.1',
      ACADEMY_P2P_PORT: '0',
      ACADEMY_PORT: String(reefPort),
      ACADEMY_PUBLIC_URL: `http://localhost:${reefPort}`,
    },
  })

/** From where newcomers stand to where the boat lies, by ways that are open to everybody. */
async function wayToTheBoat(): Promise<readonly Direction[]> {
  const loaded = await loadWorld(join(import.meta.dirname, '../../../worlds/academy'))
  if (!loaded.ok) throw new Error('the world cannot be read')
  const { places } = loaded.world
  const ways = new Map<string, readonly Direction[]>([[loaded.world.start, []]])
  for (const [place, way] of ways) {
    if (place === 'ferry:stage') return way
    for (const exit of places.get(place)?.exits.values() ?? [])
      if (!exit.lock && !exit.door && !exit.hidden && !ways.has(exit.to)) ways.set(exit.to, [...way, exit.direction])
  }
  throw new Error('there is no way to the boat')
}

beforeAll(async () => {
  steps = await wayToTheBoat()
  reefPort = await freePort()
  harbour = await openHarbour({ env: { ACADEMY_NAME: 'Home Harbour', ACADEMY_P2P_HOST: '127.0.0.1' } })
  reef = await openReef()
}, START_TIMEOUT_MS)
afterAll(async () => {
  for (const watcher of watchers.values()) watcher.close()
  await reef?.[Symbol.asyncDispose]()
  await harbour?.[Symbol.asyncDispose]()
}, START_TIMEOUT_MS)

const here = ({ page }: Visit, name: string) => page.locator('.topbar-place', { hasText: name }).waitFor()
/** Who is awake on a node, as the one who watches there sees it. */
async function awakeAt(node: NodeProcess): Promise<readonly string[]> {
  if (watchers.get(node)?.socket.connected !== true) watchers.set(node, await joinAs(node.url))
  const { body } = await watchers.get(node)!.api<{ awake: { name: string }[] }>('GET', '/api/v1/awake')
  return body.awake.map(({ name }) => name)
}
const visitorsAt = async (node: NodeProcess) => (await awakeAt(node)).filter((name) => name.includes('@'))

async function atTheBoat(): Promise<Visit & { readonly name: string }> {
  const visit = await harbour.visit()
  await visit.heard(/step off the ferry/)
  await visit.say('take oil')
  for (const step of steps) await visit.say(step)
  await here(visit, 'Stage Nine')
  const name = await visit.page.evaluate(
    () => (JSON.parse(localStorage.getItem('academy.session')!) as { player: { name: string } }).player.name,
  )
  await visit.page.evaluate(() => Object.assign(window, { isTheSamePage: true }))
  return { ...visit, name }
}

const count = ({ page }: Visit, text: RegExp) => page.getByRole('log').getByText(text).count()
/** Until it has been said once more than before. */
async function oncemore(visit: Visit, text: RegExp, work: () => Promise<void>): Promise<void> {
  const before = await count(visit, text)
  await work()
  await expect
    .poll(async () => ((await count(visit, text)) > before ? 'said' : (await tailOf(visit)).join(' / ')), POLL)
    .toBe('said')
}
const tailOf = async ({ page }: Visit) => (await page.getByRole('log').locator('> *').allTextContents()).slice(-6)

/** Listed as one that people may go to: a node that was started anew is listed before its page's address is known. */
const OPEN = /^ *Reef(?!, where pages)/m
async function sail(visit: Visit): Promise<void> {
  const before = await count(visit, OPEN)
  await expect
    .poll(async () => {
      await visit.say('islands')
      return count(visit, OPEN)
    }, POLL)
    .toBeGreaterThan(before)
  await oncemore(visit, /You step ashore on Reef, as a visitor from Home Harbour/, () => visit.say('travel Reef'))
}

test('V1 V4 V5 V21 V22 walks into the other world and back: the page is the same, and so are the things at home', {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  await using visit = await atTheBoat()
  const { page, name } = visit
  const blocked: string[] = []
  page.on('console', (line) => /Content Security Policy|CORS/.test(line.text()) && blocked.push(line.text()))
  await sail(visit)
  expect([...visit.hosts].toSorted()).toEqual([new URL(harbour.node.url).host, `localhost:${reefPort}`].toSorted())
  await expect.poll(() => visitorsAt(reef), POLL).toEqual([`${name}@Home Harbour`])
  expect(await awakeAt(harbour.node)).not.toContain(name)
  await visit.say('north')
  await here(visit, 'Customs')
  await visit.say('inventory')
  await visit.heard(/You carry nothing|empty/i)
  await visit.say('agent list')
  await visit.heard(/You are a visitor here/)
  // The page itself may still connect to its own node alone.
  const own = await page.evaluate(
    (url) =>
      fetch(url).then(
        () => 'let',
        () => 'kept',
      ),
    `${reef.url}/live`,
  )
  expect(own).toBe('kept')
  blocked.length = 0
  await oncemore(visit, /You are home again\. What you left in keeping is yours/, () => visit.say('return'))
  await here(visit, 'Stage Nine')
  await visit.say('inventory')
  await visit.heard(/oil/)
  await visit.say('say I am back')
  await visit.heard(/You say/)
  await expect.poll(() => visitorsAt(reef), POLL).toEqual([])
  // And by the boat over there, which leads a visitor home.
  await sail(visit)
  await oncemore(visit, /You are home again\. What you left/, () => visit.say('enter launch'))
  await here(visit, 'Stage Nine')
  expect(await page.evaluate(() => (window as { isTheSamePage?: boolean }).isTheSamePage)).toBe(true)
  expect(blocked).toEqual([])
  expect(visit.errors).toEqual([])
})

test('V15 a page that is opened anew brings its person home', { timeout: TEST_TIMEOUT_MS }, async () => {
  await using visit = await atTheBoat()
  await sail(visit)
  await visit.page.reload()
  await here(visit, 'Stage Nine')
  await expect.poll(() => visitorsAt(reef), POLL).toEqual([])
  await visit.say('inventory')
  await visit.heard(/oil/)
})

test('V11 V13 killed in the middle of a visit, the other node gives its visitor back, with a word of explanation; and it can be visited again', {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  await using visit = await atTheBoat()
  await sail(visit)
  await reef.kill('SIGKILL')
  await visit.heard(/Reef does not answer any more\. You are home again; nothing of yours was lost/)
  await here(visit, 'Stage Nine')
  await visit.say('inventory')
  await visit.heard(/oil/)
  reef = await openReef(reef.dataDir)
  expect(await visitorsAt(reef)).toEqual([])
  expect(await visit.page.evaluate(() => (window as { isTheSamePage?: boolean }).isTheSamePage)).toBe(true)
  await sail(visit)
  await oncemore(visit, /You are home again\. What you left/, () => visit.say('return'))
  expect(visit.errors).toEqual([])
})

test('V12 V13 killed in the middle of a visit, the home has its person back when it is there again, and nobody is in two worlds', {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  await using visit = await atTheBoat()
  await sail(visit)
  await harbour.kill()
  await visit.heard(/Your home has fallen silent/)
  await expect.poll(() => visitorsAt(reef), POLL).toEqual([])
  await harbour.restart()
  await visit.heard(/This node was started anew while you were away\. You are home again/)
  await here(visit, 'Stage Nine')
  await visit.say('inventory')
  await visit.heard(/oil/)
  expect(await visit.page.evaluate(() => (window as { isTheSamePage?: boolean }).isTheSamePage)).toBe(true)
  expect(visit.errors).toEqual([])
})
