/** `academy model …` and `academy key …`: what the host says of models, and keys for programs outside. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { names, oneOf, wholeNumber } from './arguments.ts'
import { showAnswer, onNode as under } from './ask-node.ts'
import type { DataOption } from './environment.ts'
import { fetchGpuBuild, type GpuKind } from './model-gpu.ts'
import { say, words } from './print.ts'

type Options = DataOption & { readonly [option: string]: unknown }

const ask = (options: Options, order: object): Promise<void> => showAnswer(options, 'models', order)

class NoKey extends Error {
  readonly code = 'no_key'
}

/** The key of a server of models, from the variable that holds it. Throws `NoKey`. */
function keyIn(variable: string): string {
  const key = process.env[variable]
  if (key) return key
  throw new NoKey(`The variable ${variable} is empty. Set it to the key: read -rs ${variable} && export ${variable}`)
}

export function addModelCommands(program: Command): void {
  const model = program.command('model').description('models of the running node')
  const key = program.command('key').description('API keys for programs outside')

  under(model, 'list', 'what the node answers with').action((options: Options) => ask(options, { do: 'list' }))
  under(model, 'add <file>', 'allow a GGUF file, by what is in it, and load it')
    .option('--id <name>', 'what it is asked by; the name of the file unless told')
    .option('--price-in <micro>', 'micro-credits for a million tokens read')
    .option('--price-out <micro>', 'micro-credits for a million tokens written')
    .action((file: string, { id, priceIn, priceOut, ...options }: Options) =>
      ask(options, { do: 'add', file: resolve(file), id, priceIn, priceOut }),
    )
  model
    .command('gpu')
    .description("fetch the library's build for a graphics card; a host's only, for it is large")
    .argument('<kind>', 'cuda or vulkan', oneOf('cuda', 'vulkan'))
    .action(async (kind: GpuKind) => {
      for (const name of await fetchGpuBuild(kind, say)) words(name)
    })
  under(model, 'remove <name>', 'unload a model and allow it no more, by its name or hash').action(
    (name: string, options: Options) => ask(options, { do: 'remove', name }),
  )
  under(
    model,
    'upstream <name> <url>',
    "point the node at a server of models; the server's key is read from a variable",
  )
    .option('--kind <kind>', 'openai or anthropic', oneOf('openai', 'anthropic'), 'openai')
    .option('--key-env <variable>', "environment variable that holds the server's key; it is kept sealed")
    .option('--models <names>', 'those to offer, with commas; all unless told', names)
    .option('--own-ground', 'it runs on your own ground: personal prompts may go there')
    .option('--resumes', 'it goes on from a text that was begun, as llama-server does')
    .option('--price-in <micro>', 'micro-credits for a million tokens read')
    .option('--price-out <micro>', 'micro-credits for a million tokens written')
    .action(
      (
        name: string,
        url: string,
        { data, keyEnv, ...order }: DataOption & { readonly keyEnv?: string; readonly [option: string]: unknown },
      ) =>
        ask({ data }, { do: 'upstream', name, url, ...order, ...(keyEnv !== undefined && { key: keyIn(keyEnv) }) }),
    )
  under(model, 'remove-upstream <name>', 'point the node at it no more').action((name: string, options: Options) =>
    ask(options, { do: 'remove-upstream', name }),
  )
  under(model, 'minor <person>', 'what this person asks stays on this node, because they are under age')
    .option('--off', 'not any more')
    .action((person: string, { off, ...options }: Options) =>
      ask(options, { do: 'minor', person, minor: off !== true }),
    )

  under(key, 'new <person> <name>', 'make a key; it is shown this once')
    .option('--budget <micro>', 'micro-credits that it may spend in all')
    .option('--rate <n>', 'requests a minute', wholeNumber(1))
    .option('--concurrency <n>', 'requests at once', wholeNumber(1))
    .action((person: string, name: string, { budget, rate, concurrency, ...options }: Options) =>
      ask(options, {
        do: 'new-key',
        person,
        name,
        budgetMicro: budget,
        requestsPerMinute: rate,
        concurrency,
      }),
    )
  under(key, 'list <person>', "a person's keys").action((person: string, options: Options) =>
    ask(options, { do: 'keys', person }),
  )
  under(key, 'revoke <person> <id>', 'revoke a key, at once').action((person: string, id: string, options: Options) =>
    ask(options, { do: 'revoke-key', person, id }),
  )
}
