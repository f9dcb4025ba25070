/** The environment and the settings as a command reads them. */
import { type Config, readConfig } from '../config.ts'

/** Variables that belong to the author's tools; a node, which reports every setting it does not know, is not shown them. */
const TOOL_VARIABLES: ReadonlySet<string> = new Set(['ACADEMY_PASSWORD'])

export const nodeEnv = (): Readonly<Record<string, string | undefined>> =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !TOOL_VARIABLES.has(name)))

/** `--data`, as most commands take it. */
export type DataOption = { readonly data?: string }

/** The settings of the node that a command means. Throws `ConfigError`. */
export const configOf = ({ data }: DataOption): Config =>
  readConfig(nodeEnv(), data === undefined ? {} : { dataDir: data })

export const dataOf = (options: DataOption): string => configOf(options).dataDir
