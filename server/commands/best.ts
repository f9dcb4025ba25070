/** Which of several is meant: the one that scores highest, the first among equals, none that scores nothing. */
export function bestOf<T>(candidates: Iterable<T>, scoreOf: (candidate: T) => number): T | undefined {
  let best: T | undefined
  let bestScore = 0
  for (const candidate of candidates) {
    const score = scoreOf(candidate)
    if (score > bestScore) [best, bestScore] = [candidate, score]
  }
  return best
}
