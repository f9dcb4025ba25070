/** Every kind of job there is. */
import { hash } from './hash.ts'
import { infer } from './infer.ts'
import type { JobKind } from './kind.ts'
import { multiply } from './multiply.ts'
import { render } from './render.ts'
import { script } from './script.ts'
import { sort } from './sort.ts'
import { store } from './store.ts'
import { sum } from './sum.ts'

export const KINDS: readonly JobKind[] = [sum, multiply, sort, hash, script, render, store, infer]
