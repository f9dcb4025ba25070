/** `academy node` runs a node; the others ask the one that runs on a data directory. */
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { type Flags, readConfig } from '../config.ts'
import { askControl } from '../ops/control.ts'
import { ROLES } from '../protocol/ids.ts'
import { nodeEnv } from './environment.ts'
import { addLedgerLogCommands } from './ledger-log.ts'
import { json as show } from './print.ts'

const dataOf = (options: { data?: string }): string =>
  readConfig(nodeEnv(), options.data === undefined ? {} : { dataDir: options.data }).dataDir
const say = (line: string): void => console.error(line)
const role = (text: string): string => {
  if (!ROLES.includes(text as (typeof ROLES)[number]))
    throw new InvalidArgumentError(`It must be one of ${ROLES.join(', ')}.`)
  return text
}

/** Shows a finding; one that is not good ends with 1, for scripts. */
function finish(finding: { readonly ok: boolean }): void {
  show(finding)
  if (!finding.ok) process.exitCode = 1
}

export function addNodeCommands(program: Command): void {
  program
    .command('node')
    .description('run a node until it is told to stop')
    .option('--role <role>', 'initial, trusted or local')
    .option('--port <n>', 'HTTP port; 0 picks a free one')
    .option('--host <address>', 'address to listen on')
    .option('--data <dir>', 'data directory')
    .option('--name <name>', 'name of the node')
    .option('--world <dir>', 'world to run')
    .option('--public-url <url>', 'where people reach it, behind a proxy')
    .option('--trust-proxy <flag>', 'believe x-forwarded-for')
    .option('--database-url <url>', 'PostgreSQL instead of the embedded database')
    .option('--log-witnesses <list>', "witnesses of the ledger's log beside those of the network: OWNER URL KEY, …")
    .option('--witnessed-logs <list>', 'keys of logs to witness beside those of the network')
    .option('--log-level <level>', 'debug, info, warn, error or silent')
    .option('--model <file>', 'a GGUF file to answer with; allowed by what is in it from then on')
    .option('--gpu <use>', 'auto or off')
    .option('--upstream <url>', 'a server of models, as in http://127.0.0.1:8080/v1; its key is ACADEMY_UPSTREAM_KEY')
    .option('--infer-rate <n>', 'requests of one person or key to models in a minute')
    .option('--llama-servers <dir>', "llama.cpp's servers, as scripts/build-llama-servers.ts built them")
    .option('--hub <url>', 'the initial node to join: the address of its pages')
    .option('--invite <code>', 'an invitation of a hub, instead of or besides --hub')
    .option('--p2p <flag>', 'links to other nodes, on or off')
    .option('--p2p-port <n>', 'TCP port of the links; 0 picks a free one')
    .option('--p2p-ws-port <n>', 'WebSocket port of the links')
    .option('--p2p-host <address>', 'address the links listen on')
    .option('--p2p-announce <addresses>', 'addresses to tell others instead, behind a port mapping')
    .option('--admission <policy>', 'who joins here as trusted: open, lan or invite')
    .option('--mdns <flag>', 'look for nodes on the local network')
    .option('--swarm-key <file>', 'key of a private swarm')
    .option('--owner-key <file>', "the owner's key, when it is not in the data directory")
    .action(async ({ data, ...flags }: Flags & { data?: string }) => {
      const { readNodeConfig } = await import('../settings-check.ts')
      const config = readNodeConfig(nodeEnv(), data === undefined ? flags : { ...flags, dataDir: data })
      const { runNode } = await import('../main.ts')
      await runNode(config)
      process.exit(0)
    })

  /** A command that asks the running node. */
  const ask = (name: string, description: string) =>
    program.command(name).description(description).option('--data <dir>', 'data directory of the node')

  ask('status', 'what the running node is doing').action(async (options) =>
    show(await askControl(dataOf(options), 'status', {})),
  )
  ask('backup', 'write a consistent backup of the running node')
    .argument('<file>', 'where to write it')
    .action(async (file: string, options) =>
      show(await askControl(dataOf(options), 'backup', { file: resolve(file) }, say)),
    )
  ask('restore', 'put a backup into the running node; the world stops while it happens')
    .argument('<file>', 'a file that "academy backup" wrote')
    .option('--force', 'replace what the node holds now')
    .action(async (file: string, options) =>
      show(await askControl(dataOf(options), 'restore', { file: resolve(file), force: options.force === true }, say)),
    )
  ask('role', 'give a person a role, or take it away; this is how the first admin is made')
    .argument('<name>', "the person's name")
    .argument('<role>', ROLES.join(', '), role)
    .option('--remove', 'take it away')
    .action(async (name: string, which: string, options) =>
      show(await askControl(dataOf(options), 'set-role', { name, role: which, remove: options.remove === true })),
    )
  ask(
    'password',
    'give somebody who has forgotten theirs a new password, shown once; wherever they are signed in ends',
  )
    .argument('<name>', "the person's name")
    .action(async (name: string, options) => {
      const { password, ...who } = await askControl<{ id: string; name: string; password: string }>(
        dataOf(options),
        'reset-password',
        { name },
      )
      say('Pass it on by a way that only they can read; they can change it in the page, under their name.')
      show({ ...who, password })
    })
  ask('audit', 'verify the hash chain of the audit log').action(async (options) =>
    finish(await askControl(dataOf(options), 'verify-audit', {})),
  )
  const ledger = ask('ledger', 'replay every transfer and check that the books balance').action(async (options) =>
    finish(await askControl(dataOf(options), 'audit-ledger', {})),
  )
  addLedgerLogCommands(ledger, { dataOf, show, say, finish })
  ask('reload', "load the world's files again, with people inside").action(async (options) =>
    finish(await askControl(dataOf(options), 'reload', {})),
  )
}
