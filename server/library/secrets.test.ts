import { describe, expect, test } from 'vitest'
import { isSecretName, secretsIn } from './secrets.ts'

/** Put together here, so that this file holds none. */
const made = (...parts: string[]) => parts.join('')

describe('what must not be shared', () => {
  test.each([
    ['a private key', made('-----BEGIN ', 'OPENSSH PRIVATE KEY-----')],
    ['a token of GitHub', made('const t = "ghp', '_', 'a1B2'.repeat(10), '"')],
    ['a key of a cloud', made('id: AKIA', 'ABCDEFGHIJKLMNOP')],
    ['a key of a model', made("key = 'sk", '-', 'abcdefghij0123456789XY', "'")],
    [
      'an access token',
      made('eyJ', 'hbGciOiJFZERTQSJ9', '.', 'eyJ', 'zdWIiOiJwbGF5ZXIi', '.', 'c2lnbmF0dXJlLXNpZ25hdHVyZQ'),
    ],
    ['a password in an address', made('postgres://ada:', 'lovelace', '@db.example/world')],
    ['a password by its name', made('const dbPassword = "', 'correct horse', '"').replace(' horse', '-horse')],
    ['a key by its name, in JSON', made('{ "api_key": "', '0f9d8c7b6a5e', '" }')],
    ['an invitation', made('academy', '-', 'QmFzZTY0LWludml0YXRpb24tb2YtYS1odWItdG8tbm9kZXM')],
  ])('L40 %s is found, and named by its place alone', (_, line) => {
    const found = secretsIn({ 'lib/a.ts': `// one\n${line}\n`, 'main.ts': 'export const a = 1\n' })
    expect(found).toEqual(['lib/a.ts:2'])
  })

  test('L40 files that are called so are named', () => {
    expect(secretsIn({ 'credentials.json': '{}', 'main.ts': '' })).toEqual(['credentials.json'])
  })

  test.each([
    'const token = lexer.next()',
    "if (word === 'password') await me.say('Say it to nobody.')",
    'const apiKey = "your-key-here"',
    'const secret = `${prefix}`',
    '// the brass key is under the mat; key: brass-key',
    "await me.say('the secret of the mill')",
    'const url = "https://example.org/path?a=b"',
  ])('L40 an innocent line is let through: %s', (line) => {
    expect(secretsIn({ 'main.ts': line })).toEqual([])
  })

  test('L40 a line of a quarter of a million signs is looked through to its end', () => {
    const tail = made('ghp', '_', 'a1B2'.repeat(10))
    for (const filler of ['token', 'eyJ-', 'a://b:', 'key.'])
      expect(secretsIn({ 'main.ts': `${filler.repeat(40_000)} ${tail}` })).toEqual(['main.ts:1'])
  })

  test('L40 settings that are called like secrets are taken for secrets', () => {
    for (const name of ['API_KEY', 'db.password', 'sessionToken', 'clientSecret'])
      expect(isSecretName(name)).toBe(true)
    for (const name of ['SPEED', 'greeting', 'log-level']) expect(isSecretName(name)).toBe(false)
  })
})
