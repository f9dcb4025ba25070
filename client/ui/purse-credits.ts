/** Micro-credits as a number of credits, written as the language writes it. */
import { locale } from '../i18n.ts'

export const inCredits = (micro: string): string =>
  new Intl.NumberFormat(locale(), { maximumFractionDigits: 6 }).format(Number(micro) / 1_000_000)
