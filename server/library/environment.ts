/** What a project needs beside its files: its settings, its seed, the interface it was made for. */
import type { Result } from '../agents/types.ts'
import { ENVIRONMENT_SETTINGS_MAX, ENVIRONMENT_VALUE_MAX_CHARS } from '../limits.ts'
import { seed as seedSchema, settingName, settingValue } from '../protocol/library-fields.ts'
import { isSecretName } from './secrets.ts'
import type { Adapted, Environment } from './types.ts'

export const emptyEnvironment = (api: string): Environment => ({ api, settings: {} })

/** Settings and seed as they are given, whole; what is absent stays. */
export function changedEnvironment(
  before: Environment,
  { seed, settings }: Partial<Environment>,
): Result<Environment> {
  const wrong = (field: string, why: string) =>
    ({ ok: false, refusal: { code: 'bad_environment', params: { field: field.slice(0, 80), why } } }) as const
  if (seed !== undefined && !seedSchema.safeParse(seed).success) return wrong('seed', 'seed')
  const entries = Object.entries(settings ?? {})
  if (entries.length > ENVIRONMENT_SETTINGS_MAX) return wrong('settings', `max ${ENVIRONMENT_SETTINGS_MAX}`)
  for (const [name, { value }] of entries) {
    if (!settingName.safeParse(name).success) return wrong(name, 'name')
    if (!settingValue.safeParse(value).success) return wrong(name, `max ${ENVIRONMENT_VALUE_MAX_CHARS}`)
  }
  return {
    ok: true,
    value: { ...before, ...(seed !== undefined && { seed }), ...(settings !== undefined && { settings }) },
  }
}

/** Without what is secret, by its mark or by its name. */
export function forSharing(
  project: string,
  { settings, ...rest }: Environment,
): { readonly environment: Environment; readonly left: readonly Adapted[] } {
  const entries = Object.entries(settings)
  const isSecret = ([name, { secret }]: (typeof entries)[number]) => secret === true || isSecretName(name)
  return {
    environment: { ...rest, settings: Object.fromEntries(entries.filter((each) => !isSecret(each))) },
    left: entries.filter(isSecret).map(([name]) => ({ project, what: 'secret', from: name, to: '' })),
  }
}

/** Fit for this node: programs of another version of the interface are checked and tested against this one's. */
export function adaptEnvironment(
  project: string,
  environment: Environment,
  api: string,
): { readonly environment: Environment; readonly adapted: readonly Adapted[] } {
  const isSame = environment.api === api
  return {
    environment: { ...environment, api },
    adapted: isSame ? [] : [{ project, what: 'api', from: environment.api, to: api }],
  }
}
