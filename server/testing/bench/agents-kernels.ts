/** Ten kernels of the kind that learners write, for the price of counting fuel. Each exports `run`, some milliseconds of work. */
export const KERNELS: Readonly<Record<string, string>> = {
  fibonacci: `function fib(n) { return n < 2 ? n : fib(n - 1) + fib(n - 2) }
export const run = () => fib(23)`,
  sieve: `export function run() {
  const composite = new Array(40000).fill(false)
  let primes = 0
  for (let i = 2; i < 40000; i++) {
    if (composite[i]) continue
    primes++
    for (let j = i * 2; j < 40000; j += i) composite[j] = true
  }
  return primes
}`,
  sort: `export function run() {
  const list = []
  for (let i = 0, x = 7; i < 4000; i++) list.push((x = (x * 1103515245 + 12345) % 2147483648))
  list.sort((a, b) => a - b)
  return list[17]
}`,
  path: `export function run() {
  const size = 70
  const distance = new Map([['0,0', 0]])
  const queue = [[0, 0]]
  for (let head = 0; head < queue.length; head++) {
    const [x, y] = queue[head]
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      const nx = x + dx
      const ny = y + dy
      const key = nx + ',' + ny
      if (nx < 0 || ny < 0 || nx >= size || ny >= size || (nx * 7 + ny * 3) % 5 === 0 || distance.has(key)) continue
      distance.set(key, distance.get(x + ',' + y) + 1)
      queue.push([nx, ny])
    }
  }
  return distance.size
}`,
  words: `const text = 'the lamp by the gate is dark and the gate is closed while the crane turns '.repeat(120)
export function run() {
  const counts = {}
  for (const word of text.split(' ')) counts[word] = (counts[word] ?? 0) + 1
  return Object.entries(counts).sort((a, b) => b[1] - a[1]).slice(0, 3).map(([w, n]) => w + n).join()
}`,
  objects: `class Crate {
  constructor(weight) { this.weight = weight; this.moved = 0 }
  move(by) { this.moved += by; return this.weight * by }
}
export function run() {
  let work = 0
  const crates = []
  for (let i = 0; i < 3000; i++) crates.push(new Crate(i % 13))
  for (let round = 0; round < 20; round++) for (const crate of crates) work += crate.move(round)
  return work
}`,
  matrix: `export function run() {
  const n = 64
  const make = (k) => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i * k + j) % 10))
  const a = make(3)
  const b = make(7)
  let sum = 0
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let cell = 0
      for (let k = 0; k < n; k++) cell += a[i][k] * b[k][j]
      sum += cell
    }
  }
  return sum
}`,
  pipeline: `export function run() {
  const things = Array.from({ length: 3000 }, (_, i) => ({ id: i, kind: i % 5, worth: (i * 37) % 101 }))
  let total = 0
  for (let round = 0; round < 6; round++)
    total += things.filter((t) => t.kind !== round % 5).map((t) => t.worth * 2).reduce((a, b) => a + b, 0)
  return total
}`,
  tree: `const build = (depth) => (depth === 0 ? { value: 1, parts: [] } : { value: depth, parts: [build(depth - 1), build(depth - 1)] })
const sum = ({ value, parts }) => parts.reduce((total, part) => total + sum(part), value)
export function run() {
  let total = 0
  for (let i = 0; i < 3; i++) total += sum(build(11))
  return total
}`,
  parser: `export function run() {
  const source = '(3 + 4) * 2 - 10 / (5 - 3) + 7 * (2 + 1) - '.repeat(60) + '1'
  let at = 0
  const space = () => { while (source[at] === ' ') at++ }
  function factor() {
    space()
    if (source[at] === '(') { at++; const value = sum(); space(); at++; return value }
    let digits = ''
    while (source[at] >= '0' && source[at] <= '9') digits += source[at++]
    return Number(digits)
  }
  function product() {
    let value = factor()
    for (space(); source[at] === '*' || source[at] === '/'; space()) value = source[at++] === '*' ? value * factor() : value / factor()
    return value
  }
  function sum() {
    let value = product()
    for (space(); source[at] === '+' || source[at] === '-'; space()) value = source[at++] === '+' ? value + product() : value - product()
    return value
  }
  let total = 0
  for (let round = 0; round < 8; round++) { at = 0; total += sum() }
  return total
}`,
}
