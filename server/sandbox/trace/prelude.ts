/** The prelude of a followed program: the very same, and then what its hooks call. */
import { readFileSync } from 'node:fs'
import { REPLAY_VALUE_MAX_CHARS } from '../../limits.ts'
import { PRELUDE, type Prelude } from '../prelude.ts'

export const TRACE_PRELUDE: Prelude = [
  ...PRELUDE,
  { name: 'limits', code: `'use strict'\nconst $$VALUE_CHARS = ${REPLAY_VALUE_MAX_CHARS}` },
  { name: 'trace.js', code: readFileSync(new URL('./trace.js', import.meta.url), 'utf8') },
]
