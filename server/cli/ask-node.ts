/** Commands that ask the node which runs on a data directory, over its own socket. */
import type { Command } from 'commander'
import { askControl } from '../ops/control.ts'
import { type DataOption, dataOf } from './environment.ts'
import { json, say } from './print.ts'

/** A command below `parent` that takes `--data`. */
export const onNode = (parent: Command, name: string, description: string): Command =>
  parent.command(name).description(description).option('--data <dir>', 'data directory of the node')

/** What the node answers to `name`; its progress is told meanwhile. What was not given (`undefined`) is not sent. */
export const askNode = <T>(options: DataOption, name: string, body: object = {}): Promise<T> =>
  askControl<T>(dataOf(options), name, body, say)

/** Asks, and shows the answer. */
export const showAnswer = async (options: DataOption, name: string, body?: object): Promise<void> =>
  json(await askNode(options, name, body))
