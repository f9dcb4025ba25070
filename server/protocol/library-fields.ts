/** What names, versions, words and settings of the library may be: for the routes, and for what nodes sign and send each other. */
import { z } from 'zod'
import {
  ENVIRONMENT_NAME_MAX_CHARS,
  ENVIRONMENT_SETTINGS_MAX,
  ENVIRONMENT_VALUE_MAX_CHARS,
  ITEM_NAME_MAX_CHARS,
  ITEM_SUMMARY_MAX_CHARS,
  ITEM_TITLE_MAX_CHARS,
} from '../limits.ts'

/** Without control characters and marks that turn the writing around: they have no place in what is shown to people. */
export const plain = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[^\p{Cc}\p{Cf}\p{Co}\p{Cn}\u2028\u2029]*$/u, 'holds signs that cannot be shown')
const byLocale = (max: number, min = 0) => z.strictObject({ en: plain(max).min(min), ru: plain(max).min(min) })

export const itemName = z
  .string()
  .max(ITEM_NAME_MAX_CHARS)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'small letters, digits and single hyphens, beginning with a letter')
export const VERSION_MAX_CHARS = 40
export const versionText = z
  .string()
  .max(VERSION_MAX_CHARS)
  .regex(
    /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/,
    'three numbers such as 1.0.0, perhaps with -beta.1 after them',
  )
export const itemKind = z.enum(['entity', 'module'])
export const itemTitle = byLocale(ITEM_TITLE_MAX_CHARS, 1)
export const itemSummary = byLocale(ITEM_SUMMARY_MAX_CHARS)

export const settingName = z
  .string()
  .max(ENVIRONMENT_NAME_MAX_CHARS)
  .regex(/^[A-Za-z][\w.-]*$/, 'letters, digits, dots, hyphens and underscores, beginning with a letter')
export const settingValue = z.string().max(ENVIRONMENT_VALUE_MAX_CHARS)
export const seed = z.number().int().min(0).max(0xffff_ffff)
export const settingsOf = <N extends z.ZodType<string>, S extends z.ZodType>(name: N, setting: S) =>
  z.record(name, setting).refine((all) => Object.keys(all).length <= ENVIRONMENT_SETTINGS_MAX, 'too many settings')
