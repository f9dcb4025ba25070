import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createFakeClock } from '../lib/clock.ts'
import { AUDIT_PAGE } from '../limits.ts'
import { appendAudit, verifyAudit } from './audit.ts'
import { canonicalJson } from './canonical.ts'
import { createTestAccounts, from } from './testing/harness.ts'
import { createMemoryAccountStore } from './testing/memory-store.ts'
import type { AuditRow } from './types.ts'

async function logOf(length: number) {
  const store = createMemoryAccountStore()
  const clock = createFakeClock()
  for (let n = 0; n < length; n++) {
    clock.advance(1)
    const draft = {
      actor: 'node',
      action: 'roles.changed',
      subject: `player_${n}`,
      details: { to: ['learner'], n },
    } as const
    await store.atomically((operations) => appendAudit(operations, draft, clock))
  }
  return store
}

describe('audit log', () => {
  test('A1 what has been appended verifies, over several pages', async () => {
    expect(await verifyAudit(await logOf(0))).toEqual({ entries: 0 })
    expect(await verifyAudit(await logOf(AUDIT_PAGE + 3))).toEqual({ entries: AUDIT_PAGE + 3 })
  })

  test('A2 altering any field of any entry is found, at that entry', async () => {
    const store = await logOf(12)
    const whole = [...store.audit]
    const fields = [
      'atMs',
      'actor',
      'action',
      'subject',
      'details',
      'prevHash',
      'hash',
    ] as const satisfies (keyof AuditRow)[]
    await fc.assert(
      fc.asyncProperty(fc.nat(11), fc.constantFrom(...fields), async (index, field) => {
        const entry = whole[index]!
        const value = typeof entry[field] === 'number' ? entry[field] + 1 : `${entry[field]} `
        store.audit.splice(0, store.audit.length, ...whole.with(index, { ...entry, [field]: value }))
        expect((await verifyAudit(store)).broken?.index).toBe(index)
      }),
    )
  })

  test('A3 an entry taken out, put in or moved is found', async () => {
    const store = await logOf(8)
    const whole = [...store.audit]
    const brokenAt = async (rows: AuditRow[]) => {
      store.audit.splice(0, store.audit.length, ...rows)
      return (await verifyAudit(store)).broken?.index
    }
    expect(await brokenAt(whole.toSpliced(3, 1))).toBe(3)
    expect(await brokenAt(whole.toSpliced(3, 0, whole[3]!))).toBe(4)
    expect(await brokenAt(whole.with(3, { ...whole[4]!, index: 3 }))).toBe(3)
    expect(await brokenAt(whole)).toBeUndefined()
  })

  test('A3 an entry that was replaced by one with a fitting hash is found, even when the next was made to point to it', async () => {
    const store = await logOf(8)
    const forged = await logOf(3)
    const draft = { actor: 'node', action: 'roles.changed', subject: 'player_crook' } as const
    await forged.atomically((operations) => appendAudit(operations, draft, createFakeClock()))
    const put = forged.audit[3]!
    expect(put.prevHash).toBe(store.audit[3]!.prevHash)
    store.audit[3] = put
    expect((await verifyAudit(store)).broken?.index).toBe(4)
    store.audit[4] = { ...store.audit[4]!, prevHash: put.hash }
    expect((await verifyAudit(store)).broken).toEqual({ index: 4, problem: 'entry 4 has been altered' })
  })

  test('A4 no password, token or whole address ever gets in', async () => {
    await using world = await createTestAccounts()
    const { accounts } = world
    const secrets = ['my password 1', 'my password 2', '203.0.113.77', '2001:db8:1:2:3::9']
    const guest = await accounts.guest({}, from(secrets[2]))
    const principal = await accounts.verify(guest.access_token)
    const upgraded = await accounts.register({ name: 'Vera', password: secrets[0]! }, principal, from(secrets[3]))
    const next = await accounts.refresh(guest.refresh_token, from(secrets[2]))
    await accounts.login({ name: 'Vera', password: secrets[1]! }, from(secrets[2])).catch(() => {})
    // Typed into the wrong field: a name that nobody has may be a password.
    await accounts.login({ name: secrets[0]!, password: 'x' }, from(secrets[3])).catch(() => {})
    world.clock.advance(60_000)
    await accounts.refresh(guest.refresh_token, from(secrets[2])).catch(() => {})
    const text = JSON.stringify(await accounts.audit.entries(-1))
    for (const body of [guest, upgraded, next]) secrets.push(body.access_token, body.refresh_token)
    for (const secret of secrets) expect(text).not.toContain(secret)
    expect(text).toContain('203.0.113.0/24')
    expect(text).toContain('2001:db8:1::/48')
    expect((await accounts.audit.entries(-1)).map(({ action }) => action)).toEqual([
      'guest.made',
      'person.upgraded',
      'sign_in.failed',
      'sign_in.failed',
      'refresh.reused',
    ])
  })

  test('A5 canonical JSON is one text for one value, whatever the order of its keys', () => {
    expect(canonicalJson({ b: [1, { d: null, c: 'я"' }], a: true })).toBe('{"a":true,"b":[1,{"c":"я\\"","d":null}]}')
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse())
        expect(canonicalJson(turned as never)).toBe(canonicalJson(value as never))
        expect(JSON.parse(canonicalJson(value as never))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })
})
