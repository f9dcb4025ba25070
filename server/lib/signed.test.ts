import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { isSignedBy, signingKey } from './ed25519.ts'
import { openSigned, sign } from './signed.ts'

describe('Ed25519', () => {
  test('RFC 8032 section 7.1 test 2 gives the published key and signature', () => {
    const hex = (text: string) => new Uint8Array(Buffer.from(text, 'hex'))
    const key = signingKey(hex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb'))
    expect(Buffer.from(key.publicKey).toString('hex')).toBe(
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
    )
    const signature = key.sign(hex('72'))
    expect(Buffer.from(signature).toString('hex')).toBe(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    )
    expect(isSignedBy(key.publicKey, hex('72'), signature)).toBe(true)
    expect(isSignedBy(key.publicKey, hex('73'), signature)).toBe(false)
    expect(isSignedBy(new Uint8Array(32).fill(255), hex('72'), signature)).toBe(false)
    expect(isSignedBy(new Uint8Array(3), hex('72'), signature)).toBe(false)
  })
})

describe('signed objects', () => {
  const schema = z.object({ n: z.number() })

  test('open gives what was signed, and nothing for another type, key, body or shape', () => {
    const signed = sign('note', { n: 1 }, signingKey())
    expect(openSigned('note', signed, schema)).toEqual({ n: 1 })
    expect(openSigned('other', signed, schema)).toBeUndefined()
    expect(openSigned('note', { ...signed, key: signingKey().publicKey }, schema)).toBeUndefined()
    expect(openSigned('note', { ...signed, body: sign('note', { n: 2 }, signingKey()).body }, schema)).toBeUndefined()
    expect(openSigned('note', signed, z.object({ n: z.string() }))).toBeUndefined()
    const key = signingKey()
    expect(openSigned('note', { ...signed, body: new Uint8Array([255]), key: key.publicKey }, schema)).toBeUndefined()
  })
})
