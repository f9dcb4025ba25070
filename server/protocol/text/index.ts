/** The one message catalogue, for server and page: ICU MessageFormat (unicode-org.github.io/icu), a section per file, the same keys in each language. */
import { IntlMessageFormat } from 'intl-messageformat'
import type { Locale } from '../ids.ts'
import enAccounts from './en/accounts.ts'
import enAgents from './en/agents.ts'
import enCredits from './en/credits.ts'
import enHelp from './en/help.ts'
import enInference from './en/inference.ts'
import enJobs from './en/jobs.ts'
import enLessons from './en/lessons.ts'
import enLibrary from './en/library.ts'
import enNet from './en/net.ts'
import enNetwork from './en/network.ts'
import enPanels from './en/panels.ts'
import enRefusals from './en/refusals.ts'
import enReplay from './en/replay.ts'
import enTerminal from './en/terminal.ts'
import enUi from './en/ui.ts'
import enWorld from './en/world.ts'
import ruAccounts from './ru/accounts.ts'
import ruAgents from './ru/agents.ts'
import ruCredits from './ru/credits.ts'
import ruHelp from './ru/help.ts'
import ruInference from './ru/inference.ts'
import ruJobs from './ru/jobs.ts'
import ruLessons from './ru/lessons.ts'
import ruLibrary from './ru/library.ts'
import ruNet from './ru/net.ts'
import ruNetwork from './ru/network.ts'
import ruPanels from './ru/panels.ts'
import ruRefusals from './ru/refusals.ts'
import ruReplay from './ru/replay.ts'
import ruTerminal from './ru/terminal.ts'
import ruUi from './ru/ui.ts'
import ruWorld from './ru/world.ts'

const en = {
  ...enRefusals,
  ...enWorld,
  ...enHelp,
  ...enTerminal,
  ...enAccounts,
  ...enUi,
  ...enPanels,
  ...enReplay,
  ...enAgents,
  ...enLessons,
  ...enNet,
  ...enCredits,
  ...enInference,
  ...enJobs,
  ...enLibrary,
  ...enNetwork,
}
const ru = {
  ...ruRefusals,
  ...ruWorld,
  ...ruHelp,
  ...ruTerminal,
  ...ruAccounts,
  ...ruUi,
  ...ruPanels,
  ...ruReplay,
  ...ruAgents,
  ...ruLessons,
  ...ruNet,
  ...ruCredits,
  ...ruInference,
  ...ruJobs,
  ...ruLibrary,
  ...ruNetwork,
}

export const CATALOGUE: Readonly<Record<Locale, Readonly<Record<string, string>>>> = { en, ru }

const compiled = new Map<string, IntlMessageFormat>()

/** The message in the given language; an unknown key comes back as itself, so that a gap is seen and nothing breaks. */
export function message(
  locale: Locale,
  key: string,
  params?: Readonly<Record<string, string | number | boolean>>,
): string {
  const source = CATALOGUE[locale][key] ?? CATALOGUE.en[key]
  if (source === undefined) return key
  if (!params && !source.includes('{')) return source
  const cacheKey = `${locale}\0${key}`
  let format = compiled.get(cacheKey)
  if (!format)
    compiled.set(cacheKey, (format = new IntlMessageFormat(source, locale, undefined, { ignoreTag: true })))
  return String(format.format(params as Record<string, string | number | boolean>))
}
