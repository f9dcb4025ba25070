/** A guest becomes a person with a name and a password, leaves, and comes back to all of it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Harbour, openHarbour, PHONE, VISIT_TIMEOUT_MS, WIDE } from './visit.ts'

const LONG = { timeout: VISIT_TIMEOUT_MS }
let harbour: Harbour
beforeAll(async () => {
  harbour = await openHarbour()
})
afterAll(() => harbour?.[Symbol.asyncDispose]())

test(
  'a guest keeps everything by a name and a password; signed out, the same person comes back to it',
  LONG,
  async () => {
    await using visit = await harbour.visit(WIDE)
    const { page, heard, say, open } = visit
    const dialog = page.getByRole('dialog')
    await heard(/You step off the ferry/)
    await say('north')
    await page.locator('.topbar-place', { hasText: 'The quay' }).waitFor()
    const code = await open('code')
    await code.locator('.cm-line', { hasText: 'east' }).waitFor()
    await code.locator('.cm-content').focus()
    await page.keyboard.press('Control+End')
    await page.keyboard.type('// mine')
    await code.getByText('Saved.').waitFor()

    await page.getByRole('button', { name: 'Keep your progress' }).click()
    await dialog.getByLabel('Name').fill('Mira')
    await dialog.getByLabel('Password').fill('short')
    await dialog.getByRole('button', { name: 'Keep it' }).click()
    await dialog
      .getByRole('alert')
      .getByText(/too short/)
      .waitFor()
    await dialog.getByLabel('Password').fill('three grey gulls')
    await dialog.getByRole('button', { name: 'Keep it' }).click()
    await dialog.waitFor({ state: 'detached' })
    const mira = page.getByRole('button', { name: 'Mira', exact: true })
    await mira.waitFor()
    expect(await page.getByRole('button', { name: 'Keep your progress' }).count()).toBe(0)

    // On a phone as well.
    await page.setViewportSize(PHONE.viewport!)
    await mira.click()
    await dialog.getByText('You are Mira.').waitFor()
    await page.keyboard.press('Escape')
    await page.setViewportSize(WIDE.viewport!)
    await mira.click()
    await dialog.getByText('You are Mira.').waitFor()
    expect(await visit.axe()).toEqual([])
    await dialog.getByText('Change the password').click()
    await dialog.getByLabel('Present password').fill('three grey cats')
    await dialog.getByLabel('New password').fill('four grey gulls')
    await dialog.getByRole('button', { name: 'Change it' }).click()
    await dialog.getByText('That is not your present password.').waitFor()
    await dialog.getByLabel('Present password').fill('three grey gulls')
    await dialog.getByRole('button', { name: 'Change it' }).click()
    await dialog.getByText('Changed.').waitFor()
    expect(await visit.axe()).toEqual([])
    await dialog.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    expect(await visit.axe()).toEqual([])

    await page.getByRole('button', { name: 'Sign in', exact: true }).first().click()
    await dialog.getByLabel('Name').fill('Mira')
    await dialog.getByLabel('Password').fill('three grey cats')
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await dialog
      .getByRole('alert')
      .getByText(/do not go together/)
      .waitFor()
    await dialog.getByLabel('Password').fill('four grey gulls')
    await dialog.getByRole('button', { name: 'Sign in' }).click()
    await dialog.waitFor({ state: 'detached' })
    await page.locator('.topbar-place', { hasText: 'The quay' }).waitFor()
    await code.locator('.cm-line', { hasText: '// mine' }).waitFor()
    expect(visit.errors).toEqual([])
  },
)

test('a name that is taken is said to be, and the guest plays on', LONG, async () => {
  await using visit = await harbour.visit(WIDE)
  const { page, heard, say } = visit
  const dialog = page.getByRole('dialog')
  await heard(/You step off the ferry/)
  await page.getByRole('button', { name: 'Keep your progress' }).click()
  await dialog.getByLabel('Name').fill('Mira')
  await dialog.getByLabel('Password').fill('four green gulls')
  await dialog.getByRole('button', { name: 'Keep it' }).click()
  await dialog
    .getByRole('alert')
    .getByText(/already has that name/)
    .waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Keep your progress' }).click()
  const guest = await dialog.getByLabel('Name').inputValue()
  expect(guest).toMatch(/-\d+$/)
  await dialog.getByRole('button', { name: 'I have an account' }).click()
  expect(await dialog.getByLabel('Name').inputValue()).toBe('')
  await page.keyboard.press('Escape')
  await say('look')
  await heard(/Wet grey planks/)
})
