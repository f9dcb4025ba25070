/** The prelude of a program that is run again to see where it comes to its end: its hooks tell the host each point as it is begun. */
import { PRELUDE, type Prelude } from './prelude.ts'

export const FOLLOWED_PRELUDE: Prelude = [
  ...PRELUDE,
  {
    name: 'follow',
    code: `'use strict'
let $$at = () => {}
const $$h = (point) => $$at(point)
const $$v = (value, point) => {
  $$at(point)
  return value
}`,
  },
]
