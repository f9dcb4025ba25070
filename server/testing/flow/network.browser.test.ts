/** The network's page in a real browser, at two real nodes that have joined each other. */
import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'
import { type Harbour, openHarbour, PHONE, VISIT_TIMEOUT_MS, WIDE } from './visit.ts'

const run = promisify(execFile)
const cli = resolve(import.meta.dirname, '../../cli.ts')
/** A busy machine starts two nodes and a browser in its own time. */
const START_TIMEOUT_MS = 300_000

let harbour: Harbour
let laptop: NodeProcess
beforeAll(async () => {
  harbour = await openHarbour({ env: { ACADEMY_NAME: 'Hub', ACADEMY_LOG_LEVEL: 'info' } })
  laptop = await startNodeProcess({
    env: {
      ACADEMY_ROLE: 'local',
      ACADEMY_NAME: 'Laptop',
      ACADEMY_HUB: harbour.node.url,
      ACADEMY_MDNS: 'false',
      ACADEMY_P2P_HOST: '127.0.0.1',
    },
  })
}, START_TIMEOUT_MS)
afterAll(async () => {
  await laptop?.[Symbol.asyncDispose]()
  await harbour?.[Symbol.asyncDispose]()
}, START_TIMEOUT_MS)

const cellsOf = (page: Page, name: string) =>
  page
    .locator('#net-nodes .net-table')
    .first()
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name }) })
    .getByRole('cell')
    .allTextContents()

test('N28 the page of the network shows each node with its path, in a table and on a map, and axe finds nothing', {
  timeout: VISIT_TIMEOUT_MS,
}, async () => {
  await using visit = await harbour.visit(WIDE)
  const { page } = visit
  await visit.heard(/step off the ferry/)
  const pane = await visit.open('network')
  await pane.locator('#net-nodes [data-row]').first().waitFor()
  await expect.poll(async () => (await cellsOf(page, 'Hub'))[1]).toBe('you are on it')
  await expect.poll(async () => (await cellsOf(page, 'Laptop')).slice(0, 2)).toEqual(['local', 'LAN'])
  await expect.poll(async () => (await cellsOf(page, 'Laptop'))[2], { timeout: 120_000 }).toMatch(/ ms$/)
  expect((await cellsOf(page, 'Laptop'))[3]).toBe('holds')
  await pane.getByRole('img', { name: /Hub in the middle, 1 other node around it, 1 of them linked/ }).waitFor()
  // The staff's parts are not there for a guest, neither on the page nor at the node.
  expect(await pane.getByRole('tab').filter({ visible: true }).allTextContents()).toEqual(['Nodes', 'DHT'])
  expect(await visit.axe('#bench')).toEqual([])

  await pane.getByRole('button', { name: 'Details of Laptop' }).press('Enter')
  const details = pane.locator('.net-details')
  await details.getByText('Nothing is known of this owner’s work yet').waitFor()
  await details.getByRole('button', { name: 'Measure the round trip' }).press('Enter')
  await details.getByText(/Laptop answered a signed question in/).waitFor()
  expect(await visit.axe('#bench')).toEqual([])
  await page.keyboard.press('Escape')
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Laptop')

  await pane.getByRole('tab', { name: 'Nodes' }).focus()
  await page.keyboard.press('ArrowRight')
  await page.fill('#dht-key', 'motto')
  await page.fill('#dht-value', 'light for all')
  await page.press('#dht-key', 'Enter')
  await pane.locator('.net-answer', { hasText: /Kept by/ }).waitFor()
  await page.selectOption('#dht-deed', 'get')
  await page.press('#dht-key', 'Enter')
  await pane.locator('.net-answer', { hasText: 'light for all' }).waitFor()
  expect(await visit.axe('#bench')).toEqual([])
  expect(visit.errors).toEqual([])
})

test('N29 an administrator bans a node and lifts the ban, reads the log and the settings, on a phone too', {
  timeout: VISIT_TIMEOUT_MS,
}, async () => {
  await using visit = await harbour.visit(PHONE)
  const { page } = visit
  await visit.heard(/step off the ferry/)
  await page.click('.button-keep')
  const dialog = page.locator('dialog[open]')
  await dialog.getByLabel('Name').fill('Warden')
  await dialog.getByLabel('Password').fill('three grey gulls')
  await page.keyboard.press('Enter')
  await dialog.waitFor({ state: 'detached' })
  await run(process.execPath, [cli, 'role', 'Warden', 'admin', '--data', harbour.node.dataDir])
  await page.reload()
  const pane = await visit.open('network')
  await pane.getByRole('tab', { name: 'Peers' }).click()
  await pane.locator('#net-peers [data-row]').first().waitFor()
  expect(await visit.axe('#bench')).toEqual([])
  await page.selectOption('#ban-kind', 'address')
  await page.fill('#ban-who', '192.0.2.7')
  await page.fill('#ban-why', 'a drill')
  await page.press('#ban-why', 'Enter')
  await pane.getByRole('button', { name: 'Lift the ban of address 192.0.2.7' }).click()
  await pane.getByText('Nobody is banned.').waitFor()
  await pane.getByRole('tab', { name: 'Log' }).click()
  await pane.locator('#net-log').getByText('a node was admitted').first().waitFor()
  expect(await visit.axe('#bench')).toEqual([])
  await pane.getByRole('tab', { name: 'Settings' }).click()
  await pane.locator('#net-settings').getByText('ACADEMY_ADMISSION').waitFor()
  expect(await visit.axe('#bench')).toEqual([])
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  expect(visit.errors).toEqual([])
})
