import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PROJECTS_PER_PERSON_MAX, WORKSPACES_PER_PERSON_MAX } from '../limits.ts'
import type { PlayerId, ProjectId } from '../protocol/ids.ts'
import { ann, bob, code, createLibraryLab, type LibraryNode, value } from './fixtures.ts'
import { packWorkspace } from './package.ts'
import { signRecord } from './records.ts'

const [annId, bobId] = [ann.id as PlayerId, bob.id as PlayerId]
let lab: Awaited<ReturnType<typeof createLibraryLab>>
let hub: LibraryNode
let home: LibraryNode
let away: LibraryNode
let mill: ProjectId
let id: string
beforeAll(async () => {
  lab = await createLibraryLab()
  hub = await lab.node({ id: 'hub', role: 'initial' })
  home = await lab.node({ id: 'home', role: 'local', hub: 'hub' })
  away = await lab.node({ id: 'away', role: 'local', hub: 'hub' })
  mill = await project(home, 'Mill')
  id = value(await home.workspaces.create(annId, '  The   Mill ')).id
}, 60_000)
afterAll(() => lab[Symbol.asyncDispose]())

async function project(
  node: LibraryNode,
  name: string,
  more: Readonly<Record<string, string>> = {},
): Promise<ProjectId> {
  const made = value(await node.projects.create(annId, { name, template: 'hello' })).id
  const files = { 'tests/first.yaml': 'place: harbor:dock\nexpect: [{ never: { type: refused } }]\n', ...more }
  value(await node.projects.replace(annId, made, { put: files, remove: [] }))
  return made
}

describe('a workspace', () => {
  test('L46 holds projects with their environments, and is its owner’s alone', async () => {
    const settings = { SPEED: { value: '3' }, PASS: { value: 'hush', secret: true } } as const
    const put = value(await home.workspaces.put(annId, id, mill, { seed: 7, settings }))
    expect(put).toMatchObject({
      name: 'The Mill',
      projects: [{ id: mill, name: 'Mill', files: 2, tests: 1, environment: { api: '1.0.0', seed: 7, settings } }],
    })
    for (const tried of [
      home.workspaces.get(bobId, id),
      home.workspaces.rename(bobId, id, 'x'),
      home.workspaces.discard(bobId, id),
      home.workspaces.put(bobId, id, mill),
      home.workspaces.takeOut(bobId, id, mill),
      home.workspaces.content(bobId, id),
      home.workspaces.share(bob, id, 'world'),
      home.workspaces.unshare(bobId, id),
    ])
      expect(code(await tried)).toBe('no_such_workspace')
    const theirs = value(await home.workspaces.create(bobId, 'Bob’s'))
    expect(code(await home.workspaces.put(bobId, theirs.id, mill))).toBe('no_such_project')
    expect(await home.workspaces.list(bobId)).toHaveLength(1)
  })

  test('L46 names are one’s own once, and there is an end to everything', async () => {
    expect(code(await home.workspaces.create(annId, 'the mill'))).toBe('workspace_name_taken')
    expect(code(await home.workspaces.create(annId, ' '))).toBe('bad_name')
    expect(code(await home.workspaces.put(annId, id, mill, { seed: -1 }))).toBe('bad_environment')
    expect(code(await home.workspaces.put(annId, id, mill, { settings: { 'a b': { value: '' } } }))).toBe(
      'bad_environment',
    )
    const made = []
    for (let i = 0; i < WORKSPACES_PER_PERSON_MAX - 1; i++)
      made.push(value(await home.workspaces.create(annId, `w${i}`)))
    expect(code(await home.workspaces.create(annId, 'one more'))).toBe('workspace_limit')
    for (const each of made) value(await home.workspaces.discard(annId, each.id))
  })
})

describe('sharing', () => {
  test('L40 an empty one, and one that holds what looks like a secret, is not shared; the place is named and not shown', async () => {
    const empty = value(await home.workspaces.create(annId, 'Empty'))
    expect(code(await home.workspaces.share(ann, empty.id, 'lan'))).toBe('workspace_empty')
    value(await home.workspaces.discard(annId, empty.id))
    const token = ['ghp', 'a1B2'.repeat(10)].join('_')
    value(await home.projects.write(annId, mill, 'lib/net.ts', `export const a = 1\nconst t = '${token}'\n`))
    const refused = await home.workspaces.share(ann, id, 'world')
    expect(refused).toMatchObject({ refusal: { code: 'workspace_secret', params: { places: 'Mill/lib/net.ts:2' } } })
    expect(JSON.stringify(refused)).not.toContain(token)
    expect((await away.workspaces.shared({})).shares).toEqual([])
    value(await home.projects.remove(annId, mill, 'lib/net.ts'))
  })

  test('L40 L41 L45 shared with the world it is listed, cloned and made fit elsewhere, without its secrets', async () => {
    const { info, left } = value(await home.workspaces.share(ann, id, 'world'))
    expect(info.shared).toMatchObject({ reach: 'world', told: true })
    expect(left).toEqual([{ project: 'Mill', what: 'secret', from: 'PASS', to: '' }])
    const { shares } = await away.workspaces.shared({ q: 'mill' })
    expect(shares).toMatchObject([
      { id, name: 'The Mill', by: ann, node: 'home', projects: [{ name: 'Mill', files: 2, tests: 1 }] },
    ])
    value(await away.projects.create(bobId, { name: 'Mill', template: 'empty' }))
    const cloned = value(await away.workspaces.clone(bob, 'the mill'))
    expect(cloned.adapted).toEqual([{ project: 'Mill', what: 'name', from: 'Mill', to: 'Mill 2' }])
    expect(cloned.info).toMatchObject({
      name: 'The Mill',
      owner: bob.id,
      origin: { id, node: 'home', by: 'Ann' },
      projects: [{ name: 'Mill 2', environment: { seed: 7, settings: { SPEED: { value: '3' } } } }],
    })
    const files = value(await away.projects.sources(bobId, cloned.info.projects[0]!.id))
    expect(files).toEqual(value(await home.projects.sources(annId, mill)))
    const bytes = await away.bundles.get(cloned.info.origin!.cid)
    expect(Buffer.from(bytes!).toString('latin1')).not.toContain('hush')
  })

  test('L43 it can be cloned while the node that shares it sleeps, and the clone needs nobody', async () => {
    lab.net.cut('home', 'hub', true)
    lab.net.cut('home', 'away', true)
    const cloned = value(await away.workspaces.clone(ann, id)).info
    lab.net.cut('hub', 'away', true)
    expect(value(await away.workspaces.content(annId, cloned.id)).projects[0]!.files).toHaveProperty(['main.ts'])
    for (const [a, b] of [
      ['home', 'hub'],
      ['home', 'away'],
      ['hub', 'away'],
    ] as const)
      lab.net.cut(a, b, false)
  })

  test('L42 what is shared is as it was; sharing again and stopping are seen elsewhere', async () => {
    const main = async () => {
      const cloned = value(await away.workspaces.clone(bob, id)).info
      const text = value(
        await away.projects
          .read(bobId, cloned.projects[0]!.id, 'notes.md')
          .then((found) => (found.ok ? found : { ok: true as const, value: '' })),
      )
      value(await away.workspaces.discard(bobId, cloned.id))
      return text
    }
    value(await home.projects.write(annId, mill, 'notes.md', 'new'))
    expect(await main()).toBe('')
    lab.clock.advance(1000)
    value(await home.workspaces.share(ann, id, 'world'))
    expect(await main()).toBe('new')
    lab.clock.advance(1000)
    expect(value(await home.workspaces.unshare(annId, id)).shared).toBeUndefined()
    expect((await away.workspaces.shared({})).shares).toEqual([])
    expect(code(await away.workspaces.clone(bob, id))).toBe('no_such_share')
  })

  test('L42 a hub that was away is told later that nothing is shared any more', async () => {
    lab.clock.advance(1000)
    value(await home.workspaces.share(ann, id, 'world'))
    lab.net.cut('home', 'hub', true)
    const gone = value(await home.workspaces.unshare(annId, id))
    expect(gone.shared).toBeUndefined()
    expect((await hub.workspaces.shared({})).shares).toHaveLength(1)
    lab.net.cut('home', 'hub', false)
    await home.tell()
    expect((await hub.workspaces.shared({})).shares).toEqual([])
  })

  test('L41 who may see it is decided where it is asked for, the list and the bytes alike', async () => {
    lab.clock.advance(1000)
    const { info } = value(await home.workspaces.share(ann, id, 'lan'))
    const { cid } = info.shared!
    const from = (caller: object) => home.workspaces.mayServe({ node: 'x', ...caller } as never, cid)
    expect(await from({ reach: 'lan' })).toBe(true)
    expect(await from({ reach: 'relay', role: 'trusted', owner: 'other' })).toBe(false)
    expect(await from({ reach: 'direct', role: 'local', owner: home.owner })).toBe(true)
    // The hub is on another network, and was told nothing.
    expect(await hub.database.prisma.sharedWorkspace.count()).toBe(0)
    lab.clock.advance(1000)
    const world = value(await home.workspaces.share(ann, id, 'world')).info.shared!
    const again = (caller: object) => home.workspaces.mayServe({ node: 'x', ...caller } as never, world.cid)
    expect(await again({ reach: 'relay', role: 'trusted', owner: 'other' })).toBe(true)
    expect(await again({ reach: 'relay', owner: 'other' })).toBe(false)
    value(await home.workspaces.unshare(annId, id))
    expect(await again({ reach: 'lan' })).toBe(false)
  })

  test('L47 a share that its owner did not sign, or whose bytes are others, is refused', async () => {
    const liar = await lab.node({ id: 'liar', role: 'local', hub: 'hub' })
    const good = packWorkspace({
      name: 'Odd',
      projects: [{ name: 'Odd', environment: { api: '1', settings: {} }, files: { '../../up.ts': 'x' } }],
    })
    const cid = await liar.bundles.put('workspace', good)
    const record = (over: object) =>
      signRecord(
        'workspace-share',
        {
          id: 'workspace_odd',
          owner: liar.owner,
          node: 'liar',
          name: 'Odd',
          by: bob,
          reach: 'world',
          cid,
          bytes: good.length,
          api: '1',
          projects: [],
          atMs: 1,
          ...over,
        },
        liar.key,
      )
    const share = async (over: object) => {
      liar.wire.serve(
        { protocol: 'library', maxStreams: 4, perMinute: 999, perHour: 999, overRelay: true, admittedOnly: false },
        async () => ({ shares: [{ record: record(over) }], items: [], versions: [], more: false }),
      )
    }
    await share({ owner: home.owner })
    expect((await away.workspaces.shared({})).shares).toEqual([])
    await share({ node: 'home', reach: 'lan' })
    expect((await away.workspaces.shared({})).shares).toEqual([])
    await share({})
    expect(code(await away.workspaces.clone(bob, 'Odd'))).toBe('share_unreachable')
    const said = await liar.wire.request('hub', 'library', {
      op: 'share',
      record: record({ owner: home.owner }),
    } as never)
    expect(said).toMatchObject({ done: false, refused: 'workspace_forged' })
    liar.wire.leave()
  })

  test('L47 paths that lead out of a project are refused before anything is made', async () => {
    const bad = await lab.node({ id: 'bad', role: 'local', hub: 'hub' })
    const made = value(await bad.projects.create(annId, { name: 'P', template: 'empty' }))
    // Written past the checks, as another program could.
    await bad.database.prisma.projectFile.create({
      data: { projectId: made.id, path: '../up.ts', text: 'x', updatedAtMs: 1n },
    })
    const workspace = value(await bad.workspaces.create(annId, 'Bad'))
    value(await bad.workspaces.put(annId, workspace.id, made.id))
    value(await bad.workspaces.share(ann, workspace.id, 'lan'))
    const before = await away.projects.list(bobId)
    expect(code(await away.workspaces.clone(bob, workspace.id))).toBe('workspace_forged')
    expect(await away.projects.list(bobId)).toEqual(before)
    bad.wire.leave()
  })
})

describe('without a hub', () => {
  test('L44 L45 neighbours share and clone over their own link; all projects are made or none', async () => {
    await using alone = await createLibraryLab()
    const one = await alone.node({ id: 'one' })
    const two = await alone.node({ id: 'two' })
    const made = await project(one, 'Wick')
    const workspace = value(await one.workspaces.create(annId, 'Lanterns'))
    value(await one.workspaces.put(annId, workspace.id, made))
    value(await one.workspaces.share(ann, workspace.id, 'lan'))
    expect((await two.workspaces.shared({})).shares).toMatchObject([{ name: 'Lanterns', node: 'one' }])
    for (let i = 0; i < PROJECTS_PER_PERSON_MAX; i++)
      value(await two.projects.create(bobId, { name: `p${i}`, template: 'empty' }))
    expect(code(await two.workspaces.clone(bob, 'lanterns'))).toBe('project_limit')
    expect(await two.workspaces.list(bobId)).toEqual([])
    const cloned = value(await two.workspaces.clone(ann, 'lanterns')).info
    one.wire.leave()
    expect(value(await two.workspaces.content(annId, cloned.id)).projects[0]!.name).toBe('Wick')
    expect((await two.workspaces.shared({})).shares).toEqual([])
  })
})
