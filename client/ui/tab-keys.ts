/** The keys of a row of tabs (WAI-ARIA Authoring Practices, tabs pattern): arrows walk round, Home and End go to its ends. */

/** Undefined for any other key; else the index of the tab that is next. */
export function tabByKey(key: string, at: number, count: number): number | undefined {
  const steps: Readonly<Record<string, number>> = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: count - 1 }
  const to = steps[key]
  return to === undefined ? undefined : (to + count) % count
}
