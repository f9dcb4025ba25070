/** Why the node said no, in the reader's language: the code's own words, else what the node said, else a plain sentence. */
import { t } from '../i18n.ts'
import { ApiError } from '../net/api.ts'
import { SignedOut } from '../net/session.ts'

/** Sections of the catalogue with sentences by code; those of accounts are `error`, titles of the surface itself `problem`. */
const SECTIONS = ['ui.problem', 'error', 'refusal', 'problem'] as const

export function problemText(error: unknown): string {
  if (error instanceof SignedOut) return t('error.session_ended')
  if (!(error instanceof ApiError)) return t('ui.problem.internal')
  for (const section of SECTIONS) {
    const key = `${section}.${error.code}`
    const text = worded(key, error.params)
    if (text !== key) return text
  }
  return error.message || t('ui.problem.internal')
}

/** A sentence may ask for more than came with the code: then it is as good as none. */
function worded(key: string, params: ApiError['params']): string {
  try {
    return t(key, params)
  } catch {
    return key
  }
}
