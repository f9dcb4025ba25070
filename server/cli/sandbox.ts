/** `academy sandbox`: a world of one's own around the project in a folder. */
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { KEPT_DIR, readManifest } from '../author/project.ts'
import { ACADEMY_WORLD } from '../author/world-dir.ts'
import { readNodeConfig } from '../settings-check.ts'
import { oneOf } from './arguments.ts'
import { say } from './print.ts'

type Options = {
  readonly port?: string
  readonly world?: string
  readonly lang: 'en' | 'ru'
  readonly logLevel?: string
}

export function addSandboxCommand(program: Command): void {
  program
    .command('sandbox')
    .description('a local node on the agent project in a folder: reloads it on save, needs no network')
    .argument('[dir]', 'the project', '.')
    .option('--port <n>', 'HTTP port; 0 picks a free one')
    .option('--world <dir>', 'another world than the academy')
    .option('--lang <language>', 'en or ru', oneOf('en', 'ru'), 'en')
    .option('--log-level <level>', 'of the node: debug, info, warn, error or silent', 'warn')
    .action(async (given: string, { port, world, lang, logLevel }: Options) => {
      const dir = resolve(given)
      await readManifest(dir)
      // Nothing of the environment: a sandbox is the same wherever it is started, and never on somebody's database.
      const config = readNodeConfig(
        {},
        {
          role: 'local',
          host: '127.0.0.1',
          name: 'Sandbox',
          dataDir: join(dir, KEPT_DIR),
          world: world ?? ACADEMY_WORLD,
          logLevel,
          ...(port !== undefined && { port }),
        },
      )
      const [{ runNode }, { createWorkshop }] = await Promise.all([
        import('../main.ts'),
        import('../author/workshop.ts'),
      ])
      await runNode(config, {
        workshop: (parts) => createWorkshop(parts, { dir, locale: lang, print: say }),
      })
      process.exit(0)
    })
}
