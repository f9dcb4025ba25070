/** `academy agent …`: work on an agent project from your own editor. */
import type { Command } from 'commander'
import { addDeployCommands } from './agent-deploy.ts'
import { addProjectCommands } from './agent-project.ts'
import { addReplayCommands } from './agent-replay.ts'

export function addAgentCommands(program: Command): void {
  const agent = program.command('agent').description('work on an agent from your own editor')
  addProjectCommands(agent)
  addDeployCommands(agent)
  addReplayCommands(agent)
}
