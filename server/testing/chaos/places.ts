/** Places that every plan aims at in turn: before and after each sync, question and answer of a trip, at each kind of node. */
const around = (what: string) => [`before ${what}`, `after ${what}`]
const synced = (what: string) => [`before syncing ${what}`, `after syncing ${what}`, `after naming ${what}`]

const asked = (...frames: readonly string[]) => frames.flatMap((frame) => around(`asking ${frame}`))
const answered = (...frames: readonly string[]) => frames.flatMap((frame) => around(`answering ${frame}`))

const travelled = [
  ...[
    'row offering',
    'row frozen',
    'row moved',
    'row accepted',
    'row prepared',
    'row here',
    'bundle',
    'pins',
    'agent',
  ].flatMap(synced),
  ...around('removing row'),
  ...around('removing agent'),
  ...asked('migrate BEGIN', 'migrate OFFER', 'migrate TRANSFER', 'migrate COMMIT', 'migrate ACTIVATE'),
  ...asked('migrate STATUS', 'migrate ABORT', 'migrate WHERE', 'bundle', 'effect'),
  ...answered('migrate OFFER', 'migrate TRANSFER', 'migrate ACTIVATE', 'bundle'),
]

export const TARGETS: readonly string[] = [
  ...travelled.map((place) => `home ${place}`),
  ...travelled.map((place) => `host ${place}`),
  ...asked('migrate CHECKPOINT').map((place) => `host ${place}`),
  ...answered('migrate CHECKPOINT').map((place) => `home ${place}`),
  ...asked('migrate RECLAIM').map((place) => `home ${place}`),
  ...[
    ...synced('registry'),
    ...synced('effects'),
    ...answered('migrate BEGIN', 'migrate STATUS', 'migrate COMMIT', 'migrate ABORT', 'migrate WHERE', 'effect'),
  ].map((place) => `registry ${place}`),
]
