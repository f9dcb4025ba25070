/** Micro-credits as credits: the page's one home for how money is read and written. */
import { locale } from '../i18n.ts'

const MICRO_PER_CREDIT = 1_000_000

/** As a number, to choose a plural by or to draw. */
export const creditsOf = (micro: string | bigint): number => Number(micro) / MICRO_PER_CREDIT

/** To the last micro-credit, as the language writes numbers. */
export const inCredits = (micro: string | bigint): string =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: 6 }).format(creditsOf(micro))

/** Where there is little room: to the hundredth, and never more than there is. */
export function inBrief(micro: string): string {
  const hundredths = Math.trunc(Number(micro) / (MICRO_PER_CREDIT / 100))
  const least = new Intl.NumberFormat(locale()).format(0.01)
  if (hundredths === 0 && Number(micro) > 0) return `<\u00a0${least}`
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: 2 }).format(hundredths / 100)
}

/** What somebody typed as credits, as decimal micro-credits; whatever it was, at least one. */
export const microOf = (credits: string): string =>
  String(Math.max(1, Math.round((Number(credits) || 0) * MICRO_PER_CREDIT)))

/** For messages that name an amount: `credits` as it is written, `count` for the word beside it. */
export const amountOf = (micro: string): { readonly credits: string; readonly count: number } => ({
  credits: inCredits(micro),
  count: creditsOf(micro),
})
