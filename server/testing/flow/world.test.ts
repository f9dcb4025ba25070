/** The authored world on a real node: the first lines, a machine with a script, and a node that is killed in between. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join as joinPath } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startNodeProcess } from '../node-process.ts'
import { join } from './player.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(joinPath(tmpdir(), 'academy-flow-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

test('the lamp goes out, three lengths of twine make a rope across a crash, and coming back is a welcome', {
  timeout: 300_000,
}, async () => {
  const node = await startNodeProcess({ dataDir })
  const player = await join(node.url)
  await player.hear(/“name”/)
  expect(player.outputs[0]!.text).toBe('You step off the ferry. The lamp beside you is going out.')
  for (const line of ['north', 'north', 'east', 'take all.twine', 'use twine with wheel']) {
    expect(await player.line(line), line).toEqual({ ok: true })
  }
  await player.hear(/Two to go/)
  await node.kill('SIGKILL')
  player.close()

  const again = await startNodeProcess({ dataDir })
  const back = await join(again.url, { tokens: player.tokens })
  await back.hear(/Rope|rope/)
  expect(back.outputs[0]!.text).toMatch(/^Welcome back/)
  expect(await back.line('use twine with wheel', 'second')).toEqual({ ok: true })
  await back.hear(/One to go/)
  await again.kill('SIGTERM')
  back.close()
})
