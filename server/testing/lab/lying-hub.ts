/**
 * An initial node as it is, but for its tongue: `lying-hub.ts`, with the settings of a node in its environment, told over the channel to its
 * parent what to lie about. What it was told by honest nodes it keeps as any hub does; what it hands on is changed on the way out.
 */
import { decode, encode } from '@ipld/dag-cbor'
import { createProjects } from '../../agents/projects.ts'
import { assembleLibrary, openWorld } from '../../assembly/library.ts'
import { createBundles } from '../../bundles/bundles.ts'
import { systemClock } from '../../lib/clock.ts'
import type { Signed } from '../../lib/signed.ts'
import { signRecord } from '../../library/records.ts'
import type { ItemRecord } from '../../library/types.ts'
import type { Frame, FrameStream, Link } from '../../link/types.ts'
import { compile } from '../../sandbox/compile.ts'
import { createProjectStore } from '../../storage/projects.ts'
import { openBareNetwork } from './bare-network.ts'

/** Nothing; a word of a record; whose signature it is; whose item it is; its number; its hash; the bytes under that hash; that there is a newer one. */
export type Lie = 'none' | 'title' | 'signature' | 'owner' | 'number' | 'cid' | 'bytes' | 'newer'
export type FromHub =
  | { readonly is: 'ready'; readonly invite: string }
  | { readonly is: 'lying'; readonly about: Lie }

type Told = { readonly record: Signed }
const say = (message: FromHub): void => void process.send!(message)
let lie: Lie = 'none'

const { config, log, database, network } = await openBareNetwork()
const { ownerKey, owner } = network.identity

const bodyOf = ({ record }: Told) => decode<ItemRecord>(record.body)
const changed = (told: Told, change: Partial<ItemRecord>): Told => ({
  ...told,
  record: { ...told.record, body: encode({ ...bodyOf(told), ...change }) },
})

/** What it says in the place of what it knows. */
function twisted(versions: readonly Told[]): readonly Told[] {
  switch (lie) {
    case 'title':
      return versions.map((told) => changed(told, { title: { en: 'A better bell', ru: 'Рында получше' } }))
    case 'signature':
      // The owner's key, and a signature of the hub's own under it.
      return versions.map((told) => ({
        ...told,
        record: { ...signRecord('library-item', bodyOf(told), ownerKey), key: told.record.key },
      }))
    case 'owner':
      return versions.map((told) => ({
        ...told,
        record: signRecord('library-item', { ...bodyOf(told), owner, version: '9.0.0' }, ownerKey),
      }))
    case 'number':
      return versions.map((told) => changed(told, { version: '9.0.0' }))
    case 'cid':
      // Of two versions each gets the files of the other.
      return versions.map((told, at) => changed(told, { cid: bodyOf(versions.at(at - 1)!).cid }))
    case 'newer':
      return versions.filter((told) => bodyOf(told).version === '1.0.0')
    default:
      return versions
  }
}

const twistedAnswer = (answer: Frame): Frame => {
  const twist = (list: unknown) => twisted(list as readonly Told[]) as unknown as Frame[string]
  if (Array.isArray(answer.versions)) return { ...answer, versions: twist(answer.versions) }
  return Array.isArray(answer.items) ? { ...answer, items: twist(answer.items) } : answer
}

/** Other bytes under the right name. */
const twistedStream = (stream: FrameStream): FrameStream => ({
  peer: stream.peer,
  frames: stream.frames,
  close: () => stream.close(),
  abort: (error) => stream.abort(error),
  send: (frame) =>
    stream.send(
      lie === 'bytes' && frame.type === 'CHUNK'
        ? { ...frame, data: (frame.data as Uint8Array).map((byte, at) => (at === 40 ? byte ^ 1 : byte)) }
        : frame,
    ),
})

const link: Link = {
  ...network.link,
  serve: (served, answer) =>
    network.link.serve(served, async (...asked) =>
      served.protocol === 'library' ? twistedAnswer(await answer(...asked)) : answer(...asked),
    ),
  serveStream: (served, take) => network.link.serveStream(served, (stream) => take(twistedStream(stream))),
}

const bundles = await createBundles({ dir: `${config.dataDir}/bundles`, wire: link })
const compileHere = async (files: Parameters<typeof compile>[0]) => compile(files)
await assembleLibrary({
  config,
  database,
  network: { ...network, link },
  bundles,
  worldItems: await openWorld({ config, database, clock: systemClock, log }),
  projects: createProjects({ store: createProjectStore(database), clock: systemClock, compile: compileHere }),
  compile: compileHere,
  clock: systemClock,
  log,
})

process.on('message', (about: Lie) => {
  lie = about
  say({ is: 'lying', about })
})
process.on('disconnect', () => process.exit())
say({ is: 'ready', invite: await network.invite({ role: 'local', uses: 10 }) })
