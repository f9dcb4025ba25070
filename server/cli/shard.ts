/** `academy shard …`: memory lent to other nodes for a part of a model, and models over several nodes. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { askControl } from '../ops/control.ts'
import { nodeEnv } from './environment.ts'

type Options = { readonly data?: string; readonly [option: string]: unknown }

const dataOf = ({ data }: Options): string =>
  readConfig(nodeEnv(), data === undefined ? {} : { dataDir: data }).dataDir
const whole = (value: unknown) => (value === undefined ? undefined : Number(value))
const names = (value: unknown) => String(value).split(',')

async function ask(options: Options, order: Record<string, unknown>): Promise<void> {
  const present = Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined))
  const answer = await askControl(dataOf(options), 'models', present, (line) => console.error(line))
  console.log(JSON.stringify(answer, null, 2))
}

export function addShardCommands(program: Command): void {
  const shard = program.command('shard').description('models that are too big for one node')
  const under = (name: string, description: string) =>
    shard.command(name).description(description).option('--data <dir>', 'data directory of the node')

  under('list', 'what is lent, and models over several nodes').action((options: Options) =>
    ask(options, { do: 'shard-list' }),
  )
  under('lend', 'lend memory to trusted nodes that you name; they can run programs of llama.cpp on it')
    .requiredOption('--memory <mb>', 'how much, in MiB')
    .requiredOption('--to <nodes>', 'nodes by name or id, or owners by key, with commas')
    .option('--threads <n>', 'cores; half of them unless told')
    .option('--price <micro>', 'micro-credits a minute')
    .action(({ memory, to, threads, price, ...options }: Options) =>
      ask(options, {
        do: 'shard-lend',
        memoryMb: whole(memory),
        peers: names(to),
        threads: whole(threads),
        pricePerMinute: price,
      }),
    )
  under('keep', 'lend nothing any more; what is lent ends').action((options: Options) =>
    ask(options, { do: 'shard-keep' }),
  )
  under('add <file>', 'allow a GGUF file and spread it over one or two other nodes')
    .requiredOption('--over <nodes>', 'those that lend, by name or id, with a comma')
    .option('--id <name>', 'what it is asked by; the name of the file unless told')
    .option('--local <mb>', 'how much of it stays on this node, in MiB; nothing unless told')
    .option('--context <tokens>', 'context of each sequence')
    .option('--max-rent <micro>', 'micro-credits a minute that may be paid to each node; nothing unless told')
    .option('--price-in <micro>', 'micro-credits for a million tokens read')
    .option('--price-out <micro>', 'micro-credits for a million tokens written')
    .action((file: string, { over, id, local, context, maxRent, priceIn, priceOut, ...options }: Options) =>
      ask(options, {
        do: 'shard-add',
        file: resolve(file),
        nodes: names(over),
        id,
        localMb: whole(local),
        contextTokens: whole(context),
        maxRent,
        priceIn,
        priceOut,
      }),
    )
  under('remove <name>', 'unload such a model and allow it no more, by its name or hash').action(
    (name: string, options: Options) => ask(options, { do: 'shard-remove', name }),
  )
}
