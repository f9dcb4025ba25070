/** `academy model …` and `academy key …`: what the host says of models, and keys for programs outside. */
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { readConfig } from '../config.ts'
import { askControl } from '../ops/control.ts'
import { nodeEnv } from './environment.ts'
import { fetchGpuBuild } from './model-gpu.ts'

type Options = { readonly data?: string; readonly [option: string]: unknown }

const dataOf = ({ data }: Options): string =>
  readConfig(nodeEnv(), data === undefined ? {} : { dataDir: data }).dataDir
const whole = (value: unknown) => (value === undefined ? undefined : Number(value))
const present = (order: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined))

async function ask(options: Options, order: Record<string, unknown>): Promise<void> {
  const answer = await askControl(dataOf(options), 'models', present(order), (line) => console.error(line))
  console.log(JSON.stringify(answer, null, 2))
}

export function addModelCommands(program: Command): void {
  const model = program.command('model').description('models of the running node')
  const key = program.command('key').description('API keys for programs outside')
  const under = (group: Command, name: string, description: string) =>
    group.command(name).description(description).option('--data <dir>', 'data directory of the node')

  under(model, 'list', 'what the node answers with').action((options: Options) => ask(options, { do: 'list' }))
  under(model, 'add <file>', 'allow a GGUF file, by what is in it, and load it')
    .option('--id <name>', 'what it is asked by; the name of the file unless told')
    .option('--price-in <micro>', 'micro-credits for a million tokens read')
    .option('--price-out <micro>', 'micro-credits for a million tokens written')
    .action((file: string, { id, priceIn, priceOut, ...options }: Options) =>
      ask(options, { do: 'add', file: resolve(file), id, priceIn, priceOut }),
    )
  model
    .command('gpu <kind>')
    .description("fetch the library's build for a graphics card: cuda or vulkan; a host's only, for it is large")
    .action(async (kind: string) => {
      if (kind !== 'cuda' && kind !== 'vulkan') throw new Error('It is cuda or vulkan.')
      for (const name of await fetchGpuBuild(kind, (line) => console.error(line))) console.log(name)
    })
  under(model, 'remove <name>', 'unload a model and allow it no more, by its name or hash').action(
    (name: string, options: Options) => ask(options, { do: 'remove', name }),
  )
  under(
    model,
    'upstream <name> <url>',
    "point the node at a server of models; the server's key is read from a variable",
  )
    .option('--kind <kind>', 'openai or anthropic', 'openai')
    .option('--key-env <variable>', "environment variable that holds the server's key; it is kept sealed")
    .option('--models <names>', 'those to offer, with commas; all unless told')
    .option('--own-ground', 'it runs on your own ground: personal prompts may go there')
    .option('--resumes', 'it goes on from a text that was begun, as llama-server does')
    .option('--price-in <micro>', 'micro-credits for a million tokens read')
    .option('--price-out <micro>', 'micro-credits for a million tokens written')
    .action(
      (
        name: string,
        url: string,
        { kind, keyEnv, models, ownGround, resumes, priceIn, priceOut, ...options }: Options,
      ) => {
        const secret = keyEnv === undefined ? undefined : process.env[String(keyEnv)]
        if (keyEnv !== undefined && !secret) throw new Error(`The variable ${String(keyEnv)} is empty.`)
        const names = typeof models === 'string' ? models.split(',') : undefined
        return ask(options, {
          do: 'upstream',
          name,
          url,
          kind,
          key: secret,
          models: names,
          ownGround,
          resumes,
          priceIn,
          priceOut,
        })
      },
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
    .option('--rate <n>', 'requests a minute')
    .option('--concurrency <n>', 'requests at once')
    .action((person: string, name: string, { budget, rate, concurrency, ...options }: Options) =>
      ask(options, {
        do: 'new-key',
        person,
        name,
        budgetMicro: budget,
        requestsPerMinute: whole(rate),
        concurrency: whole(concurrency),
      }),
    )
  under(key, 'list <person>', "a person's keys").action((person: string, options: Options) =>
    ask(options, { do: 'keys', person }),
  )
  under(key, 'revoke <person> <id>', 'revoke a key, at once').action((person: string, id: string, options: Options) =>
    ask(options, { do: 'revoke-key', person, id }),
  )
}
