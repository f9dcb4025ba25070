/** Worlds as files: `loadWorld` reads one, `formatProblem` says what is wrong. */
export { loadKeptWorld } from './kept.ts'
export { loadWorld } from './load.ts'
export { formatProblem } from './problems.ts'
