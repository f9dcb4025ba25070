/**
 * Reads what the test runner or a benchmark wrote, prints one plain line, and fails where something required was skipped.
 *   ci-verdict.mjs TESTS.json                      the verdict on a run of tests
 *   ci-verdict.mjs --again TESTS.json TESTS.log    files that may run once more, alone; fails when anything else went wrong
 *   ci-verdict.mjs --required TESTS.json AGAIN.json  fails when something was skipped that must not be; files of AGAIN count as they ran there
 *   ci-verdict.mjs --counts TESTS.json             the counts alone
 *   ci-verdict.mjs --bench BENCH.json              fails when a figure has no value
 */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

const REQUIRED = /PostgreSQL|Redis|network namespace/i
/** Rooms whose tests depend on nothing but their inputs. */
const DETERMINISTIC = /^server\/(engine|commands|lib|protocol|world|voice)\//
/** More failed files than this are no accident. */
const AGAIN_MAX = 10
const DIED = /Worker exited unexpectedly with signal \w+ .*?while running test file (\S+)/g

const read = (path) => JSON.parse(readFileSync(path, 'utf8'))
const testsOf = (path, without = new Set()) =>
  read(path).testResults.flatMap(({ name, assertionResults }) => (without.has(name) ? [] : assertionResults))
const filesOf = (path) => new Set(read(path).testResults.map(({ name }) => name))
const count = (tests, ...states) => tests.filter((test) => states.includes(test.status)).length

function sayCounts(tests) {
  console.log(
    `${count(tests, 'passed')} passed, ${count(tests, 'failed')} failed, ${count(tests, 'pending', 'skipped', 'todo')} skipped`,
  )
}

/** Nothing was skipped that this machine has what it takes for. A file whose worker died left its tests unrun: they count as they ran again. */
function required(path, again) {
  const missing = testsOf(path, again ? filesOf(again) : undefined).filter(
    (test) => ['pending', 'skipped', 'todo'].includes(test.status) && REQUIRED.test(test.fullName),
  )
  for (const test of missing) console.error(`skipped, but required here: ${test.fullName}`)
  return missing.length === 0
}

function verdict(path) {
  const tests = testsOf(path)
  const complete = required(path)
  sayCounts(tests)
  return complete && tests.length > 0 && count(tests, 'failed') === 0
}

/**
 * Files whose worker died of a signal, and the few in which real processes or a browser on a busy machine may have been too slow.
 * What has to be deterministic gets no second chance, and no file gets a third.
 */
function again(path, log) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the runner colours what it says
  const text = readFileSync(log, 'utf8').replaceAll(/\x1b\[[0-9;]*m/g, '')
  const died = new Set([...text.matchAll(DIED)].map((match) => relative(process.cwd(), match[1])))
  const failed = new Set(
    read(path).testResults.flatMap(({ name, status, assertionResults }) =>
      status === 'failed' || count(assertionResults, 'failed') > 0 ? [relative(process.cwd(), name)] : [],
    ),
  )
  const files = [...new Set([...died, ...failed])]
  const errors = text.match(/⎯ Unhandled Error ⎯/g)?.length ?? 0
  const sacred = [...failed].filter((file) => DETERMINISTIC.test(file) && !died.has(file))
  for (const file of sacred) console.error(`no second chance: ${file}`)
  if (sacred.length > 0 || files.length === 0 || files.length > AGAIN_MAX || errors > died.size) {
    console.error('the tests failed')
    return false
  }
  for (const file of files) console.log(file)
  return true
}

function bench(path) {
  const { bench: name, figures } = read(path)
  const bad = Object.entries(figures).filter(([, figure]) => !Number.isFinite(figure.value))
  for (const [figure] of bad) console.error(`benchmark ${name}: ${figure} has no value`)
  return bad.length === 0 && Object.keys(figures).length > 0
}

const [mode, ...paths] = process.argv.slice(2)
const modes = {
  '--bench': () => bench(paths[0]),
  '--required': () => required(...paths),
  '--again': () => again(...paths),
  '--counts': () => sayCounts(testsOf(paths[0])) ?? true,
}
process.exit((modes[mode] ?? (() => verdict(mode)))() ? 0 : 1)
