/** Guests, sign-in, tokens, and oneself. */

import * as api from '../../../protocol/api.ts'
import type { GatewayParts } from '../../types.ts'
import { HttpProblem } from '../problem.ts'
import { none, ok, type Route, route } from '../route.ts'
import { whereAmI } from '../self.ts'

export function peopleRoutes({ accounts, zones, ledger, lessons }: GatewayParts): readonly Route[] {
  return [
    route({
      method: 'post',
      path: '/auth/guest',
      access: 'public',
      summary: 'Play at once, as a guest',
      body: api.GuestBody,
      bodyOptional: true,
      answers: { 200: api.TokenAnswer },
      run: async ({ body, from, locale }) => ok(await accounts.guest({ locale, ...body }, from)),
    }),
    route({
      method: 'post',
      path: '/auth/register',
      access: 'optional',
      summary: "A name and a password; with a guest's token, that guest keeps everything",
      body: api.RegisterBody,
      answers: { 200: api.TokenAnswer },
      run: async ({ body, principal, from }) => ok(await accounts.register(body, principal, from)),
    }),
    route({
      method: 'post',
      path: '/auth/login',
      access: 'public',
      summary: 'Sign in',
      body: api.LoginBody,
      answers: { 200: api.TokenAnswer },
      run: async ({ body, from }) => ok(await accounts.login(body, from)),
    }),
    route({
      method: 'post',
      path: '/auth/refresh',
      access: 'public',
      summary: 'A new pair of tokens for a refresh token',
      body: api.RefreshBody,
      answers: { 200: api.TokenAnswer },
      run: async ({ body, from }) => ok(await accounts.refresh(body.refresh_token, from)),
    }),
    route({
      method: 'post',
      path: '/auth/logout',
      access: 'optional',
      summary: "End the session of a refresh token, or of the bearer's access token",
      body: api.LogoutBody,
      bodyOptional: true,
      answers: { 204: 'none' },
      run: async ({ body, principal, from }) => {
        if (body.refresh_token !== undefined) await accounts.logout(body.refresh_token, from)
        else if (principal) await accounts.endSession(principal.sessionId, from)
        else throw new HttpProblem('unauthorized')
        return none
      },
    }),
    route({
      method: 'post',
      path: '/auth/password',
      access: 'person',
      summary: "Change one's password; sessions on other devices end",
      body: api.PasswordBody,
      answers: { 204: 'none' },
      run: async ({ me, body, from }) => {
        await accounts.changePassword(me, { password: body.password, newPassword: body.new_password }, from)
        return none
      },
    }),
    route({
      method: 'get',
      path: '/.well-known/jwks.json',
      access: 'public',
      unlimited: true,
      summary: 'Keys of the access tokens',
      answers: { 200: api.Jwks },
      run: async () => ok(await accounts.jwks()),
    }),
    route({
      method: 'get',
      path: '/api/v1/me',
      access: 'person',
      summary: 'Oneself: who, where, with what',
      answers: { 200: api.Me },
      run: async ({ me, locale }) => {
        const person = await accounts.person(me.playerId)
        if (!person) throw new HttpProblem('unauthorized')
        const { id, name, roles, guest } = person
        const [balance, list] = await Promise.all([
          ledger?.balance(`player:${id}`) ?? 0n,
          lessons?.list(id, locale) ?? [],
        ])
        const player = { id, name, roles, guest, locale: person.locale }
        return ok({ player, ...whereAmI(zones, id, locale), balanceMicro: String(balance), lessons: list })
      },
    }),
    route({
      method: 'patch',
      path: '/api/v1/me',
      access: 'person',
      summary: "Change one's name or language",
      body: api.RenameBody,
      answers: { 200: api.Player },
      run: async ({ me, body, from }) => {
        if (body.name !== undefined) await accounts.rename(me.playerId, body.name, from)
        if (body.locale !== undefined) await accounts.setLocale(me.playerId, body.locale)
        if (zones.whereIs(me.playerId)) await zones.change(me.playerId, body)
        const person = await accounts.person(me.playerId)
        if (!person) throw new HttpProblem('unauthorized')
        const { id, name, roles, guest, locale } = person
        return ok({ id, name, roles, guest, locale })
      },
    }),
  ]
}
