import { describe, expect, test } from 'vitest'
import { BUNDLE_CHUNK_BYTES as CHUNK } from '../limits.ts'
import { createBundleLab, noise } from './fixtures.ts'

/** From the nth place on nothing more reaches the disk in order: every sync there and after it fails. */
function killAt(nth: number) {
  let passed = 0
  return {
    step: () => {
      if (++passed >= nth) throw new Error('killed')
    },
    passed: () => passed,
  }
}

describe('B3 killed at any point', () => {
  test('a bundle that was being kept is whole or not there; kept again it is whole', async () => {
    await using lab = await createBundleLab()
    const bytes = noise(CHUNK * 3 + 1)
    const count = killAt(Number.POSITIVE_INFINITY)
    const cid = await (await lab.node('count', { step: count.step })).put('agent', bytes, { pin: 'trip' })
    expect(count.passed()).toBeGreaterThan(8)
    for (let nth = 1; nth <= count.passed(); nth++) {
      const before = await lab.node(`n${nth}`, killAt(nth))
      await expect(before.put('agent', bytes, { pin: 'trip' })).rejects.toThrow('killed')
      const after = await lab.node(`n${nth}`)
      const here = await after.get(cid)
      if (here) expect([here.length, (await after.info(cid))!.pins]).toEqual([bytes.length, ['trip']])
      else expect(await after.info(cid)).toBeUndefined()
      await after.put('agent', bytes)
      expect(Buffer.compare((await after.get(cid))!, bytes)).toBe(0)
    }
  })

  test('a bundle that was being fetched has what it says it has, and the rest can be fetched', async () => {
    await using lab = await createBundleLab()
    const bytes = noise(CHUNK * 10)
    const cid = await (await lab.node('a')).put('world', bytes)
    const count = killAt(Number.POSITIVE_INFINITY)
    await (await lab.node('count', { step: count.step })).pull(cid, ['a'], { pin: 'x' })
    for (let nth = 1; nth <= count.passed(); nth++) {
      const before = await lab.node(`p${nth}`, killAt(nth))
      await expect(before.pull(cid, ['a'], { pin: 'x' })).rejects.toThrow()
      const after = await lab.node(`p${nth}`)
      const found = await after.info(cid)
      if (found && found.have === found.chunks) expect(await after.get(cid)).toBeDefined()
      expect(Buffer.compare(await after.pull(cid, ['a']), bytes)).toBe(0)
    }
  })

  test('a pin that was promised is there', async () => {
    await using lab = await createBundleLab()
    const cid = await (await lab.node('a')).put('item', noise(100))
    for (let nth = 1; nth < 6; nth++) {
      const a = await lab.node('a', killAt(nth))
      const promised = await a.pin(cid, `pin ${nth}`).then(
        () => true,
        () => false,
      )
      const { pins } = (await (await lab.node('a')).info(cid))!
      if (promised) expect(pins).toContain(`pin ${nth}`)
    }
  })
})
