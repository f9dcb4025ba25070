/** Shapes of input that several commands share. */
import { z } from 'zod'
import { NOUN_MAX_CHARS, SAY_MAX_CHARS } from '../limits.ts'
import { plainLine } from '../protocol/plain-text.ts'
import { type Parsed, parsed, unparsed } from './types.ts'

export const noun = z.string().max(NOUN_MAX_CHARS)
/** A program says what it likes, too: what others hear is one plain line. */
export const talk = z.string().max(SAY_MAX_CHARS).transform(plainLine)
export const nothing = z.object({})
export type Nothing = Record<string, never>

export const what = z.object({ what: noun })
export type WhatInput = { readonly what: string }
/** The rest of the line names one thing. */
export const parseWhat =
  (command: string) =>
  (args: string): Parsed<WhatInput> =>
    args === '' ? unparsed('bad_arguments', { command }) : parsed({ what: args.slice(0, NOUN_MAX_CHARS) })
