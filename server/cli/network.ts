/** `academy peers`, `ping`, `dht` and the like: the network as the node on a data directory sees it. */
import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { askControl } from '../ops/control.ts'
import { nodeEnv } from './environment.ts'
import { json as show } from './print.ts'

type Data = { readonly data?: string }

const dataOf = ({ data }: Data): string => readConfig(nodeEnv(), data === undefined ? {} : { dataDir: data }).dataDir

export function addNetworkCommands(program: Command): void {
  const ask = async (options: Data, body: object): Promise<void> =>
    show(await askControl(dataOf(options), 'network', body as Record<string, unknown>))
  const command = (parent: Command, name: string, description: string) =>
    parent.command(name).description(description).option('--data <dir>', 'data directory of the node')
  /** A command without arguments. */
  const plain = (name: string, description: string) =>
    command(program, name, description).action((options: Data) => ask(options, { op: name }))

  plain('peers', 'the nodes of the network, how each is linked with this one, what they use, and who is banned')
  plain('known', 'nodes that this one remembers from before')
  plain('stats', 'how the links of this node are doing')
  plain('id', 'the names of this node and of its owner')
  plain('bans', 'who is banned from this node, why and until when')

  command(program, 'ping', 'the time of a signed round trip to another node')
    .argument('<node>', 'its name, its id, or the end of its id')
    .option('--count <n>', 'how often', '1')
    .action((node: string, options: Data & { count: string }) =>
      ask(options, { op: 'ping', node, count: Number(options.count) }),
    )
  command(program, 'connect', 'link with a neighbour, where the local network does not let nodes find each other')
    .argument('<address>', 'one of those that “academy id” shows there: /ip4/…/tcp/…/p2p/…')
    .action((address: string, options: Data) => ask(options, { op: 'connect', address }))
  command(program, 'trust', 'what is known of the work of a node’s owner')
    .argument('[node]', 'this one without it')
    .action((node: string | undefined, options: Data) =>
      ask(options, { op: 'trust', ...(node !== undefined && { node }) }),
    )
  command(program, 'broadcast', 'a word to the people on every node')
    .argument('<words...>')
    .action((words: string[], options: Data) => ask(options, { op: 'broadcast', text: words.join(' ') }))
  command(program, 'invite', 'an invitation for other people’s nodes; made by a hub, shown once')
    .option('--role <role>', 'trusted or local', 'trusted')
    .option('--uses <n>', 'how many nodes may use it', '1')
    .option('--hours <n>', 'how long it holds; a week without it')
    .action(({ role, uses, hours, ...options }: Data & { role: string; uses: string; hours?: string }) =>
      ask(options, { op: 'invite', role, uses: Number(uses), ...(hours !== undefined && { hours: Number(hours) }) }),
    )
  command(program, 'ban', 'ban a node, an owner or an address from this node')
    .argument('<subject>', 'node:ID, owner:HEX or address:IP')
    .argument('<reason...>')
    .option('--minutes <n>', 'how long; the usual steps without it')
    .action((subject: string, reason: string[], { minutes, ...options }: Data & { minutes?: string }) =>
      ask(options, {
        op: 'ban',
        subject,
        reason: reason.join(' '),
        ...(minutes !== undefined && { minutes: Number(minutes) }),
      }),
    )
  command(program, 'unban', 'end a ban')
    .argument('<subject>', 'as “academy bans” shows it')
    .action((subject: string, options: Data) => ask(options, { op: 'unban', subject }))

  const dht = program.command('dht').description('texts and whereabouts that all nodes keep together')
  command(dht, 'put', 'put a text under a name of this node’s owner')
    .argument('<name>')
    .argument('<text...>')
    .action((name: string, text: string[], options: Data) => ask(options, { op: 'put', name, text: text.join(' ') }))
  for (const [op, description] of [
    ['get', 'read a text: a name of this node’s owner, or OWNER/NAME'],
    ['find', 'where a node is'],
    ['provide', 'say that this node has something: a CID, or any text'],
    ['providers', 'who has it'],
  ] as const)
    command(dht, op, description)
      .argument('<name>')
      .action((name: string, options: Data) => ask(options, { op, name }))
  command(dht, 'republish', 'put again whatever this node has put').action((options: Data) =>
    ask(options, { op: 'republish' }),
  )
}
