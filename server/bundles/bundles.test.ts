import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../lib/clock.ts'
import { BUNDLE_CHUNK_BYTES as CHUNK } from '../limits.ts'
import type { Frame } from '../link/types.ts'
import { createBundleLab, noise } from './fixtures.ts'
import { isCid, manifestOf } from './manifest.ts'

describe('keeping', () => {
  test('B1 the same bytes of the same kind have the same name, and other bytes or another kind have another', async () => {
    await using lab = await createBundleLab()
    const a = await lab.node('a')
    const bytes = noise(CHUNK * 2 + 5)
    const cid = await a.put('agent', bytes)
    expect(cid).toMatch(/^bafyrei[a-z2-7]{52}$/)
    expect(await a.put('agent', bytes)).toBe(cid)
    expect(await (await lab.node('b')).put('agent', bytes)).toBe(cid)
    expect(await a.put('input', bytes)).not.toBe(cid)
    expect(await a.put('agent', noise(CHUNK * 2 + 5, 9))).not.toBe(cid)
    expect(await a.get(cid)).toEqual(bytes)
    expect(await a.info(cid)).toMatchObject({ kind: 'agent', size: bytes.length, chunks: 3, have: 3, pins: [] })
  })

  test('B1 any size is given back byte for byte, also after a restart', async () => {
    await using lab = await createBundleLab()
    let a = await lab.node('a')
    const kept = new Map<string, Uint8Array>()
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.constantFrom(0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK),
          fc.integer({ min: 0, max: 3 * CHUNK }),
        ),
        fc.integer({ min: 1, max: 1e6 }),
        async (size, seed) => {
          const bytes = noise(size, seed)
          const cid = await a.put('result', bytes)
          kept.set(cid, bytes)
          expect(Buffer.compare((await a.get(cid))!, bytes)).toBe(0)
        },
      ),
      { numRuns: 20 },
    )
    a = await lab.node('a')
    for (const [cid, bytes] of kept) expect(Buffer.compare((await a.get(cid))!, bytes)).toBe(0)
  })

  test('B1 a name is only what names a manifest', () => {
    expect(isCid(manifestOf('agent', noise(10)).cid)).toBe(true)
    for (const wrong of ['', '../../etc', 'bafy', 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG'])
      expect(isCid(wrong)).toBe(false)
  })

  test('B2 a chunk that the disk spoiled is missing, and a pull mends it', async () => {
    await using lab = await createBundleLab()
    const [a, b] = [await lab.node('a'), await lab.node('b')]
    const bytes = noise(CHUNK * 3)
    const cid = await a.put('input', bytes)
    await b.put('input', bytes)
    const file = join(lab.root, 'a', cid, 'data')
    const data = await readFile(file)
    data[CHUNK + 7]! ^= 1
    await writeFile(file, data)
    expect(await a.get(cid)).toBeUndefined()
    expect(await a.info(cid)).toMatchObject({ have: 2 })
    expect(await a.pull(cid, ['b'])).toEqual(bytes)
    expect(await a.get(cid)).toEqual(bytes)
  })

  test('B6 the longest unused goes first, and never what is pinned', async () => {
    await using lab = await createBundleLab()
    const clock = createFakeClock()
    const a = await lab.node('a', { clock, maxBytes: 1000 })
    const put = async (seed: number, options = {}) => {
      clock.advance(61_000)
      return a.put('item', noise(400, seed), options)
    }
    const [one, two] = [await put(1), await put(2)]
    clock.advance(61_000)
    await a.get(one)
    const three = await put(3, { pin: 'keep' })
    expect([await a.has(one), await a.has(two), await a.has(three)]).toEqual([true, false, true])
    await a.pin(one, 'keep')
    await expect(put(4)).rejects.toMatchObject({ code: 'node_quota' })
    await a.unpin(one, 'keep')
    const five = await put(5)
    expect([await a.has(one), await a.has(three), await a.has(five)]).toEqual([false, true, true])
    expect(await readdir(join(lab.root, 'a'))).toHaveLength(3)
  })

  test("B6 an owner's quota is their own", async () => {
    await using lab = await createBundleLab()
    const a = await lab.node('a', { ownerMaxBytes: 500 })
    const mine = await a.put('item', noise(300, 1), { owner: 'ann', pin: 'x' })
    await expect(a.put('item', noise(300, 2), { owner: 'ann' })).rejects.toMatchObject({ code: 'owner_quota' })
    const his = await a.put('item', noise(300, 3), { owner: 'bob' })
    await expect(a.put('item', noise(300, 3), { owner: 'ann' })).rejects.toMatchObject({ code: 'owner_quota' })
    expect([await a.has(mine), await a.has(his)]).toEqual([true, true])
    await a.unpin(mine, 'x')
    await a.put('item', noise(300, 2), { owner: 'ann' })
    expect(a.usage('ann')).toEqual({ bytes: 300, bundles: 1 })
  })
})

describe('fetching', () => {
  test('B4 from several at once, each giving a part, and from those that have only a part', async () => {
    await using lab = await createBundleLab()
    const nodes = await Promise.all(['a', 'b', 'c'].map((id) => lab.node(id)))
    const bytes = noise(CHUNK * 40)
    const cid = manifestOf('world', bytes).cid
    for (const node of nodes) await node.put('world', bytes)
    const gave = new Map<string, number>()
    lab.net.onPassage(({ from, frame }) => {
      if (frame.type === 'CHUNK') gave.set(from, (gave.get(from) ?? 0) + 1)
      return { copies: 1, delayMs: 0 }
    })
    const d = await lab.node('d')
    const seen: number[] = []
    const got = await d.pull(cid, ['a', 'b', 'c'], { onProgress: ({ bytes }) => seen.push(bytes) })
    expect(Buffer.compare(got, bytes)).toBe(0)
    expect([...gave.keys()].sort()).toEqual(['a', 'b', 'c'])
    expect(seen.at(-1)).toBe(bytes.length)
    expect(seen).toEqual([...seen].sort((x, y) => x - y))
  })

  test('B4 goes on where it stopped, also after a restart', async () => {
    await using lab = await createBundleLab()
    const a = await lab.node('a')
    const bytes = noise(CHUNK * 24)
    const cid = await a.put('world', bytes)
    let chunks = 0
    lab.net.onPassage(({ frame }) => {
      if (frame.type === 'CHUNK' && ++chunks === 13) lab.net.cut('a', 'b', true)
      return { copies: 1, delayMs: 0 }
    })
    let b = await lab.node('b', { stallMs: 200 })
    await expect(b.pull(cid, ['a'])).rejects.toMatchObject({ code: 'incomplete' })
    const { have } = (await b.info(cid))!
    expect(have).toBeGreaterThanOrEqual(8)
    b = await lab.node('b')
    expect(await b.info(cid)).toMatchObject({ have })
    expect(await b.has(cid)).toBe(false)
    expect(await b.get(cid)).toBeUndefined()
    lab.net.cut('a', 'b', false)
    chunks = 100
    expect(Buffer.compare(await b.pull(cid, ['a']), bytes)).toBe(0)
    expect(chunks - 100).toBe(24 - have)
  })

  test('B5 a liar is not asked again and the others make good; the lie is never kept', async () => {
    await using lab = await createBundleLab()
    const [a, liar, b] = [await lab.node('a'), await lab.node('liar'), await lab.node('b')]
    const bytes = noise(CHUNK * 30)
    const cid = await a.put('world', bytes)
    await liar.put('world', bytes)
    let lies = 0
    liar.wire.serveStream(
      { protocol: 'bundle', maxStreams: 1, perMinute: 1, perHour: 1, overRelay: true, admittedOnly: true },
      async (stream) => {
        for await (const frame of stream.frames as AsyncIterable<Frame & { ranges: [number, number][] }>) {
          if (frame.type === 'GET_MANIFEST')
            await stream.send({ type: 'MANIFEST', manifest: manifestOf('world', bytes).encoded })
          if (frame.type === 'HAVE') await stream.send({ type: 'HAVE', bitmap: new Uint8Array(4).fill(255) })
          if (frame.type !== 'GET') continue
          lies++
          await stream.send({ type: 'CHUNK', i: frame.ranges[0]![0], data: noise(CHUNK, 77) })
        }
      },
    )
    await expect(b.pull(cid, ['liar'])).rejects.toMatchObject({ code: 'incomplete', cause: { code: 'damaged' } })
    expect(lies).toBe(1)
    expect(await b.info(cid)).toMatchObject({ have: 0 })
    expect(Buffer.compare(await b.pull(cid, ['liar', 'a']), bytes)).toBe(0)
    expect(lies).toBe(2)
  })

  test('B5 one that stalls holds nobody up', async () => {
    await using lab = await createBundleLab()
    const [a, slow] = [await lab.node('a'), await lab.node('slow')]
    const bytes = noise(CHUNK * 20)
    const cid = await a.put('world', bytes)
    await slow.put('world', bytes)
    lab.net.onPassage(({ from, frame }) => ({
      copies: from === 'slow' && frame.type === 'CHUNK' ? 0 : 1,
      delayMs: 0,
    }))
    const b = await lab.node('b', { stallMs: 300 })
    expect(Buffer.compare(await b.pull(cid, ['slow', 'a']), bytes)).toBe(0)
  })

  test('B7 B9 what is not here, not for them, too large or no request is refused', async () => {
    await using lab = await createBundleLab()
    const a = await lab.node('a', { mayServe: ({ node }, { kind }) => kind !== 'agent' || node === 'friend' })
    const [friend, stranger] = [await lab.node('friend'), await lab.node('stranger')]
    const secret = await a.put('agent', noise(500))
    const open = await a.put('item', noise(500))
    await expect(stranger.pull(secret, ['a'])).rejects.toMatchObject({
      code: 'incomplete',
      cause: { code: 'not_found' },
    })
    expect(await friend.pull(secret, ['a'])).toHaveLength(500)
    await expect(stranger.pull(open, ['a'], { maxBytes: 499 })).rejects.toMatchObject({ code: 'too_large' })
    expect(await stranger.info(open)).toBeUndefined()
    expect(await stranger.pull(open, ['a', 'nobody'])).toHaveLength(500)
    await expect(stranger.pull('nonsense', ['a'])).rejects.toMatchObject({ code: 'bad_name' })
    const stream = await stranger.wire.open('a', 'bundle')
    await stream.send({ type: 'GET', cid: open, ranges: [[0, 9e9]] })
    const answers: unknown[] = []
    for await (const answer of stream.frames) answers.push(answer)
    expect(answers).toEqual([{ type: 'ERROR', code: 'E_MALFORMED', msg: expect.any(String) }])
  })

  test('B4 a pull can be called off', async () => {
    await using lab = await createBundleLab()
    const [a, b] = [await lab.node('a'), await lab.node('b')]
    const cid = await a.put('world', noise(CHUNK * 20))
    const off = new AbortController()
    const pull = b.pull(cid, ['a'], {
      signal: off.signal,
      onProgress: ({ chunks }) => chunks > 0 && off.abort(new Error('enough')),
    })
    await expect(pull).rejects.toThrow('enough')
    expect(Buffer.compare(await b.pull(cid, ['a']), noise(CHUNK * 20))).toBe(0)
  })

  test('B8 an audit tells who has the bytes from who has not', async () => {
    await using lab = await createBundleLab()
    const [a, b, c] = [await lab.node('a'), await lab.node('b'), await lab.node('c')]
    const cid = await a.put('world', noise(CHUNK * 4))
    await b.pull(cid, ['a'])
    expect(await a.audit(cid, 'b', [0, 3, 1])).toBe(true)
    expect(await a.audit(cid, 'c', [0])).toBe(false)
    const file = join(lab.root, 'b', cid, 'data')
    const data = await readFile(file)
    data[5]! ^= 1
    await writeFile(file, data)
    expect(await a.audit(cid, 'b', [0])).toBe(false)
    expect(await a.audit(cid, 'b', [1])).toBe(true)
    expect(await c.has(cid)).toBe(false)
  })
})
