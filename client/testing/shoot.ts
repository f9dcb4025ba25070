/** Screenshots of the page at the three sizes in both languages, for looking at: `node client/testing/shoot.ts OUT [URL]`. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { axeViolations, launchBrowser } from './browser.ts'
import { startFakeNode } from './fake-node.ts'

const SIZES = [
  { name: 'wide', width: 1440, height: 900, touch: false },
  { name: 'tablet', width: 1024, height: 768, touch: false },
  { name: 'phone', width: 390, height: 844, touch: true },
] as const

const [out = 'screens', url] = process.argv.slice(2)
const only = process.env.ONLY?.split(',')
mkdirSync(out, { recursive: true })
await using node = url ? undefined : await startFakeNode()
await using browser = await launchBrowser()

for (const size of SIZES) {
  for (const locale of ['en', 'ru'] as const) {
    const name = `${size.name}-${locale}`
    if (only && !only.some((part) => name.includes(part))) continue
    const context = await browser.context({
      viewport: { width: size.width, height: size.height },
      locale: locale === 'ru' ? 'ru-RU' : 'en-GB',
      hasTouch: size.touch,
      isMobile: size.touch,
      deviceScaleFactor: size.touch ? 2 : 1,
    })
    const page = await context.newPage()
    page.on(
      'console',
      (message) => ['error', 'warning'].includes(message.type()) && console.log(name, message.text()),
    )
    page.on('pageerror', (error) => console.log(name, String(error)))
    const shoot = (what: string) => page.screenshot({ path: join(out, `${name}-${what}.png`) })
    await page.goto(url ?? node!.url)
    await page.waitForSelector('#prompt')
    await page.waitForSelector('.log .kind-place', { state: 'attached' })
    await page.fill('#prompt', locale === 'ru' ? 'сказать привет' : 'say hello')
    await page.press('#prompt', 'Enter')
    await page
      .waitForSelector('.map-state[hidden]', { state: 'attached', timeout: 8000 })
      .catch(() => console.log(name, 'no map'))
    await page.waitForTimeout(1500)
    await shoot('first')
    for (const { id, impact, help, nodes } of await axeViolations(page))
      console.log(name, 'axe', impact, id, help, nodes.slice(0, 4))
    if (size.touch) {
      await page.click('[data-tab="map"].phone-tab')
      await page.waitForTimeout(800)
      await shoot('map')
      for (const { id, nodes } of await axeViolations(page)) console.log(name, 'axe map', id, nodes.slice(0, 4))
    }
    if (process.env.DIALOGS) {
      for (const [what, key] of [
        ['help', '.topbar-actions .icon-button:last-child'],
        ['settings', '.topbar-actions .icon-button:nth-last-child(2)'],
        ['account', '.button-keep'],
      ] as const) {
        await page.click(key)
        await page.waitForSelector('dialog[open]')
        await shoot(what)
        for (const { id, nodes } of await axeViolations(page)) console.log(name, 'axe', what, id, nodes.slice(0, 4))
        await page.keyboard.press('Escape')
        await page.waitForSelector('dialog[open]', { state: 'detached' })
      }
    }
    await context.close()
  }
}
