import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeEntry, ENTRY_CODES, ENTRY_KINDS, encodeEntry, type LedgerEntry } from './ledger-entry.ts'

const entry: LedgerEntry = {
  index: 7,
  kind: 'transfer',
  atMs: 1_700_000_000_000,
  id: 'by:player_1:a',
  from: 'player:player_1',
  to: 'player:player_2',
  amountMicro: 2_500_000n,
  code: 'transfer',
  memo: 'за урок\n«Привет»',
}

describe('the bytes of an entry', () => {
  test('L19 are the same everywhere', () => {
    expect(new TextDecoder().decode(encodeEntry(entry))).toBe(
      'academy-entry/1\n7\ntransfer\n1700000000000\nby:player_1:a\nplayer:player_1\nplayer:player_2\n2500000\ntransfer\n-\n-\nза урок\n«Привет»',
    )
    const { memo: _, ...bare } = entry
    expect(decodeEntry(encodeEntry({ ...bare, memo: '' }))).toEqual({ ...bare, memo: '' })
    expect(decodeEntry(encodeEntry(bare))).toEqual(bare)
  })

  test('L19 give back the entry, whatever it holds', () => {
    const word = fc.stringMatching(/^[!-~]{1,40}$/).filter((one) => one !== '-')
    const whole = fc.nat()
    const any = fc.record(
      {
        index: whole,
        kind: fc.constantFrom(...ENTRY_KINDS),
        atMs: whole,
        id: word,
        from: word,
        to: word,
        amountMicro: fc.bigInt(0n, 10n ** 15n),
        code: fc.constantFrom(...ENTRY_CODES),
        pendingId: word,
        expiresAtMs: whole,
        memo: fc.string({ unit: 'grapheme' }).filter((text) => text.isWellFormed()),
      },
      { requiredKeys: ['index', 'kind', 'atMs', 'id', 'from', 'to', 'amountMicro', 'code'] },
    )
    fc.assert(
      fc.property(any, (one) => {
        expect(decodeEntry(encodeEntry(one))).toEqual(one)
      }),
    )
  })

  test('M18 of an entry whose memo is its parties’ own hold the hash of memo and salt in its place', () => {
    const memoSalt = new Uint8Array(16).fill(7)
    const text = new TextDecoder().decode(encodeEntry({ ...entry, memoSalt }))
    const hash = createHash('sha256')
      .update(Buffer.concat([Buffer.from('academy-memo/1\n'), memoSalt, Buffer.from(entry.memo!)]))
      .digest('hex')
    expect(text.split('\n').slice(0, 2)).toEqual(['academy-entry/2', '7'])
    expect(text.endsWith(`\n-\n-\n${hash}`)).toBe(true)
    const { memo: _, ...bare } = entry
    const read = decodeEntry(new TextEncoder().encode(text))!
    expect(read).toEqual({ ...bare, memoHash: hash })
    // What was read is the same leaf again.
    expect(new TextDecoder().decode(encodeEntry(read))).toBe(text)
    for (const wrong of [
      text.slice(0, -1),
      `${text}\n`,
      text.replace(hash, hash.toUpperCase()),
      text.replace(`\n${hash}`, ''),
    ])
      expect(decodeEntry(new TextEncoder().encode(wrong))).toBeUndefined()
  })

  test('L19 anything else is no entry', () => {
    const text = new TextDecoder().decode(encodeEntry(entry))
    const wrong = [
      text.replace('entry/1', 'entry/2'),
      text.replace('\n7\n', '\n07\n'),
      text.replace('\n7\n', '\n-7\n'),
      text.replace('2500000', '2.5'),
      text.replace('\ntransfer\n1', '\ngift\n1'),
      text.split('\n').slice(0, 10).join('\n'),
      `${text.split('\n').slice(0, 10).join('\n')}\n9e9`,
    ]
    for (const each of wrong) expect(decodeEntry(new TextEncoder().encode(each))).toBeUndefined()
    expect(decodeEntry(new Uint8Array([0xff, 0xfe]))).toBeUndefined()
  })
})
