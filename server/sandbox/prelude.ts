/** The scripts that run in every isolate before a program does, in this order. */
import { readFileSync } from 'node:fs'

const FILES = [
  'fuel.js',
  'globals.js',
  'arrays.js',
  'patterns.js',
  'text.js',
  'objects.js',
  'generators.js',
  'plain.js',
  'nodes.js',
  'memory.js',
  'academy.js',
  'call.js',
  'lock.js',
]

export type Prelude = readonly { readonly name: string; readonly code: string }[]

const textOf = (name: string) => readFileSync(new URL(`./prelude/${name}`, import.meta.url), 'utf8')

export const PRELUDE: Prelude = FILES.map((name) => ({ name, code: textOf(name) }))

/** How many of them leave the same behind whenever and wherever they run, so that it can be kept; what comes after is done in each isolate. */
export const PRELUDE_KEPT = FILES.length - 1

/** Run elsewhere before they are kept. */
export const PRELUDE_WARMS = textOf('warm.js')
