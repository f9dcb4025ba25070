import { expect, test } from 'vitest'
import { jobMemo, readJobMemo, tellMemo } from './job-memo.ts'
import { message } from './text/index.ts'

test('J19 the memo of a payment names job and evidence, and is told in each language', () => {
  const whole = {
    job: 'j59bec460c05357f740f1c34032f9e0',
    evidence: 'bafkreihbn2gjihud44xhrugasghzaembin4xqpmre7zw72ttej3o6l3l7m',
  }
  expect([readJobMemo(jobMemo(whole)), readJobMemo(jobMemo({ job: 'j1' }))]).toEqual([whole, { job: 'j1' }])
  for (const other of ['job', 'a job of mine', 'job a evidence', 'thanks']) expect(readJobMemo(other)).toBeUndefined()
  const told = (locale: 'en' | 'ru', memo: string) => tellMemo(memo, (key, params) => message(locale, key, params))
  expect(told('en', jobMemo(whole))).toBe('job j59bec46…f9e0, evidence bafkreih…3l7m')
  expect(told('ru', jobMemo(whole))).toBe('работа j59bec46…f9e0, доказательства bafkreih…3l7m')
  expect(told('ru', jobMemo({ job: 'j1' }))).toBe('работа j1')
  expect(told('ru', 'за урок')).toBe('за урок')
})
