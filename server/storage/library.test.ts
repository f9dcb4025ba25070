import { describe, expect, test } from 'vitest'
import type { ItemStore, NameRow, ShareRow, VersionRow, WorkspaceRow, WorldItemRow } from '../library/store.ts'
import type { Environment } from '../library/types.ts'
import type { PlayerId, ProjectId } from '../protocol/ids.ts'
import { createTestDatabase, describeOnDatabases } from '../testing/database.ts'
import { createItemStore, createWorldItemStore } from './library.ts'
import { createProjectStore } from './projects.ts'
import { createShareStore, createWorkspaceStore } from './workspaces.ts'

const bytes = (...all: number[]) => new Uint8Array(all)
const plain = (all: readonly { readonly version: string }[]) => all.map(({ version }) => version).sort()

const nameRow = (name: string, more: Partial<NameRow> = {}): NameRow => ({
  name,
  owner: 'owner-a',
  publisher: 'player_ann',
  kind: 'entity',
  words: `${name}\nrings\nзвенит`,
  claimedAtMs: 1_000,
  ...more,
})
const versionRow = (name: string, version: string, more: Partial<VersionRow> = {}): VersionRow => ({
  name,
  version,
  owner: 'owner-a',
  cid: `bafy-${version}`,
  bytes: 10,
  publishedAtMs: 2_000,
  record: bytes(1, 2, 0, 255),
  yanked: false,
  state: 'pending',
  ...more,
})
const publish = (store: ItemStore, name: string, version: string, more: Partial<VersionRow> = {}) =>
  store.insert(nameRow(name, { owner: more.owner ?? 'owner-a' }), versionRow(name, version, more))

const environment = (settings: Environment['settings'] = {}): Environment => ({ api: '1.0.0', settings })
const workspaceRow = (id: string, more: Partial<WorkspaceRow> = {}): WorkspaceRow => ({
  id,
  owner: 'player_ann' as PlayerId,
  name: id,
  createdAtMs: 1_000,
  updatedAtMs: 1_000,
  untold: false,
  ...more,
})
const project = (id: string) => ({
  id: id as ProjectId,
  name: id,
  files: { 'main.ts': 'export {}\n', 'lib/путь.md': '' },
  environment: environment({ SPEED: { value: '3' } }),
})

await describeOnDatabases('stores of the library', (kind) => {
  describe('items', () => {
    test('L3 L4 a name is its first owner’s, a version is what it was first, and what is put comes back byte for byte', async () => {
      await using db = await createTestDatabase({ kind })
      const store = createItemStore(db)
      expect(await publish(store, 'bell', '1.0.0')).toEqual({ name: nameRow('bell'), isNew: true })
      expect(await store.versions(['bell'])).toEqual([versionRow('bell', '1.0.0')])
      expect((await publish(store, 'bell', '1.0.0', { cid: 'bafy-other' })).isNew).toBe(false)
      const taken = await publish(store, 'bell', '2.0.0', { owner: 'owner-b' })
      expect(taken).toMatchObject({ isNew: false, name: { owner: 'owner-a' } })
      expect(await store.versions(['bell', 'none'])).toEqual([versionRow('bell', '1.0.0')])
      // The words are those of the version that came last.
      await store.insert(nameRow('bell', { words: 'bell\ngong' }), versionRow('bell', '1.1.0'))
      expect(await store.name('bell')).toEqual(nameRow('bell', { words: 'bell\ngong' }))
      expect(await store.name('gong')).toBeUndefined()
    })

    test('L3 of those who claim a name at once one has it, and the others learn whose it is', async () => {
      await using db = await createTestDatabase({ kind })
      const store = createItemStore(db)
      const owners = ['owner-a', 'owner-b', 'owner-c', 'owner-d']
      const put = await Promise.all(owners.map((owner) => publish(store, 'bell', '1.0.0', { owner })))
      expect(new Set(put.map(({ name }) => name.owner)).size).toBe(1)
      expect(put.filter(({ isNew }) => isNew)).toHaveLength(1)
      const [only, ...others] = await store.versions(['bell'])
      expect([only!.owner, others]).toEqual([put[0]!.name.owner, []])
    })

    test('L8 names come in order, by word in both languages, by kind, and on from where a page ended', async () => {
      await using db = await createTestDatabase({ kind })
      const store = createItemStore(db)
      for (const name of ['gong', 'bell', 'a-lamp', 'a1'])
        await store.insert(
          nameRow(name, name === 'gong' ? { kind: 'module', words: 'gong\n100%_of\\it' } : {}),
          versionRow(name, '1.0.0'),
        )
      const names = async (query: Partial<Parameters<ItemStore['names']>[0]>) =>
        (await store.names({ limit: 10, ...query })).map(({ name }) => name)
      const all = await names({})
      expect(all.toSorted()).toEqual(['a-lamp', 'a1', 'bell', 'gong'])
      expect(all).toEqual(all.toSorted())
      expect(await names({ q: 'ЗВЕН' })).toEqual(all.filter((name) => name !== 'gong'))
      for (const q of ['100%', '%_', '\\']) expect(await names({ q })).toEqual(['gong'])
      expect(await names({ q: 'b%l' })).toEqual([])
      expect(await names({ kind: 'module' })).toEqual(['gong'])
      expect([...(await names({ limit: 2 })), ...(await names({ after: all[1]! }))]).toEqual(all)
      expect([await store.countNames(), await store.countNames('owner-a'), await store.countNames('none')]).toEqual([
        4, 4, 0,
      ])
    })

    test('L7 L9 what is pending, refused and withdrawn is remembered; a name goes with its last version', async () => {
      await using db = await createTestDatabase({ kind })
      const store = createItemStore(db)
      await publish(store, 'bell', '1.0.0', { publishedAtMs: 3_000 })
      await publish(store, 'bell', '1.1.0')
      expect(plain(await store.pending(1))).toEqual(['1.1.0'])
      await store.setState('bell', '1.0.0', 'listed')
      await store.setState('bell', '1.1.0', 'refused', 'item_name_taken')
      expect(await store.pending(10)).toEqual([])
      await store.setYank('bell', '1.1.0', bytes(0, 9), true)
      const found = (await store.versions(['bell'])).find(({ version }) => version === '1.1.0')
      expect(found).toEqual(
        versionRow('bell', '1.1.0', { state: 'refused', why: 'item_name_taken', yank: bytes(0, 9), yanked: true }),
      )
      await store.setState('bell', '1.1.0', 'listed')
      expect((await store.versions(['bell'])).every(({ why }) => why === undefined)).toBe(true)
      await store.remove('bell', '1.0.0')
      expect(await store.name('bell')).toBeDefined()
      await store.remove('bell', '1.1.0')
      await store.remove('bell', '1.1.0')
      expect(await store.name('bell')).toBeUndefined()
    })
  })

  test('L20 L23 items of a world are one for each zone and name, in the order in which they came', async () => {
    await using db = await createTestDatabase({ kind })
    const store = createWorldItemStore(db)
    const row = (zone: string, name: string, more: Partial<WorldItemRow> = {}): WorldItemRow => ({
      zone,
      name,
      version: '1.0.0',
      owner: 'owner-a',
      cid: 'bafy',
      record: bytes(1, 0),
      files: bytes(0, 128, 255),
      installedBy: 'Ann',
      installedAtMs: 1_000,
      ...more,
    })
    await store.put(row('harbor', 'gong', { installedAtMs: 2_000 }))
    await store.put(row('harbor', 'bell', { place: 'dock' }))
    await store.put(row('alley', 'bell'))
    await store.put(row('harbor', 'bell', { version: '1.1.0' }))
    expect(await store.list()).toEqual([
      row('alley', 'bell'),
      row('harbor', 'bell', { version: '1.1.0' }),
      row('harbor', 'gong', { installedAtMs: 2_000 }),
    ])
    await store.remove('harbor', 'bell')
    await store.remove('harbor', 'bell')
    expect((await store.list()).map(({ zone, name }) => `${zone} ${name}`)).toEqual(['alley bell', 'harbor gong'])
  })

  describe('workspaces', () => {
    test('L45 one is made with its projects and their files at once or not at all, and once', async () => {
      await using db = await createTestDatabase({ kind })
      const [store, projects] = [createWorkspaceStore(db), createProjectStore(db)]
      const row = workspaceRow('w1', { origin: '{"id":"w0"}' })
      await store.insert({ row, projects: [project('p1'), project('p2')] })
      await store.insert({ row: { ...row, name: 'again' }, projects: [project('p3')] })
      expect(await store.get('w1')).toEqual(row)
      expect(await store.members(['w1', 'none'])).toEqual(
        ['p1', 'p2'].map((projectId) => ({
          projectId,
          workspaceId: 'w1',
          environment: environment({ SPEED: { value: '3' } }),
        })),
      )
      expect((await projects.info('p1' as ProjectId))?.name).toBe('p1')
      expect(await projects.info('p3' as ProjectId)).toBeUndefined()
      // Of two of which one cannot be made, neither is, nor is the workspace.
      await expect(
        store.insert({ row: workspaceRow('w2'), projects: [project('p4'), project('p1')] }),
      ).rejects.toThrow()
      expect([await store.get('w2'), await projects.info('p4' as ProjectId)]).toEqual([undefined, undefined])
    })

    test('L42 L46 how it is shared, what is in it and whose it is are what they were last said to be', async () => {
      await using db = await createTestDatabase({ kind })
      const store = createWorkspaceStore(db)
      await store.insert({ row: workspaceRow('w1'), projects: [project('p1')] })
      await store.insert({ row: workspaceRow('w2', { createdAtMs: 500 }), projects: [] })
      await store.insert({ row: workspaceRow('w3', { owner: 'player_bob' as PlayerId }), projects: [] })
      expect((await store.list('player_ann' as PlayerId)).map(({ id }) => id)).toEqual(['w2', 'w1'])
      const shared = workspaceRow('w1', { reach: 'world', cid: 'bafy', record: bytes(0, 7), untold: true })
      await store.save(shared)
      expect([await store.shared(), await store.untold()]).toEqual([[shared], [shared]])
      await store.save(workspaceRow('w1', { name: 'ours' }))
      expect([await store.shared(), await store.untold()]).toEqual([[], []])
      expect(await store.get('w1')).toEqual(workspaceRow('w1', { name: 'ours' }))
      await store.putMember({ projectId: 'p1' as ProjectId, workspaceId: 'w2', environment: environment() }, 9_000)
      expect(await store.members(['w1'])).toEqual([])
      expect(await store.members(['w2'])).toEqual([
        { projectId: 'p1', workspaceId: 'w2', environment: environment() },
      ])
      expect((await store.get('w2'))?.updatedAtMs).toBe(9_000)
      await store.removeMember('w2', 'p1' as ProjectId, 9_500)
      await store.remove('w2')
      await store.remove('w2')
      expect((await store.list('player_ann' as PlayerId)).map(({ id }) => id)).toEqual(['w1'])
    })

    test('L43 of what others share the newest comes first, by word, by hash and by owner', async () => {
      await using db = await createTestDatabase({ kind })
      const store = createShareStore(db)
      const row = (id: string, atMs: number, more: Partial<ShareRow> = {}): ShareRow => ({
        id,
        owner: 'owner-a',
        node: 'node-a',
        cid: 'bafy',
        words: 'lanterns\nмаяк',
        record: bytes(0, 1, 255),
        atMs,
        ...more,
      })
      await store.put(row('s1', 1_000))
      await store.put(row('s2', 3_000, { owner: 'owner-b', words: 'boats' }))
      await store.put(row('s1', 2_000))
      const ids = async (q?: string) => (await store.list({ limit: 10, ...(q && { q }) })).map(({ id }) => id)
      expect([await ids(), await ids('МАЯК'), await ids('none'), await ids('%')]).toEqual([
        ['s2', 's1'],
        ['s1'],
        [],
        [],
      ])
      expect(await store.list({ limit: 1 })).toEqual([row('s2', 3_000, { owner: 'owner-b', words: 'boats' })])
      expect(await store.get('s1')).toEqual(row('s1', 2_000))
      expect((await store.byCid('bafy')).map(({ id }) => id).sort()).toEqual(['s1', 's2'])
      expect([await store.count('owner-a'), await store.count('owner-b')]).toEqual([1, 1])
      await store.remove('s1')
      await store.remove('s1')
      expect([await store.get('s1'), await ids()]).toEqual([undefined, ['s2']])
    })
  })
})
