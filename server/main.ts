/** One node: configuration in, the app runs until a signal. */
import { setFlagsFromString } from 'node:v8'
import type { App, AppOptions } from './app.ts'
import { layGround } from './assembly/ground.ts'
import { endWith } from './cli/end.ts'
import { nodeEnv } from './cli/environment.ts'
import type { Config } from './config.ts'
import { DRAIN_TIMEOUT_MS, HEAP_GROWING_PERCENT, OPERATOR_LOG_LINES, OPERATOR_LOG_MAX_CHARS } from './limits.ts'
import { type ControlHandlers, openControl } from './ops/control.ts'
import { createLog, type Log } from './ops/log.ts'
import { createLogRing } from './ops/log-ring.ts'
import { checkPorts, readNodeConfig } from './settings-check.ts'

const untilSignal = (): Promise<NodeJS.Signals> =>
  new Promise((done) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => done(signal))
  })

/** Closes in order; gives up after the drain time-out, so that a stuck part cannot keep the process. */
async function drain(app: App, log: Log): Promise<void> {
  const patience = setTimeout(() => {
    log.error({ timeoutMs: DRAIN_TIMEOUT_MS }, 'draining took too long; ending anyway, nothing acknowledged is lost')
    process.exit(1)
  }, DRAIN_TIMEOUT_MS)
  patience.unref()
  await app[Symbol.asyncDispose]()
  clearTimeout(patience)
}

/** The other parts are loaded while the embedded database starts in its thread. */
async function openApp(options: Omit<AppOptions, 'ground'>): Promise<App> {
  const ground = await layGround(options.config, options.log)
  const { createApp } = await import('./app.ts')
  return createApp({ ...options, ground })
}

/** Runs until SIGTERM or SIGINT has been obeyed. Prints `ready http://…` on standard output. */
export async function runNode(config: Config, { workshop }: Pick<AppOptions, 'workshop'> = {}): Promise<void> {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWING_PERCENT}`)
  const ring = createLogRing({
    parts: new Set(['network', 'travel']),
    lines: OPERATOR_LOG_LINES,
    detailMaxChars: OPERATOR_LOG_MAX_CHARS,
  })
  const log = createLog({ level: config.logLevel, ring })
  process.on('unhandledRejection', (error) =>
    log.error({ err: error }, 'a promise was left unhandled; this is our mistake'),
  )
  const stopped = untilSignal()
  let app: App | undefined
  const running = (): App => {
    if (!app) throw new Error('The node is still starting; try again in a moment.')
    return app
  }
  const handlers: ControlHandlers = {
    status: async () => (app ? app.status() : { state: 'starting' }),
    backup: async ({ file }, progress) => running().backup(String(file), progress),
    restore: async ({ file, force }, progress) => {
      const before = running()
      const { describeBackup } = await import('./app.ts')
      progress(await describeBackup(String(file)))
      if (force !== true)
        throw new Error(
          'This node holds a world already. Say --force to replace it with the backup; back it up first.',
        )
      app = undefined
      progress('stopping the world')
      await before[Symbol.asyncDispose]()
      // Where a free port was asked for, those who are out there know the one that was found.
      const same = { ...config, port: Number(new URL(before.url).port) || config.port }
      try {
        app = await openApp({ config: same, log, ring, workshop, restore: { file: String(file), progress } })
      } catch (error) {
        app = await openApp({ config: same, log, ring, workshop })
        throw error
      }
      return { url: app.url }
    },
    'set-role': async ({ name, role, remove }) => running().setRole(String(name), String(role), remove === true),
    'reset-password': async ({ name }) => running().resetPassword(String(name)),
    'verify-audit': async () => running().verifyAudit(),
    'audit-ledger': async () => running().auditLedger(),
    'audit-log': async (_, progress) => running().auditLog(progress),
    'ledger-receipt': async ({ id, by }) => running().receipt(String(id), by === undefined ? undefined : String(by)),
    'new-log': async ({ force }) => running().newLog(force === true),
    network: async (body) => running().network(body),
    reload: async () => running().reloadWorld(),
    models: async (order, progress) => running().models(order, progress),
  }
  await using _control = await openControl(config.dataDir, handlers, {
    patient: ['backup', 'restore', 'verify-audit', 'audit-ledger', 'audit-log', 'reload', 'models'],
  })
  await checkPorts(config)
  app = await openApp({ config, log, ring, workshop })
  process.stdout.write(`ready ${app.url}\n`)
  const signal = await stopped
  process.once(signal, () => process.exit(1))
  log.info({ signal }, 'draining')
  if (app) await drain(app, log)
  log.info({}, 'stopped')
}

if (import.meta.main) {
  if (process.argv.length > 2) {
    console.error('Settings come from the environment here. With flags, run "npx academy node --port 2567 …".')
    process.exit(2)
  }
  try {
    await runNode(readNodeConfig(nodeEnv()))
    process.exit(0)
  } catch (error) {
    endWith(error)
  }
}
