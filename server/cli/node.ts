/** `academy node` runs a node; the others ask the one that runs on a data directory. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { ROLES } from '../protocol/ids.ts'
import { oneOf } from './arguments.ts'
import { askNode, onNode, showAnswer } from './ask-node.ts'
import { type DataOption, nodeEnv } from './environment.ts'
import { addLedgerLogCommands } from './ledger-log.ts'
import { addNodeOptions } from './node-options.ts'
import { finish, json, say } from './print.ts'

export function addNodeCommands(program: Command): void {
  const node = program.command('node').description('run a node until it is told to stop')
  const flags = addNodeOptions(node)
  node.action(async () => {
    const { readNodeConfig } = await import('../settings-check.ts')
    const config = readNodeConfig(nodeEnv(), flags())
    const { runNode } = await import('../main.ts')
    await runNode(config)
    process.exit(0)
  })

  const ask = (name: string, description: string) => onNode(program, name, description)

  ask('status', 'what the running node is doing').action((options: DataOption) => showAnswer(options, 'status'))
  ask('backup', 'write a consistent backup of the running node')
    .argument('<file>', 'where to write it')
    .action((file: string, options: DataOption) => showAnswer(options, 'backup', { file: resolve(file) }))
  ask('restore', 'put a backup into the running node; the world stops while it happens')
    .argument('<file>', 'a file that "academy backup" wrote')
    .option('--force', 'replace what the node holds now')
    .action((file: string, { force = false, ...options }: DataOption & { force?: boolean }) =>
      showAnswer(options, 'restore', { file: resolve(file), force }),
    )
  ask('role', 'give a person a role, or take it away; this is how the first admin is made')
    .argument('<name>', "the person's name")
    .argument('<role>', ROLES.join(', '), oneOf(...ROLES))
    .option('--remove', 'take it away')
    .action((name: string, role: string, { remove = false, ...options }: DataOption & { remove?: boolean }) =>
      showAnswer(options, 'set-role', { name, role, remove }),
    )
  ask(
    'password',
    'give somebody who has forgotten theirs a new password, shown once; wherever they are signed in ends',
  )
    .argument('<name>', "the person's name")
    .action(async (name: string, options: DataOption) => {
      const made = await askNode<{ id: string; name: string; password: string }>(options, 'reset-password', { name })
      say('Pass it on by a way that only they can read; they can change it in the page, under their name.')
      json(made)
    })
  ask('audit', 'verify the hash chain of the audit log').action(async (options: DataOption) =>
    finish(await askNode(options, 'verify-audit')),
  )
  const ledger = ask('ledger', 'replay every transfer and check that the books balance').action(
    async (options: DataOption) => finish(await askNode(options, 'audit-ledger')),
  )
  addLedgerLogCommands(ledger)
  ask('reload', "load the world's files again, with people inside").action(async (options: DataOption) =>
    finish(await askNode(options, 'reload')),
  )
}
