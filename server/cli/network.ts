/** `academy peers`, `ping`, `dht` and the like: the network as the node on a data directory sees it. */
import type { Command } from 'commander'
import { banSubject, nodeAddress, oneOf, positiveNumber, wholeNumber } from './arguments.ts'
import { onNode as command, showAnswer } from './ask-node.ts'
import type { DataOption } from './environment.ts'

export function addNetworkCommands(program: Command): void {
  const ask = (options: DataOption, order: object): Promise<void> => showAnswer(options, 'network', order)
  /** A command without arguments. */
  const plain = (name: string, description: string) =>
    command(program, name, description).action((options: DataOption) => ask(options, { op: name }))

  plain('peers', 'the nodes of the network, how each is linked with this one, what they use, and who is banned')
  plain('known', 'nodes that this one remembers from before')
  plain('stats', 'how the links of this node are doing')
  plain('id', 'the names of this node and of its owner')
  plain('bans', 'who is banned from this node, why and until when')

  command(program, 'ping', 'the time of a signed round trip to another node')
    .argument('<node>', 'its name, its id, or the end of its id')
    .option('--count <n>', 'how often', wholeNumber(1, 100), 1)
    .action((node: string, { count, ...options }: DataOption & { count: number }) =>
      ask(options, { op: 'ping', node, count }),
    )
  command(program, 'connect', 'link with a neighbour, where the local network does not let nodes find each other')
    .argument('<address>', 'one of those that “academy id” shows there: /ip4/…/tcp/…/p2p/…', nodeAddress)
    .action((address: string, options: DataOption) => ask(options, { op: 'connect', address }))
  command(program, 'trust', 'what is known of the work of a node’s owner')
    .argument('[node]', 'this one without it')
    .action((node: string | undefined, options: DataOption) => ask(options, { op: 'trust', node }))
  command(program, 'broadcast', 'a word to the people on every node')
    .argument('<words...>')
    .action((words: string[], options: DataOption) => ask(options, { op: 'broadcast', text: words.join(' ') }))
  command(program, 'invite', 'an invitation for other people’s nodes; made by a hub, shown once')
    .option('--role <role>', 'trusted or local', oneOf('trusted', 'local'), 'trusted')
    .option('--uses <n>', 'how many nodes may use it', wholeNumber(1), 1)
    .option('--hours <n>', 'how long it holds; a week without it', positiveNumber(8_760))
    .action(({ role, uses, hours, ...options }: DataOption & { role: string; uses: number; hours?: number }) =>
      ask(options, { op: 'invite', role, uses, hours }),
    )
  command(program, 'ban', 'ban a node, an owner or an address from this node')
    .argument('<subject>', 'node:ID, owner:HEX or address:IP', banSubject)
    .argument('<reason...>')
    .option('--minutes <n>', 'how long; the usual steps without it', positiveNumber(525_600))
    .action((subject: string, reason: string[], { minutes, ...options }: DataOption & { minutes?: number }) =>
      ask(options, { op: 'ban', subject, reason: reason.join(' '), minutes }),
    )
  command(program, 'unban', 'end a ban')
    .argument('<subject>', 'as “academy bans” shows it', banSubject)
    .action((subject: string, options: DataOption) => ask(options, { op: 'unban', subject }))

  const dht = program.command('dht').description('texts and whereabouts that all nodes keep together')
  command(dht, 'put', 'put a text under a name of this node’s owner')
    .argument('<name>')
    .argument('<text...>')
    .action((name: string, text: string[], options: DataOption) =>
      ask(options, { op: 'put', name, text: text.join(' ') }),
    )
  for (const [op, description] of [
    ['get', 'read a text: a name of this node’s owner, or OWNER/NAME'],
    ['find', 'where a node is'],
    ['provide', 'say that this node has something: a CID, or any text'],
    ['providers', 'who has it'],
  ] as const)
    command(dht, op, description)
      .argument('<name>')
      .action((name: string, options: DataOption) => ask(options, { op, name }))
  command(dht, 'republish', 'put again whatever this node has put').action((options: DataOption) =>
    ask(options, { op: 'republish' }),
  )
}
