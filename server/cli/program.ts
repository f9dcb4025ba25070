/** The words of the `academy` command. */
import { Command } from 'commander'
import { addAgentCommands } from './agent.ts'
import { endWith } from './end.ts'
import { addIouCommands } from './iou.ts'
import { addLibraryCommands } from './library.ts'
import { addModelCommands } from './model.ts'
import { addNetworkCommands } from './network.ts'
import { addNodeCommands } from './node.ts'
import { addSandboxCommand } from './sandbox.ts'
import { addShardCommands } from './shard.ts'
import { addWorkspaceCommands } from './workspace.ts'

const program = new Command('academy')
  .description('CodeCraft Academy: a world in which people learn to program.')
  .showHelpAfterError()
  // A wrong flag is a wrong setting.
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))

addNodeCommands(program)
addNetworkCommands(program)
addIouCommands(program)
addSandboxCommand(program)
addModelCommands(program)
addShardCommands(program)
addAgentCommands(program)
addLibraryCommands(program)
addWorkspaceCommands(program)

try {
  await program.parseAsync()
} catch (error) {
  endWith(error)
}
