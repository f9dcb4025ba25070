import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { createMetrics } from './metrics.ts'

const scrape = async () => {
  using metrics = createMetrics({ version: '1.2.3' })
  metrics.observe({
    connectedTerminals: () => 3,
    awakeCharacters: () => 4,
    runningAgents: () => 5,
    sandboxHosts: () => 1,
    logLeaves: () => 7,
    logWitnessedLeaves: () => 6,
    logStopped: () => 0,
  })
  metrics.lines.inc({ outcome: 'ok' })
  metrics.httpSeconds.observe({ route: '/api/v1/me', status: '2xx' }, 0.01)
  return metrics.text()
}

describe('metrics', () => {
  test('gauges are read when scraped', async () => {
    expect(await scrape()).toMatch(/^academy_terminals 3$/m)
  })

  test('every metric has help, and counters end in _total (prometheus.io/docs/practices/naming)', async () => {
    const text = await scrape()
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => ({ name: name!, type: type! }))
    expect(types.length).toBeGreaterThan(10)
    for (const { name, type } of types) {
      expect(text).toMatch(new RegExp(`^# HELP ${name} \\S`, 'm'))
      if (type === 'counter') expect(name).toMatch(/_total$/)
      else expect(name).not.toMatch(/_total$/)
      expect(name).not.toMatch(/_(ms|milliseconds|kb|mb)\b/)
    }
  })

  const promtool = spawnSync('promtool', ['--version']).status === 0
  test.skipIf(!promtool)(
    'promtool check metrics has nothing to say (skipped where promtool is not installed)',
    async () => {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: await scrape() })
      expect(`${stdout}${stderr}`).toBe('')
      expect(status).toBe(0)
    },
  )
})
