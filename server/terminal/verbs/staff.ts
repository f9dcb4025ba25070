/** Keeping the peace: what moderators can do. Who may do what to whom is decided by the accounts. */
import type { Moderation } from '../../accounts/types.ts'
import { firstWord } from '../../commands/index.ts'
import { AUDIT_LINES, REASON_MAX_CHARS } from '../../limits.ts'
import type { Role } from '../../protocol/ids.ts'
import { personNamed } from '../person-named.ts'
import { no, type Reply, reply } from '../reply.ts'
import type { SessionContext, SessionVerb } from '../session-verb.ts'

const STAFF: readonly Role[] = ['mentor', 'moderator', 'admin']

type Act = (
  moderation: Moderation,
  target: { readonly id: string; readonly name: string },
  rest: string,
  session: SessionContext,
) => Promise<string>

/** `@mute NAME …`: finds the person, does it, says so. */
const onPerson = (name: string, en: string, ru: string, act: Act): SessionVerb => ({
  name,
  verbs: { en: [en], ru: [ru] },
  roles: STAFF,
  async run(args, session) {
    const { accounts } = session.services
    if (!accounts) return no('not_here')
    const [who, rest] = firstWord(args)
    const target = await personNamed(session, who)
    if ('refusal' in target) return target
    return reply(session.words(await act(accounts.moderation, target, rest, session), { name: target.name }))
  },
})

/** `30 shouting`: minutes and a reason; without a number it is for good. */
function sentence(rest: string): { readonly reason: string; readonly forMs?: number } {
  const timed = /^(\d{1,6})\s*(.*)$/.exec(rest)
  const reason = (timed ? timed[2]! : rest).slice(0, REASON_MAX_CHARS)
  return timed ? { reason, forMs: Number(timed[1]) * 60_000 } : { reason }
}

export const mute = onPerson('@mute', '@mute', '@молчать', async (moderation, { id }, rest, session) => {
  const { reason, forMs } = sentence(rest)
  await moderation.mute(id, session.person().id, reason, forMs)
  return 'staff.muted'
})
export const unmute = onPerson('@unmute', '@unmute', '@говорить', async (moderation, { id }, _rest, session) => {
  await moderation.lift(id, session.person().id, 'mute')
  return 'staff.unmuted'
})
export const kick = onPerson('@kick', '@kick', '@выгнать', async (moderation, { id }, rest, session) => {
  await moderation.kick(id, session.person().id, rest.slice(0, REASON_MAX_CHARS))
  return 'staff.kicked'
})
export const ban = onPerson('@ban', '@ban', '@бан', async (moderation, { id }, rest, session) => {
  const { reason, forMs } = sentence(rest)
  await moderation.ban(id, session.person().id, reason, forMs)
  return 'staff.banned'
})
export const unban = onPerson('@unban', '@unban', '@разбан', async (moderation, { id }, _rest, session) => {
  await moderation.lift(id, session.person().id, 'ban')
  return 'staff.unbanned'
})

export const reports: SessionVerb = {
  name: '@reports',
  verbs: { en: ['@reports'], ru: ['@жалобы'] },
  roles: STAFF,
  async run(_args, session): Promise<Reply> {
    const { accounts } = session.services
    if (!accounts) return no('not_here')
    const open = await accounts.moderation.reports('open', undefined, session.person().id)
    if (open.length === 0) return reply(session.words('staff.no_reports'))
    const lines = await Promise.all(
      open.map(async (r) => {
        const [by, target] = await Promise.all([
          accounts.person(r.by),
          r.target ? accounts.person(r.target) : undefined,
        ])
        return `  ${session.words('staff.report', { id: r.id, name: by?.name ?? r.by, target: target?.name ?? null, text: r.text })}`
      }),
    )
    return reply([session.words('staff.reports'), ...lines].join('\n'))
  },
}

export const close: SessionVerb = {
  name: '@close',
  verbs: { en: ['@close'], ru: ['@закрыть'] },
  roles: STAFF,
  async run(args, session) {
    const { accounts } = session.services
    const [id, note] = firstWord(args)
    if (!accounts) return no('not_here')
    if (id === '') return no('bad_arguments')
    await accounts.moderation.closeReport(id, session.person().id, note)
    return reply(session.words('staff.closed', { id }))
  },
}

export const audit: SessionVerb = {
  name: '@audit',
  verbs: { en: ['@audit'], ru: ['@аудит'] },
  roles: ['moderator', 'admin'],
  async run(_args, session) {
    const log = session.services.accounts?.audit
    if (!log) return no('not_here')
    const { entries, broken } = await log.verify()
    const last = await log.entries(entries - 1 - AUDIT_LINES, AUDIT_LINES)
    const head = broken
      ? session.words('staff.audit_broken', { index: broken.index, text: broken.problem })
      : session.words('staff.audit', { count: entries })
    return reply(
      [
        head,
        ...last.map(
          (row) => `  ${row.index}. ${new Date(row.atMs).toISOString()} ${row.action} ${row.actor} ${row.subject}`,
        ),
      ].join('\n'),
    )
  },
}
