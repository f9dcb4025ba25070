import { expect, test } from 'vitest'
import { FIRST_LOAD_MAX_BYTES } from '../limits.ts'
import { buildPage } from './build-page.ts'
import { measureFirstLoad } from './first-load.ts'

test('what loads before the terminal plays stays within its budget, and the map and the editor are no part of it', async () => {
  await using page = await buildPage()
  const { bytes, files } = measureFirstLoad(page.dir)
  expect(bytes, files.map(({ file, bytes }) => `${file} ${bytes}`).join('\n')).toBeLessThanOrEqual(
    FIRST_LOAD_MAX_BYTES,
  )
  expect(files.some(({ file }) => /\/(map|room|code-pane)-/.test(file))).toBe(false)
})
