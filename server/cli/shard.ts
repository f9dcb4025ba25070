/** `academy shard …`: memory lent to other nodes for a part of a model, and models over several nodes. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { names, wholeNumber } from './arguments.ts'
import { onNode, showAnswer } from './ask-node.ts'
import type { DataOption } from './environment.ts'
import { type BuildOptions, buildServers } from './shard-build.ts'

type Options = DataOption & { readonly [option: string]: unknown }

const ask = (options: Options, order: object): Promise<void> => showAnswer(options, 'models', order)

export function addShardCommands(program: Command): void {
  const shard = program.command('shard').description('models that are too big for one node')
  const under = (name: string, description: string) => onNode(shard, name, description)

  under('list', 'what is lent, and models over several nodes').action((options: Options) =>
    ask(options, { do: 'shard-list' }),
  )
  under('build', "build llama.cpp's servers from the source that comes along: once, in minutes, without network")
    .option('--dir <dir>', 'where to; where the node looks, without it')
    .option('--jobs <n>', 'how many compilers at once; one for each core but one, without it', wholeNumber(1))
    .option('--native', 'for the processor of this machine; nodes work together when theirs are built alike')
    .option('--cuda', 'for NVIDIA cards')
    .action((options: BuildOptions) => buildServers(options))
  under('lend', 'lend memory to trusted nodes that you name; they can run programs of llama.cpp on it')
    .requiredOption('--memory <mb>', 'how much, in MiB', wholeNumber(64))
    .requiredOption('--to <nodes>', 'nodes by name or id, or owners by key, with commas', names)
    .option('--threads <n>', 'cores; half of them unless told', wholeNumber(1))
    .option('--price <micro>', 'micro-credits a minute')
    .action(({ memory, to, threads, price, ...options }: Options) =>
      ask(options, {
        do: 'shard-lend',
        memoryMb: memory,
        peers: to,
        threads,
        pricePerMinute: price,
      }),
    )
  under('keep', 'lend nothing any more; what is lent ends').action((options: Options) =>
    ask(options, { do: 'shard-keep' }),
  )
  under('add <file>', 'allow a GGUF file and spread it over one or two other nodes')
    .requiredOption('--over <nodes>', 'those that lend, by name or id, with a comma', names)
    .option('--id <name>', 'what it is asked by; the name of the file unless told')
    .option('--local <mb>', 'how much of it stays on this node, in MiB; nothing unless told', wholeNumber())
    .option('--context <tokens>', 'context of each sequence', wholeNumber(64))
    .option('--max-rent <micro>', 'micro-credits a minute that may be paid to each node; nothing unless told')
    .option('--price-in <micro>', 'micro-credits for a million tokens read')
    .option('--price-out <micro>', 'micro-credits for a million tokens written')
    .action((file: string, { over, id, local, context, maxRent, priceIn, priceOut, ...options }: Options) =>
      ask(options, {
        do: 'shard-add',
        file: resolve(file),
        nodes: over,
        id,
        localMb: local,
        contextTokens: context,
        maxRent,
        priceIn,
        priceOut,
      }),
    )
  under('remove <name>', 'unload such a model and allow it no more, by its name or hash').action(
    (name: string, options: Options) => ask(options, { do: 'shard-remove', name }),
  )
}
