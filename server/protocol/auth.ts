/** Bodies of `/auth/*` and what they answer, for gateway and page alike. Names and passwords are judged by the accounts part. */
import { z } from 'zod'
import { NAME_INPUT_MAX_CHARS, PASSWORD_MAX_CHARS, TOKEN_INPUT_MAX_CHARS } from '../limits.ts'
import { LOCALES, ROLES } from './ids.ts'

const name = z.string().min(1).max(NAME_INPUT_MAX_CHARS)
const password = z.string().min(1).max(PASSWORD_MAX_CHARS)
const refreshToken = z.string().min(1).max(TOKEN_INPUT_MAX_CHARS)
const locale = z.enum(LOCALES)

export const guestBody = z.object({ name: name.optional(), locale: locale.optional() })
export const registerBody = z.object({ name, password, locale: locale.optional() })
export const loginBody = z.object({ name, password })
export const passwordBody = z.object({ password, new_password: password })
export const refreshBody = z.object({ refresh_token: refreshToken })
/** Without a refresh token, the session of the bearer's access token ends. */
export const logoutBody = z.object({ refresh_token: refreshToken.optional() })

/** RFC 6749 section 5.1, plus who it is. */
export const tokenBody = z.object({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.number(),
  refresh_token: z.string(),
  player: z.object({
    id: z.string(),
    name: z.string(),
    roles: z.array(z.enum(ROLES)),
    guest: z.boolean().optional(),
    locale: locale.optional(),
  }),
})
