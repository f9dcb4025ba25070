/** Paid work in a real browser at a real node: a picture that grows, receipts that hold and one that does not, the statement as a file. */
import { readFile } from 'node:fs/promises'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JobPieces } from '../../protocol/jobs-api.ts'
import type { ReceiptFile } from '../../protocol/tlog/receipt.ts'
import { type Harbour, openHarbour, VISIT_TIMEOUT_MS } from './visit.ts'

let harbour: Harbour
beforeAll(async () => {
  harbour = await openHarbour()
}, VISIT_TIMEOUT_MS)
afterAll(() => harbour?.[Symbol.asyncDispose](), VISIT_TIMEOUT_MS)

const LONG = { timeout: VISIT_TIMEOUT_MS }

/** How much of a picture is painted, 0 to 1. */
const painted = (picture: Locator): Promise<number> =>
  picture.evaluate((node) => {
    const { width, height } = node as HTMLCanvasElement
    const { data } = (node as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height)
    let opaque = 0
    for (let i = 3; i < data.length; i += 4) if (data[i] === 255) opaque += 1
    return opaque / (width * height)
  })

/** The first answer with tiles brings one of them, and the others wait until they are let on: however fast the node is, the page is seen between. */
async function holdTiles(page: Page): Promise<() => void> {
  let letOn = () => {}
  const gate = new Promise<void>((resolve) => (letOn = resolve))
  let hasOne = false
  await page.route(/\/pieces\?after=/, async (route) => {
    if (hasOne) await gate
    const response = await route.fetch()
    const body = (await response.json()) as JobPieces
    if (hasOne || body.pieces.length === 0) return route.fulfill({ response })
    hasOne = true
    await route.fulfill({ response, json: { ...body, pieces: body.pieces.slice(0, 1), next: 1 } })
  })
  return letOn
}

async function savedBy(page: Page, press: Locator): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), press.click()])
  return readFile(await download.path(), 'utf8')
}

test(
  'J21 M16 a picture grows in the page tile by tile; the receipt of its payment holds, also from a file, and a bent one is refused with the reason',
  LONG,
  async () => {
    await using visit = await harbour.visit()
    const { page } = visit
    await visit.heard(/step off the ferry/)
    const letOn = await holdTiles(page)
    const jobs = await visit.open('jobs')
    await page.selectOption('#job-kind', 'render')
    await page.fill('#job-samples', '8')
    await jobs.getByRole('button', { name: 'Hand in' }).click()
    const card = jobs.locator('.job-card').first()
    const picture = card.locator('canvas')
    await picture.waitFor()
    // One of 24 tiles.
    expect(await painted(picture)).toBeCloseTo(1 / 24, 5)
    letOn()
    await expect.poll(() => painted(picture), { timeout: VISIT_TIMEOUT_MS }).toBe(1)
    await card.getByText(/Computed by this very node/).waitFor()

    await page.locator('.purse-button').click()
    const paid = page.locator('.receipts li', { hasText: /^−.*compute/ }).first()
    await paid.getByRole('button', { name: /^Receipt for / }).click()
    await page.locator('.receipt-good', { hasText: 'It holds.' }).waitFor()
    const saved = await savedBy(page, page.getByRole('button', { name: 'Save as a file' }))
    const receipt = JSON.parse(saved) as ReceiptFile
    await page.keyboard.press('Escape')

    const check = (made: object) =>
      page.locator('.receipt-file input').setInputFiles({
        name: 'receipt.json',
        mimeType: 'application/json',
        buffer: Buffer.from(JSON.stringify(made)),
      })
    await check(receipt)
    await page.locator('.receipt-good', { hasText: 'It holds.' }).waitFor()
    await page.keyboard.press('Escape')
    await check({ ...receipt, proof: receipt.proof.map(() => Buffer.alloc(32).toString('base64')) })
    await page.locator('.receipt-bad', { hasText: 'It does not hold.' }).waitFor()
    await page.locator('.receipt', { hasText: 'the hashes do not lead to the root that was signed' }).waitFor()
    await page.keyboard.press('Escape')

    const csv = await savedBy(page, page.getByRole('button', { name: 'Save all as CSV' }))
    const [head, ...lines] = csv.trimEnd().split('\r\n')
    expect(head).toMatch(/^\ufeffindex,at,kind,code,id,from,to,amount_micro/)
    expect(lines.length).toBeGreaterThan(24)
    expect(csv).toMatch(/,grant,.*,1000000,1000000,/)
    expect(visit.errors).toEqual([])
  },
)
