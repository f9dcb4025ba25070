import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { MENTOR_TRIALS_WAITING_MAX } from '../limits.ts'
import { loadCourse, type Sources } from './load.ts'
import { createWouldPass } from './would-pass.ts'

const loaded = await loadCourse(resolve(import.meta.dirname, '../../content/js-basics'))
if (!loaded.ok) throw new Error('the course does not load')
const lamp = loaded.course.lessons.find(({ slug }) => slug === 'first-lamp')!
const code = lamp.code.en
const lit = { type: 'used', who: 'agent_trial', thing: 'harbor:quay-lamp' } as never

/** A world in which whoever goes north from within a program lights the lamp. */
const trial = async (_: unknown, sources: Sources) => ({
  happenings: /export default[\s\S]*north/.test(sources['main.ts']!) ? [{ tick: 1, event: lit }] : [],
  held: [],
})

describe('what would pass a lesson', () => {
  test('MT4 the answer as it stands, and its lines set into a program', async () => {
    const wouldPass = createWouldPass(trial)
    expect(await wouldPass(lamp, code.solution)).toBe(true)
    expect(await wouldPass(lamp, { 'main.ts': "await me.go('north')" })).toBe(true)
    expect(await wouldPass(lamp, code.starter)).toBe(false)
    expect(await wouldPass({ ...lamp, trial: undefined }, code.solution)).toBe(false)
  })

  test('MT20 what cannot be tried, or not in time, counts as the answer; they are tried one at a time', async () => {
    const failing = createWouldPass(() => Promise.reject(new Error('timed out')))
    expect(await failing(lamp, code.starter)).toBe(true)

    const { promise, resolve: free } = Promise.withResolvers<void>()
    let atOnce = 0
    let most = 0
    const slow = createWouldPass(async (lesson, sources) => {
      most = Math.max(most, ++atOnce)
      await promise
      atOnce--
      return trial(lesson, sources)
    })
    const all = Array.from({ length: MENTOR_TRIALS_WAITING_MAX }, () => slow(lamp, code.starter))
    expect(await slow(lamp, code.starter)).toBe(true)
    free()
    expect(new Set(await Promise.all(all))).toEqual(new Set([false]))
    expect(most).toBe(1)
    expect(await slow(lamp, code.starter)).toBe(false)
  })
})
