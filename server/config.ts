/** Settings: flags over environment over defaults. An empty environment gives a working node; every wrong setting is named at once. */
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { NPC_SPEECH_TOKENS_PER_DAY } from './limits.ts'
import { parseKey } from './protocol/tlog/note.ts'

/** The world that comes with the program, wherever it is started from. */
const OWN_WORLD = resolve(import.meta.dirname, '../worlds/academy')

export const NODE_ROLES = ['initial', 'trusted', 'local'] as const

const port = z.coerce.number('must be a port number from 0 to 65535').int('must be a whole number').min(0).max(65_535)
const url = (...protocols: string[]) =>
  z
    .string()
    .refine(
      (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
      `must be a URL starting with ${protocols.join(' or ')}//`,
    )
const flag = z
  .enum(['true', 'false', '1', '0', 'yes', 'no', 'on', 'off'], 'must be true or false')
  .transform((v) => v === 'true' || v === '1' || v === 'yes' || v === 'on')

/** Parts between commas, each of a form. */
const list = <T>(form: string, read: (part: string) => T | undefined) =>
  z
    .string()
    .default('')
    .transform((text, context) => {
      const parts = text.split(',').flatMap((part) => (part.trim() === '' ? [] : [read(part.trim())]))
      if (parts.every((part) => part !== undefined)) return parts as readonly T[]
      context.addIssue(`must be ${form}, with commas between several`)
      return z.NEVER
    })

/** One line per setting: how it is parsed, and what it is called outside. */
const SETTINGS = {
  role: {
    env: 'ACADEMY_ROLE',
    flag: '--role',
    schema: z.enum(NODE_ROLES, `must be one of ${NODE_ROLES.join(', ')}`).default('initial'),
  },
  port: { env: 'ACADEMY_PORT', flag: '--port', schema: port.default(2567) },
  host: { env: 'ACADEMY_HOST', flag: '--host', schema: z.string().min(1).optional() },
  dataDir: {
    env: 'ACADEMY_DATA',
    flag: '--data',
    schema: z
      .string()
      .min(1, 'must not be empty')
      .default('./data')
      .transform((dir) => resolve(dir)),
  },
  name: {
    env: 'ACADEMY_NAME',
    flag: '--name',
    schema: z
      .string()
      .regex(/^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,39}$/u, 'must be 1 to 40 letters, digits, spaces, dots or hyphens')
      .default('First Light'),
  },
  publicUrl: { env: 'ACADEMY_PUBLIC_URL', flag: '--public-url', schema: url('http:', 'https:').optional() },
  world: {
    env: 'ACADEMY_WORLD',
    flag: '--world',
    schema: z
      .string()
      .min(1)
      .optional()
      .transform((dir) => (dir === undefined ? OWN_WORLD : resolve(dir))),
  },
  logLevel: {
    env: 'ACADEMY_LOG_LEVEL',
    flag: '--log-level',
    schema: z
      .enum(['debug', 'info', 'warn', 'error', 'silent'], 'must be debug, info, warn, error or silent')
      .default('info'),
  },
  trustProxy: { env: 'ACADEMY_TRUST_PROXY', flag: '--trust-proxy', schema: flag.default(false) },
  lineRate: {
    env: 'ACADEMY_LINE_RATE',
    flag: '--line-rate',
    schema: z.coerce
      .number('must be a number of lines a second')
      .int('must be a whole number')
      .min(1)
      .max(1_000_000)
      .default(40),
  },
  logDir: { env: 'ACADEMY_LOG_DIR', flag: '--log-dir', schema: z.string().min(1).optional() },
  logWitnesses: {
    env: 'ACADEMY_LOG_WITNESSES',
    flag: '--log-witnesses',
    schema: list('OWNER URL KEY', (one) => {
      const [owner, at, key, ...rest] = one.split(/\s+/)
      const fits = owner && URL.canParse(at ?? '') && /^https?:/.test(at!) && parseKey(key ?? '') && rest.length === 0
      return fits ? { owner, url: at!, key: key! } : undefined
    }),
  },
  witnessedLogs: {
    env: 'ACADEMY_WITNESSED_LOGS',
    flag: '--witnessed-logs',
    schema: list('NAME+ID+KEY', (one) => (parseKey(one) ? one : undefined)),
  },
  model: { env: 'ACADEMY_MODEL', flag: '--model', schema: z.string().min(1).optional() },
  gpu: { env: 'ACADEMY_GPU', flag: '--gpu', schema: z.enum(['auto', 'off'], 'must be auto or off').default('auto') },
  upstream: { env: 'ACADEMY_UPSTREAM', flag: '--upstream', schema: url('http:', 'https:').optional() },
  /** In the environment alone: a command line is seen by everybody on the machine. */
  upstreamKey: { env: 'ACADEMY_UPSTREAM_KEY', flag: 'ACADEMY_UPSTREAM_KEY', schema: z.string().min(1).optional() },
  inferRate: {
    env: 'ACADEMY_INFER_RATE',
    flag: '--infer-rate',
    schema: z.coerce
      .number('must be a number of requests a minute')
      .int('must be a whole number')
      .min(1)
      .max(10_000_000)
      .default(600),
  },
  /** Whether people of the world that have a voice may speak through a model, and for how many tokens a day. */
  characters: { env: 'ACADEMY_CHARACTERS', flag: '--characters', schema: flag.prefault('true') },
  characterTokens: {
    env: 'ACADEMY_CHARACTER_TOKENS',
    flag: '--character-tokens',
    schema: z.coerce
      .number('must be a number of tokens a day')
      .int('must be a whole number')
      .min(0)
      .max(1_000_000_000)
      .default(NPC_SPEECH_TOKENS_PER_DAY),
  },
  /** Where `scripts/build-llama-servers.ts` left llama.cpp's servers; `.cache/llama-servers` of the data directory unless told. */
  llamaServers: { env: 'ACADEMY_LLAMA_SERVERS', flag: '--llama-servers', schema: z.string().min(1).optional() },
  databaseUrl: { env: 'DATABASE_URL', flag: '--database-url', schema: url('postgresql:', 'postgres:').optional() },
  /** For worlds of several processes, which are not here yet: it is read, so that nobody believes it to be in use. */
  redisUrl: { env: 'REDIS_URL', flag: '--redis-url', schema: url('redis:', 'rediss:').optional() },
  // --- the network of nodes ---
  /** On unless told otherwise for an initial node, and for others that have a hub or an invitation. */
  p2p: { env: 'ACADEMY_P2P', flag: '--p2p', schema: flag.optional() },
  p2pPort: { env: 'ACADEMY_P2P_PORT', flag: '--p2p-port', schema: port.optional() },
  p2pWsPort: { env: 'ACADEMY_P2P_WS_PORT', flag: '--p2p-ws-port', schema: port.optional() },
  p2pHost: {
    env: 'ACADEMY_P2P_HOST',
    flag: '--p2p-host',
    schema: z
      .string()
      .refine((text) => text === 'localhost' || isIP(text) > 0, 'must be an IP address')
      .optional(),
  },
  p2pAnnounce: {
    env: 'ACADEMY_P2P_ANNOUNCE',
    flag: '--p2p-announce',
    schema: z
      .string()
      .regex(
        /^\/(ip4|ip6|dns|dns4|dns6)\/[^,\s]+(,\/(ip4|ip6|dns|dns4|dns6)\/[^,\s]+)*$/,
        'must be multiaddrs with commas between them, such as /dns4/example.org/tcp/2568',
      )
      .optional(),
  },
  hub: { env: 'ACADEMY_HUB', flag: '--hub', schema: url('http:', 'https:').optional() },
  invite: {
    env: 'ACADEMY_INVITE',
    flag: '--invite',
    schema: z
      .string()
      .regex(
        /^academy-[A-Za-z0-9_-]{20,4000}$/,
        'must be an invitation, academy-…, made by "academy invite" on the hub',
      )
      .optional(),
  },
  admission: {
    env: 'ACADEMY_ADMISSION',
    flag: '--admission',
    schema: z.enum(['open', 'lan', 'invite'], 'must be open, lan or invite').default('lan'),
  },
  /** Whether other nodes' people may come here. */
  visitors: {
    env: 'ACADEMY_VISITORS',
    flag: '--visitors',
    schema: z.enum(['open', 'none'], 'must be open or none').default('open'),
  },
  mdns: { env: 'ACADEMY_MDNS', flag: '--mdns', schema: flag.optional() },
  swarmKey: { env: 'ACADEMY_SWARM_KEY', flag: '--swarm-key', schema: z.string().min(1).optional() },
  ownerKey: { env: 'ACADEMY_OWNER_KEY', flag: '--owner-key', schema: z.string().min(1).optional() },
} as const

type Settings = typeof SETTINGS
export type Config = { readonly [K in keyof Settings]: z.output<Settings[K]['schema']> } & { readonly host: string }
export type Flags = Partial<Record<keyof Settings, string>>

/** What a setting is called on the command line. */
export const flagOf = (setting: keyof Settings): string => SETTINGS[setting].flag

export class ConfigError extends Error {
  readonly code = 'bad_config'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(
      `The settings have ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${problems.map((p) => `  ${p}`).join('\n')}`,
    )
    this.problems = problems
  }
}

const known = new Set<string>(Object.values(SETTINGS).map((setting) => setting.env))

/** What they are set to stands in no message: they hold passwords and keys, or let a stranger in. */
const SECRET: ReadonlySet<string> = new Set<keyof Settings>(['databaseUrl', 'redisUrl', 'upstreamKey', 'invite'])

const shownValue = (setting: string, value: unknown): string =>
  SECRET.has(setting) ? '(not shown)' : JSON.stringify(value)

/** What is wrong with a value beyond its form: that a file it names is not there, say. */
export type Look = (setting: keyof Settings, value: unknown) => string | undefined

/** Reads every setting; throws one `ConfigError` that names all the wrong ones. */
export function readConfig(
  env: Readonly<Record<string, string | undefined>>,
  flags: Flags = {},
  look: Look = () => undefined,
): Config {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [key, setting] of Object.entries(SETTINGS)) {
    const fromFlag = flags[key as keyof Settings]
    const raw = fromFlag ?? (env[setting.env] === '' ? undefined : env[setting.env])
    const parsed = setting.schema.safeParse(raw)
    if (parsed.success) values[key] = parsed.data
    const wrong = parsed.success
      ? parsed.data !== undefined && look(key as keyof Settings, parsed.data)
      : parsed.error.issues[0]!.message
    if (wrong) {
      const name = fromFlag === undefined ? setting.env : setting.flag
      problems.push(`${name} ${wrong}; it is ${shownValue(key, raw ?? parsed.data)}`)
    }
  }
  for (const name of Object.keys(env)) {
    if (name.startsWith('ACADEMY_') && !known.has(name))
      problems.push(`${name} is not a setting; the settings are ${[...known].join(', ')}`)
  }
  if (values.role === 'initial' && (flags.hub !== undefined || flags.invite !== undefined))
    problems.push('--hub and --invite are for trusted and local nodes; an initial node is a hub itself')
  if (problems.length > 0) throw new ConfigError(problems)
  const config = values as unknown as Config
  return { ...config, host: config.host ?? (config.role === 'local' ? '127.0.0.1' : '0.0.0.0') }
}

/** A setting as the operator's page shows it. */
export type ShownSetting = {
  readonly name: string
  readonly env: string
  readonly flag: string
  /** Absent: not set, and left to the node. */
  readonly value?: string
  /** It is set, and its value stays here. */
  readonly isSecret?: true
}

const NETWORK_SETTINGS = [
  ...(['role', 'name', 'publicUrl', 'hub', 'invite', 'admission', 'p2p', 'p2pHost', 'p2pPort', 'p2pWsPort'] as const),
  ...(['p2pAnnounce', 'visitors', 'mdns', 'swarmKey', 'ownerKey'] as const),
]
/** An invitation lets a stranger in; where keys lie concerns nobody in a browser. */
const KEPT_TO_ITSELF: ReadonlySet<keyof Settings> = new Set(['invite', 'swarmKey', 'ownerKey'])

/** Settings of the network, without any secret. */
export const networkSettings = (config: Config): readonly ShownSetting[] =>
  NETWORK_SETTINGS.map((name) => {
    const { env, flag } = SETTINGS[name]
    const value = config[name]
    if (value === undefined) return { name, env, flag }
    return KEPT_TO_ITSELF.has(name) ? { name, env, flag, isSecret: true } : { name, env, flag, value: String(value) }
  })

/** Whether nobody but this machine can reach an address. */
export const isOwnMachine = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
