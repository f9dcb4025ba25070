/** What the node counts, in the Prometheus exposition format. Names follow prometheus.io/docs/practices/naming: base units, `_total` for counters. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Gauges = {
  readonly connectedTerminals: () => number
  readonly awakeCharacters: () => number
  readonly runningAgents: () => number
  readonly sandboxHosts: () => number
  readonly logLeaves: () => number
  readonly logWitnessedLeaves: () => number
  /** 1 when the log signs nothing and nothing is posted. */
  readonly logStopped: () => number
}

/** prom-client's default set breaks `promtool check metrics` in three names, so the few that matter are made here. */
export function createMetrics({ version }: { version: string }) {
  const registry = new Registry()
  const registers = [registry]
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()

  new Gauge({
    name: 'academy_build_info',
    help: 'The running version.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version, node: process.version }, 1)
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'Start of the process since the Unix epoch.',
    registers,
  }).set(Date.now() / 1000 - process.uptime())
  gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss())
  gauge('nodejs_heap_used_bytes', 'Used V8 heap.', () => process.memoryUsage().heapUsed)
  gauge('nodejs_eventloop_delay_p99_seconds', 'Event loop delay, 99th percentile since the last scrape.', () => {
    const seconds = delay.percentile(99) / 1e9
    delay.reset()
    return Number.isFinite(seconds) ? seconds : 0
  })
  const cpu = new Counter({
    name: 'process_cpu_seconds_total',
    help: 'User and system CPU time.',
    registers,
    collect() {
      const used = process.cpuUsage()
      this.reset()
      this.inc((used.user + used.system) / 1e6)
    },
  })
  void cpu

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  }

  return {
    lines: new Counter({
      name: 'academy_terminal_lines_total',
      help: 'Lines typed, by outcome.',
      labelNames: ['outcome'],
      registers,
    }),
    turns: new Counter({
      name: 'academy_zone_turns_total',
      help: 'Committed turns, by zone.',
      labelNames: ['zone'],
      registers,
    }),
    inputs: new Counter({
      name: 'academy_zone_inputs_total',
      help: 'Committed inputs, by zone.',
      labelNames: ['zone'],
      registers,
    }),
    httpSeconds: new Histogram({
      name: 'academy_http_request_duration_seconds',
      help: 'Time to answer a request, by route and status class.',
      labelNames: ['route', 'status'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2],
      registers,
    }),
    /** Registers gauges that are read at scrape time. */
    observe(gauges: Gauges): void {
      gauge('academy_terminals', 'Connected terminals.', gauges.connectedTerminals)
      gauge('academy_characters_awake', 'Characters awake in the world.', gauges.awakeCharacters)
      gauge('academy_agents_running', 'Running agents.', gauges.runningAgents)
      gauge('academy_sandbox_hosts', 'Sandbox host processes.', gauges.sandboxHosts)
      gauge('academy_log_leaves', 'Entries under the last signature of the log.', gauges.logLeaves)
      gauge('academy_log_witnessed_leaves', 'Entries that enough witnesses have seen.', gauges.logWitnessedLeaves)
      gauge('academy_log_stopped', 'Whether the log has stopped, and posting with it.', gauges.logStopped)
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
    [Symbol.dispose]() {
      delay.disable()
      registry.clear()
    },
  }
}
