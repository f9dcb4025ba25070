import { describe, expect, test } from 'vitest'
import { cosignedAtS, cosignedBy, parseCheckpoint, parseHead, signedBy } from './checkpoint.ts'
import { signedHead, testLog, testSigner, testWitness } from './fixtures.ts'
import { EMPTY_ROOT } from './merkle.ts'
import { formatKey, formatNote, isBy, parseKey, parseNote, parseSignatureLines, verifySignature } from './note.ts'

// The example of golang.org/x/mod/sumdb/note, the implementation that signed-note describes: its key, and its note.
const PETER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
const PETERS_NOTE = `If you think cryptography is the answer to your problem,
then you don't know what your problem is.

\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
`
// The example of C2SP signed-note; the specification does not publish its key.
const SALVATORE = `Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

\u2014 quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
`
// The example of C2SP tlog-cosignature.
const SOFA = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`

describe('signed notes', () => {
  test('M4 the published note is read, written back and verified', () => {
    const key = parseKey(PETER)!
    const note = parseNote(PETERS_NOTE)!
    expect(formatKey(key)).toBe(PETER)
    expect(formatNote(note)).toBe(PETERS_NOTE)
    expect(isBy(key, note.signatures[0]!)).toBe(true)
    expect(verifySignature(key, note.signatures[0]!, note.text)).toBe(true)
    expect(verifySignature(key, note.signatures[0]!, note.text.replace('think', 'know'))).toBe(false)
  })

  test('M4 a text may hold empty lines: the last one parts it from the signatures', () => {
    const note = parseNote(SALVATORE)!
    expect(note.text.endsWith('\n\ned è subito sera.\n')).toBe(true)
    expect(note.signatures).toMatchObject([{ name: 'quasimodo.example/salvatore', id: '367ba04b' }])
    expect(formatNote(note)).toBe(SALVATORE)
  })

  test('M4 keys of other kinds, of a wrong id or encoding are not taken', () => {
    // Published in the tests of transparency-dev/formats and golang.org/x/mod.
    for (const good of [
      'EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop',
      'TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6',
      'remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2',
    ])
      expect(formatKey(parseKey(good)!)).toBe(good)
    for (const bad of [
      PETER.replace('c74f20a3', 'c74f20a4'),
      PETER.replace('Peter', 'Pete r'),
      `${PETER}=`,
      PETER.slice(0, -4),
      'rekor.sigstore.dev+12345678+AwEB',
      '',
    ])
      expect(parseKey(bad)).toBeUndefined()
  })

  test('M4 what is not exactly a note is none', () => {
    for (const bad of [
      PETERS_NOTE.slice(0, -1),
      PETERS_NOTE.replace('\n\n', '\n'),
      PETERS_NOTE.replace('\u2014 ', '- '),
      PETERS_NOTE.replace('think', 'think\t'),
      PETERS_NOTE.replace('think', '\ud800'),
      PETERS_NOTE.replace('nAM=', 'nAN='),
      PETERS_NOTE.replace('PeterNeumann ', 'PeterNeumann  '),
      'text\n\n',
      `text\n\n${'\u2014 a AAAAAAAA\n'.repeat(65)}`,
    ])
      expect(parseNote(bad)).toBeUndefined()
    expect(parseNote(`text\n\n${'\u2014 a AAAAAAAA\n'.repeat(16)}`)?.signatures).toHaveLength(16)
    expect(parseSignatureLines('')).toEqual([])
  })
})

describe('checkpoints', () => {
  test('M5 the published checkpoint is read, and when its witness saw it', () => {
    const checkpoint = parseCheckpoint(SOFA)!
    expect(checkpoint).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20_852_163 })
    expect(cosignedAtS(checkpoint.note.signatures[1]!)).toBe(1_679_315_147)
    expect(cosignedAtS(checkpoint.note.signatures[0]!)).toBeUndefined()
    // From the tests of transparency-dev/formats.
    const line =
      '\u2014 x ZGhGuQAAAABm/qTPeyKXD+R2rzyQsxPiP8mXum7qq/iF0u4vanlqJyocWODBt97w9uL+8qT7S5gxEHWWOworDcFiEBYJXORmnFBOBA==\n'
    expect(cosignedAtS(parseSignatureLines(line)![0]!)).toBe(1_727_964_367)
  })

  test('M5 a head is three lines exactly as written', () => {
    const text = parseNote(SOFA)!.text
    expect(parseHead(`${text}an extension\n`)?.size).toBe(20_852_163)
    for (const bad of [
      text.replace('20852163', '020852163'),
      text.replace('20852163', '-1'),
      text.replace('20852163', '99999999999999999'),
      text.replace('CsUY', 'CsU'),
      `${text}\n`,
      `\n${text}`,
      text.slice(0, -1),
    ])
      expect(parseHead(bad)).toBeUndefined()
  })

  test('M5 only the log itself signs a head; a wrong signature under its name spoils the note', () => {
    const head = { size: 0, root: EMPTY_ROOT }
    const good = parseCheckpoint(signedHead(head))!
    expect(signedBy(good, testLog.key)).toBe(true)
    const impostor = testSigner(testLog.key.name, 1, 99)
    expect(signedBy(parseCheckpoint(signedHead(head, impostor))!, testLog.key)).toBe(false)
    const forged = { ...impostor.sign(good.note.text), id: testLog.key.id }
    const both = { note: { ...good.note, signatures: [...good.note.signatures, forged] } }
    expect(signedBy(both, testLog.key)).toBe(false)
  })

  test('M5 a cosignature binds the time and the text', () => {
    const witness = testWitness(1)
    const seen = parseCheckpoint(signedHead({ size: 0, root: EMPTY_ROOT }, testLog, [witness]))!
    expect(cosignedBy(seen, witness.key)).toBe(1_700_000_000)
    expect(cosignedBy(seen, testWitness(2).key)).toBeUndefined()
    expect(cosignedBy({ note: { ...seen.note, text: `${seen.note.text}more\n` } }, witness.key)).toBeUndefined()
    const later = seen.note.signatures.map((one) => {
      const bytes = one.bytes.slice()
      bytes[7]! ^= 1
      return { ...one, bytes }
    })
    expect(cosignedBy({ note: { ...seen.note, signatures: later } }, witness.key)).toBeUndefined()
  })
})
