/** The fixture world with a keeper who may speak through a model. */
import { FIXTURE_FILES, fixtureWorld } from './world.ts'

const changed = (file: string, from: string, to: string) => ({ [file]: FIXTURE_FILES[file]!.replace(from, to) })

export const VOICED_FILES: Readonly<Record<string, string>> = {
  ...changed(
    'zones/harbor/npcs.yaml',
    '  fallback: keeper.shrug\n',
    '  fallback: keeper.shrug\n  voice: keeper.voice\n',
  ),
  ...changed('zones/harbor/text/en.yaml', '  keeper.shrug:', '  keeper.voice: Slow and kind.\n  keeper.shrug:'),
  ...changed(
    'zones/harbor/text/ru.yaml',
    '  keeper.shrug:',
    '  keeper.voice: Медленно и по-доброму.\n  keeper.shrug:',
  ),
}
export const voicedWorld = () => fixtureWorld(VOICED_FILES)
