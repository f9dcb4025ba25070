import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signingKey } from '../lib/ed25519.ts'
import { sign } from '../lib/signed.ts'
import { ITEM_FILES_MAX } from '../limits.ts'
import { ann, BELL, bell, bob, code, createLibraryLab, type LibraryNode, paths, value } from './fixtures.ts'
import { packItem, unpackItem } from './package.ts'
import { openRecord, packSigned, signRecord } from './records.ts'
import type { ItemRecord } from './types.ts'

let lab: Awaited<ReturnType<typeof createLibraryLab>>
let hub: LibraryNode
let mill: LibraryNode
let islet: LibraryNode
beforeAll(async () => {
  lab = await createLibraryLab()
  hub = await lab.node({ id: 'hub', role: 'initial' })
  mill = await lab.node({ id: 'mill', role: 'trusted', hub: 'hub' })
  islet = await lab.node({ id: 'islet', role: 'local', hub: 'hub' })
}, 60_000)
afterAll(() => lab[Symbol.asyncDispose]())

describe('an item', () => {
  test('L3 L6 L8 published at one node is listed, shown and fetched at another, signed by its owner', async () => {
    const published = value(await mill.library.publish(ann, bell('1.0.0')))
    expect(published).toMatchObject({ state: 'listed', item: { owner: mill.owner, publisher: ann } })
    expect(mill.provided).toContain(published.item.cid)
    for (const q of ['bell', 'рында', 'звенит', undefined]) {
      const { items, silent } = await islet.library.list(q === undefined ? {} : { q })
      expect(items.map(({ name, version, owner, versions }) => [name, version, owner, versions])).toEqual([
        ['bell', '1.0.0', mill.owner, 1],
      ])
      expect(silent).toEqual([])
    }
    expect((await islet.library.list({ q: 'gong' })).items).toEqual([])
    expect((await islet.library.list({ kind: 'module' })).items).toEqual([])
    const fetched = value(await islet.library.fetch({ name: 'bell' }))
    expect(fetched.files).toEqual(BELL)
    expect(openRecord('library-item', fetched.version.record)).toEqual(published.item)
  })

  test('L4 a version is published once: the same again is answered as before, anything else is refused', async () => {
    const again = value(await mill.library.publish(ann, bell('1.0.0')))
    expect(again.item.version).toBe('1.0.0')
    const other = { ...BELL, 'README.md': 'Another.' }
    expect(code(await mill.library.publish(ann, bell('1.0.0', other)))).toBe('item_version_exists')
    expect(value(await islet.library.fetch({ name: 'bell' })).files).toEqual(BELL)
  })

  test('L3 a name stays with whoever had it first, in the network and at the node', async () => {
    expect(code(await islet.library.publish(bob, bell('2.0.0')))).toBe('item_name_taken')
    expect(code(await mill.library.publish(bob, bell('2.0.0')))).toBe('item_name_taken')
    // What the hub refused is not kept as if it were published.
    expect(value(await islet.library.show({ name: 'bell' })).map(({ item }) => item.owner)).toEqual([mill.owner])
  })

  test('L2 L7 the newest is taken unless it was withdrawn; by its number it still is', async () => {
    const next = { ...BELL, 'README.md': 'Louder.' }
    value(await mill.library.publish(ann, bell('1.10.0', next)))
    value(await mill.library.publish(ann, bell('1.9.0', { ...BELL, 'README.md': 'Older.' })))
    const chosen = async (version?: string) =>
      value(await islet.library.fetch({ name: 'bell', ...(version && { version }) })).version.item.version
    expect(await chosen()).toBe('1.10.0')
    expect(code(await mill.library.yank(bob, 'bell', '1.10.0', true, ''))).toBe('item_name_taken')
    value(await mill.library.yank(ann, 'bell', '1.10.0', true, 'Too loud.'))
    expect(await chosen()).toBe('1.9.0')
    expect(await chosen('1.10.0')).toBe('1.10.0')
    expect(await chosen('1.0')).toBe('1.0.0')
    const shown = value(await islet.library.show({ name: 'bell' }))
    expect(shown.map(({ item, yank }) => [item.version, yank?.why ?? ''])).toEqual([
      ['1.10.0', 'Too loud.'],
      ['1.9.0', ''],
      ['1.0.0', ''],
    ])
    value(await mill.library.yank(ann, 'bell', '1.10.0', false, ''))
    expect(await chosen()).toBe('1.10.0')
    expect(code(await islet.library.fetch({ name: 'bell', version: '3' }))).toBe('no_such_version')
    expect(code(await islet.library.fetch({ name: 'gong' }))).toBe('no_such_item')
  })

  test.each([
    [
      'a line without words',
      { ...BELL, 'text/ru.yaml': 'things: {}\nlines: {}\n' },
      /items\.yaml:1:1 no words for things\.bell/,
    ],
    [
      'a place that it does not bring',
      { ...BELL, 'items.yaml': `${BELL['items.yaml']}  key: moon-key\n` },
      /items\.yaml:5:\d+ .*moon-key/,
    ],
    ['a script that does not parse', { ...BELL, 'scripts/bell.js': 'export function (' }, /scripts\/bell\.js:1:\d+ /],
    [
      'a script that cannot run',
      { ...BELL, 'scripts/bell.js': 'export const onUse = () => eval("1")' },
      /scripts\/bell\.js:1:\d+ |onUse/,
    ],
  ])('L5 %s is named with file and line, and nothing is published', async (_, files, expected) => {
    const refused = await mill.library.publish(ann, { ...bell('1.0.0', files), name: 'bell-two' })
    expect(code(refused)).toBe('bad_item')
    expect(refused.ok ? '' : refused.refusal.params?.problems).toMatch(expected)
    expect(code(await mill.library.show({ name: 'bell-two' }))).toBe('no_such_item')
  })

  test('L5 a module that does not compile is refused with file and line', async () => {
    const refused = await mill.library.publish(
      ann,
      paths('1.0.0', { 'find.ts': 'export const a = 1\nexport const = 2\n' }),
    )
    expect(refused.ok ? '' : refused.refusal.params?.problems).toMatch(/^find\.ts:2:\d+ /)
  })

  test.each([
    ['item_path', { 'items.yaml': '{}', '../up.yaml': '' }],
    ['item_path', { 'items.yaml': '{}', 'places/dock.yaml': '' }],
    ['item_path', { 'items.yaml': '{}', 'at.yaml': 'place: dock' }],
    ['item_path', { 'items.yaml': '{}', 'scripts/../x.js': '' }],
    ['item_empty', { 'README.md': 'nothing' }],
    ['item_too_big', { 'items.yaml': '#'.repeat(200_000) }],
    [
      'item_too_big',
      Object.fromEntries(Array.from({ length: ITEM_FILES_MAX + 1 }, (_, i) => [`scripts/a${i}.js`, ''])),
    ],
  ])('L10 %s: what an item may hold has limits', async (refusal, files) => {
    expect(code(await mill.library.publish(ann, { ...bell('1.0.0', files), name: 'odd' }))).toBe(refusal)
  })

  test('L8 pages go on where they ended, over what several nodes have, and nothing is listed twice', async () => {
    for (let i = 0; i < 7; i++) {
      const by = i % 2 === 0 ? mill : islet
      value(
        await by.library.publish(ann, { ...paths('1.0.0', { 'a.ts': `export const n = ${i}` }), name: `page-${i}` }),
      )
    }
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await islet.library.list({ limit: 3, kind: 'module', ...(after && { after }) })
      seen.push(...page.items.map(({ name }) => name))
      after = page.next
    } while (after !== undefined)
    expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => `page-${i}`))
  })
})

describe('what is not as its owner signed it', () => {
  const record = (over: Partial<ItemRecord>, owner: string): ItemRecord => ({
    name: 'fake',
    version: '1.0.0',
    owner,
    kind: 'module',
    cid: '',
    bytes: 1,
    title: { en: 'f', ru: 'f' },
    summary: { en: '', ru: '' },
    publisher: ann,
    atMs: 1,
    ...over,
  })
  const bytes = packItem('module', { 'a.ts': 'export const a = 1\n' })

  /** A node that tells whatever it likes. */
  async function liar(id: string, tell: (own: string, cid: string) => object[]) {
    const node = await lab.node({ id, role: 'local', hub: 'hub' })
    const cid = await node.bundles.put('item', bytes)
    node.wire.serve(
      { protocol: 'library', maxStreams: 4, perMinute: 999, perHour: 999, overRelay: true, admittedOnly: false },
      async () => ({ versions: tell(node.owner, cid), items: tell(node.owner, cid), shares: [], more: false }),
    )
    return { ...node, cid }
  }

  test('L6 in another owner’s name it is neither listed nor shown, and the refusal says why', async () => {
    const key = signingKey()
    const node = await liar('liar', (_, cid) => [
      {
        record: signRecord(
          'library-item',
          record({ name: 'stolen', owner: mill.owner, cid, bytes: bytes.length }, ''),
          key,
        ),
      },
    ])
    const refused = await islet.library.fetch({ name: 'stolen' })
    expect(refused).toMatchObject({ ok: false, refusal: { code: 'item_forged', params: { why: 'signature' } } })
    expect((await islet.library.list({})).items.some(({ name }) => name === 'stolen')).toBe(false)
    node.wire.leave()
  })

  test('L6 with a word of it changed after signing it is refused', async () => {
    const key = signingKey()
    const owner = Buffer.from(key.publicKey).toString('hex')
    const node = await liar('liar-two', (_, cid) => {
      const good = signRecord(
        'library-item',
        record({ name: 'changed', owner, cid, bytes: bytes.length }, owner),
        key,
      )
      const body = good.body.slice()
      body[body.length - 3]! ^= 1
      return [{ record: { ...good, body } }]
    })
    expect(await islet.library.fetch({ name: 'changed' })).toMatchObject({
      refusal: { code: 'item_forged', params: { why: 'signature' } },
    })
    node.wire.leave()
  })

  test('L6 with bytes that are no item, or not those that were signed, it is refused', async () => {
    const key = signingKey()
    const owner = Buffer.from(key.publicKey).toString('hex')
    const node = await liar('liar-three', (_, cid) => [
      { record: signRecord('library-item', record({ name: 'other-size', owner, cid, bytes: 7 }, owner), key) },
    ])
    expect(await islet.library.fetch({ name: 'other-size' })).toMatchObject({
      refusal: { code: 'item_forged', params: { why: 'package' } },
    })
    node.wire.leave()
  })

  test('L3 L6 a hub takes nothing that its caller’s owner did not sign', async () => {
    const theirs = value(await mill.library.show({ name: 'bell' }))[0]!
    const said = await islet.wire.request('hub', 'library', { op: 'publish', record: theirs.record } as never)
    expect(said).toMatchObject({ done: false, refused: 'item_forged' })
    const unsigned = sign('library-item', record({ owner: islet.owner }, ''), signingKey())
    expect(await islet.wire.request('hub', 'library', { op: 'publish', record: unsigned } as never)).toMatchObject({
      refused: 'item_forged',
    })
    const stranger = lab.net.join({ id: 'stranger' })
    expect(await stranger.request('hub', 'library', { op: 'publish', record: theirs.record } as never)).toEqual({
      error: 'E_NOT_ADMITTED',
    })
    stranger.leave()
  })

  test('L6 a record that was changed in this node’s own tables is not believed either', async () => {
    value(await islet.library.publish(ann, { ...paths('1.0.0', { 'a.ts': 'export const a = 1' }), name: 'kept' }))
    const good = value(await islet.library.show({ name: 'kept' }))[0]!.record
    const forged = packSigned({ ...good, body: good.body.map((byte, i) => (i === 20 ? byte ^ 1 : byte)) })
    for (const { database } of [islet, hub])
      await database.prisma.libraryVersion.updateMany({
        where: { name: 'kept' },
        data: { record: new Uint8Array(forged) },
      })
    expect(code(await islet.library.fetch({ name: 'kept' }))).toBe('item_forged')
  })

  test('L6 whatever bytes come as a package, reading them throws nothing and gives no path beyond the item', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.dictionary(fc.string(), fc.string()), (noise, files) => {
        expect(unpackItem('module', noise)).toBeUndefined()
        const unpacked = unpackItem('module', packItem('module', files))
        for (const path of Object.keys(unpacked ?? {}))
          expect(path).toMatch(/^(?!.*\.\.)[A-Za-z0-9][\w./-]*\.(ts|js|md)$/i)
      }),
    )
  })
})

describe('without a hub', () => {
  test('L8 L9 neighbours list and fetch each other’s items; the hub hears of them when it is there, and what it refuses stands with the reason', async () => {
    await using alone = await createLibraryLab()
    const one = await alone.node({ id: 'one' })
    const two = await alone.node({ id: 'two' })
    const published = value(await one.library.publish(ann, bell('1.0.0')))
    expect(published.state).toBe('pending')
    expect(value(await two.library.fetch({ name: 'bell' })).files).toEqual(BELL)
    value(await two.library.publish(bob, bell('1.0.0', { ...BELL, 'README.md': 'Mine.' })))
    expect(code(await two.library.fetch({ name: 'bell' }))).toBe('item_several')
    const mine = value(await two.library.fetch({ name: 'bell', owner: two.owner.slice(0, 10) }))
    expect(mine.files['README.md']).toBe('Mine.')

    // Both go on, with the same keys and tables, in a network with a hub.
    one.wire.leave()
    two.wire.leave()
    await alone.node({ id: 'hub', role: 'initial' })
    const oneLater = await alone.node({ id: 'one', role: 'local', hub: 'hub', key: one.key, database: one.database })
    const twoLater = await alone.node({ id: 'two', role: 'local', hub: 'hub', key: two.key, database: two.database })
    await oneLater.tell()
    await twoLater.tell()
    const states = async (node: LibraryNode) =>
      (await node.database.prisma.libraryVersion.findMany()).map(({ state, why }) => [state, why])
    expect(await states(oneLater)).toEqual([['listed', null]])
    expect(await states(twoLater)).toEqual([['refused', 'item_name_taken']])
    expect(value(await twoLater.library.fetch({ name: 'bell' })).version.item.owner).toBe(one.owner)
  })

  test('L9 a node without links publishes for itself', async () => {
    const single = await lab.node({ id: 'single', isNetworked: false })
    value(await single.library.publish(ann, bell('0.1.0')))
    expect((await single.library.list({})).items).toMatchObject([{ name: 'bell', version: '0.1.0' }])
  })
})
