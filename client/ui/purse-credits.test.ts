import { expect, test, vi } from 'vitest'
import { setLocale, t } from '../i18n.ts'
import { amountOf, inBrief, inCredits, microOf } from './purse-credits.ts'

vi.stubGlobal('document', { documentElement: {}, querySelectorAll: () => [] })

test('an amount is written to the last micro-credit, as the language writes numbers and counts', () => {
  setLocale('en')
  expect(['0', '1', '990000', '1000000', '-1500000'].map(inCredits)).toEqual(['0', '0.000001', '0.99', '1', '-1.5'])
  const inWords = (micro: string) => t('panels.purse.balance', amountOf(micro))
  expect(['0', '990000', '1000000', '5000000'].map(inWords)).toEqual([
    '0 credits',
    '0.99 credits',
    '1 credit',
    '5 credits',
  ])
  setLocale('ru')
  expect(['0', '990000', '1000000', '2000000', '5000000'].map(inWords)).toEqual([
    '0 кредитов',
    '0,99 кредита',
    '1 кредит',
    '2 кредита',
    '5 кредитов',
  ])
})

test('in brief it is never more than there is, and never nothing when there is something', () => {
  setLocale('en')
  expect(['0', '1', '290000', '999999', '1000000', '12345678'].map(inBrief)).toEqual([
    '0',
    '<\u00a00.01',
    '0.29',
    '0.99',
    '1',
    '12.34',
  ])
})

test('what is typed as credits is at least one micro-credit', () => {
  expect(['0.25', '1e-9', '', 'rubbish', '-3'].map(microOf)).toEqual(['250000', '1', '1', '1', '1'])
})
