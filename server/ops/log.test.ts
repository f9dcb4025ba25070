import { Writable } from 'node:stream'
import { prettyFactory } from 'pino-pretty'
import { expect, test } from 'vitest'
import { createLog } from './log.ts'

test('no secret reaches the log, however deep it lies', () => {
  let written = ''
  const destination = new Writable({
    write(chunk, _encoding, done) {
      written += chunk
      done()
    },
  })
  const log = createLog({ level: 'info', destination })
  log.info(
    {
      password: 'hunter2',
      body: { refresh_token: 'r-secret' },
      request: { headers: { authorization: 'Bearer b-secret' } },
      player: 'Wick',
    },
    'signed in',
  )
  expect(written).toContain('"player":"Wick"')
  expect(written).not.toMatch(/hunter2|r-secret|b-secret/)
})

test('what a person or a program wrote commands no terminal: controls are shown by number, in JSON and pretty-printed', () => {
  const hostile = '\u001b[2Jgone \u009b31m \\u001b kept\nnext'
  const written: string[] = []
  const destination = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk))
      done()
    },
  })
  const log = createLog({ level: 'info', destination })
  log.info({ text: hostile, err: new Error(hostile) }, hostile)
  const line = written.join('')
  expect(JSON.parse(line)).toMatchObject({
    text: '\\u001b[2Jgone \\u009b31m \\u001b kept\nnext',
    msg: '\\u001b[2Jgone \\u009b31m \\u001b kept\nnext',
  })
  const plain = prettyFactory({ colorize: false })(line)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: looking for them is the purpose
  expect(plain).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/)
  expect(plain).toContain('\\u001b[2Jgone')
})
