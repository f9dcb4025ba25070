/** Bodies of the HTTP surface, as zod schemas: what is parsed at the edge, and what `/openapi.json` is made from. */
import { z } from 'zod'
import {
  AGENT_EVAL_MAX_CHARS,
  AGENT_EVALS_REPLAYED_MAX,
  HTTP_PAGE_MAX,
  HTTP_TRANSFER_ID_MAX_CHARS,
  NAME_INPUT_MAX_CHARS,
} from '../limits.ts'
import { tokenBody } from './auth.ts'
import { LOCALES, ROLES } from './ids.ts'
import { ENTRY_CODES, ENTRY_KINDS } from './ledger-entry.ts'

const id = (what: string) => z.string().min(1).max(128).describe(what)
const micro = z
  .string()
  .regex(/^-?\d{1,30}$/)
  .describe('micro-credits, a decimal string')
const amount = z
  .string()
  .regex(/^[1-9]\d{0,18}$/)
  .describe('micro-credits above zero, a decimal string')
const atMs = z.number().int().describe('milliseconds since the Unix epoch')
const localized = z.object({ en: z.string(), ru: z.string() })
const locale = z.enum(LOCALES)
const role = z.enum(ROLES)
const name = z.string().min(1).max(NAME_INPUT_MAX_CHARS)

export const Problem = z.object({
  type: z.string().describe('`about:blank#<code>`'),
  title: z.string(),
  status: z.number().int(),
  code: z.string().describe('stable, for programs'),
  detail: z.string().optional(),
  instance: z.string().optional().describe('the request id'),
  params: z.record(z.string(), z.json()).optional(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
})
export type Problem = z.infer<typeof Problem>

// --- people ----------------------------------------------------------------------------------------------------------
export {
  guestBody as GuestBody,
  loginBody as LoginBody,
  logoutBody as LogoutBody,
  passwordBody as PasswordBody,
  refreshBody as RefreshBody,
  registerBody as RegisterBody,
} from './auth.ts'
export const TokenAnswer = tokenBody
export type TokenAnswer = z.infer<typeof TokenAnswer>
export const Jwks = z.object({ keys: z.array(z.record(z.string(), z.unknown())) })
export const RenameBody = z.strictObject({ name: name.optional(), locale: locale.optional() })

export const Player = z.object({
  id: id('player_…'),
  name: z.string(),
  roles: z.array(role),
  guest: z.boolean(),
  locale,
})
export type Player = z.infer<typeof Player>

// --- lessons ---------------------------------------------------------------------------------------------------------
export const Lesson = z.object({
  id: id('lesson'),
  slug: z.string(),
  course: z.string(),
  title: z.string(),
  order: z.number(),
  minutes: z.number(),
  status: z.enum(['locked', 'open', 'started', 'passed']),
  rewardMicro: micro,
  badge: z.string().optional(),
})
export type Lesson = z.infer<typeof Lesson>
export const Lessons = z.object({ lessons: z.array(Lesson) })
const files = z.record(z.string(), z.string())
export const LessonDetail = Lesson.extend({
  text: z.string().describe('Markdown in the asked language'),
  tasks: z.array(
    z.object({
      id: z.number(),
      text: z.string(),
      done: z.boolean(),
      count: z.object({ have: z.number(), need: z.number() }).optional(),
    }),
  ),
  hintsShown: z.array(z.string()),
  hintsLeft: z.number(),
  attempts: z.number(),
  starter: files,
  place: z.object({ id: z.string(), name: localized }).optional().describe('where the lesson is set'),
})
export type LessonDetail = z.infer<typeof LessonDetail>
export const LessonCheckBody = z.strictObject({
  projectId: id('project_…').optional().describe('check the sources of this project'),
  files: files.optional().describe('or these sources, path -> text'),
})
export const CheckReport = z.object({
  passed: z.boolean(),
  tasks: z.array(
    z.object({
      id: z.number(),
      passed: z.boolean(),
      message: z.string().optional(),
      file: z.string().optional(),
      line: z.number().optional(),
    }),
  ),
  rewardTransferId: z.string().optional(),
})
export type CheckReport = z.infer<typeof CheckReport>
export const Hint = z.object({ text: z.string(), left: z.number() })
export const Badges = z.object({
  badges: z.array(z.object({ id: z.string(), name: z.string(), text: z.string(), atMs })),
})

// --- world -----------------------------------------------------------------------------------------------------------
export const Me = z.object({
  player: Player,
  place: z.string().nullable().describe('place id; null before the first entering'),
  placeName: localized.nullable(),
  zone: z.string().nullable(),
  inventory: z.array(z.object({ id: z.string(), name: z.string(), thing: z.string(), state: z.string().optional() })),
  balanceMicro: micro,
  lessons: z.array(Lesson),
})
export type Me = z.infer<typeof Me>
export const Zone = z.object({ id: z.string(), name: localized, characters: z.number().int(), ready: z.boolean() })
export const ZoneList = z.object({ zones: z.array(Zone) })
export const AwakeList = z.object({
  awake: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      kind: z.enum(['player', 'agent']),
      owner: z.string().optional().describe('the name of the one whose agent it is'),
      place: z.string(),
      placeName: localized,
      zoneName: localized,
    }),
  ),
  more: z.number().int().describe('how many were left off'),
})
export type AwakeList = z.infer<typeof AwakeList>
export const EnterBody = z.strictObject({ zone: z.string().min(1).max(64).optional() })
/** What `client.consumeSeatReservation` of the Colyseus SDK takes, and the zone it is for. */
export const Seat = z.object({
  name: z.literal('zone'),
  sessionId: z.string(),
  roomId: z.string(),
  processId: z.string(),
  publicAddress: z.string().optional(),
  zone: z.string(),
  place: z.string(),
})
export type Seat = z.infer<typeof Seat>
export const Node = z.object({
  peerId: z.string(),
  name: z.string(),
  role: z.enum(['initial', 'trusted', 'local']),
  url: z.string().optional(),
  self: z.boolean(),
  zones: z.array(z.string()),
  version: z.string(),
  upSinceMs: atMs,
  alive: z.boolean().optional().describe('by its lease'),
  owner: z.string().optional().describe("the owner's Ed25519 public key, hex"),
  services: z.array(z.string()).optional(),
  models: z
    .array(
      z.object({
        sha256: z.string(),
        name: z.string(),
        quant: z.string().optional(),
        ctx: z.number(),
        tokensPerS: z.number().optional(),
        slots: z.number(),
      }),
    )
    .optional(),
  prices: z.record(z.string(), z.string()).optional().describe('micro-credits by kind of work'),
  machine: z
    .object({
      cores: z.number(),
      cpu: z.string(),
      memoryMb: z.number(),
      gpus: z.array(z.object({ name: z.string(), memoryMb: z.number() })),
    })
    .optional()
    .describe('what the node says of itself'),
  proven: z
    .object({
      reach: z.enum(['public', 'lan', 'relay']),
      rttMs: z.number(),
      hashesPerMs: z.number(),
      atMs,
    })
    .optional()
    .describe('what a hub found out for itself'),
  load: z.object({ people: z.number(), agents: z.number(), cpuPct: z.number(), rssMb: z.number() }).optional(),
  lastSeenMs: atMs.optional(),
  link: z
    .object({
      path: z.enum(['lan', 'direct', 'relay']),
      direction: z.enum(['inbound', 'outbound']),
      sinceMs: atMs,
      rttMs: z.number().optional(),
      address: z.string().optional().describe('for staff only'),
    })
    .optional()
    .describe('the link between the node that answers and this one, while it stands'),
  addresses: z.array(z.string()).optional().describe('multiaddrs, for staff only'),
})
export type Node = z.infer<typeof Node>
export const NodeList = z.object({ nodes: z.array(Node) })
/** Where a node is found by others: public, so that one URL is enough to join. */
export const NodeAddress = z.object({
  peerId: z.string(),
  name: z.string(),
  role: z.enum(['initial', 'trusted', 'local']),
  version: z.string(),
  addresses: z.array(z.string()).describe('multiaddrs'),
})
const networkState = z.enum(['alone', 'hub', 'joining', 'joined', 'refused', 'stopped'])
export const NetworkStatus = z.object({
  peerId: z.string(),
  owner: z.string(),
  state: networkState,
  why: z.string().optional().describe('while it does not come in'),
  hub: z.string().optional(),
  links: z.number(),
  dhtNodes: z.number(),
})
const ban = z.object({
  subject: z.string().describe('`node:<id>`, `owner:<hex>` or `address:<ip>`'),
  reason: z.string().describe('`malformed`, `replay`, `flood` or `operator`'),
  detail: z.string(),
  sinceMs: atMs,
  untilMs: atMs,
  times: z.number(),
})
const level = z.object({ left: z.number(), of: z.number() })
export const PeerList = z.object({
  links: z.array(
    z.object({
      peerId: z.string(),
      name: z.string().optional(),
      role: z.string().optional(),
      owner: z.string().optional(),
      path: z.enum(['lan', 'direct', 'relay']),
      address: z.string(),
      direction: z.enum(['inbound', 'outbound']),
      sinceMs: atMs,
      rttMs: z.number().optional(),
    }),
  ),
  use: z.array(
    z.object({
      peerId: z.string(),
      requests: z.number(),
      refused: z.number(),
      bytes: z.number(),
      offences: z.record(z.string(), z.number()),
      lastRefusal: z.string().optional(),
      /** Of each protocol it has used, what it may still ask for. */
      shares: z.array(z.object({ protocol: z.string(), minute: level, hour: level })),
      bytesLeft: level,
    }),
  ),
  known: z.array(
    z.object({
      peerId: z.string(),
      name: z.string().optional(),
      role: z.string().optional(),
      addresses: z.array(z.string()),
      firstSeenMs: atMs,
      lastSeenMs: atMs,
      failures: z.number(),
    }),
  ),
  bans: z.array(ban),
})
export const BanBody = z.strictObject({
  subject: z.string().regex(/^(node|owner|address):.{1,128}$/),
  reason: z.string().min(1).max(300),
  minutes: z.number().int().positive().max(525_600).optional(),
})
export const Ban = ban
export const InviteBody = z.strictObject({
  role: z.enum(['trusted', 'local']).default('trusted'),
  uses: z.number().int().positive().max(1_000).default(1),
  hours: z.number().int().positive().max(8_760).optional(),
})
export const InviteMade = z.object({ code: z.string() })
export const Ping = z.object({ peerId: z.string(), rttMs: z.number() })

export const NetworkLog = z.object({
  lines: z
    .array(
      z.object({
        seq: z.number().int().describe('counts on from the start of the process'),
        atMs,
        level: z.enum(['debug', 'info', 'warn', 'error']),
        part: z.string(),
        message: z.string(),
        detail: z.string().describe('the other fields as JSON; of an error its message alone'),
      }),
    )
    .describe('newest first'),
})
export type NetworkLog = z.infer<typeof NetworkLog>
export const NetworkSettings = z.object({
  settings: z.array(
    z.object({
      name: z.string(),
      env: z.string(),
      flag: z.string(),
      value: z.string().optional().describe('absent: not set'),
      isSecret: z.boolean().optional().describe('set, and not shown'),
    }),
  ),
})
export type NetworkSettings = z.infer<typeof NetworkSettings>

// --- the DHT ---------------------------------------------------------------------------------------------------------
export const DhtPutBody = z.strictObject({ value: z.string().max(2_048) })
export const DhtPut = z.object({ key: z.string(), nodes: z.number().describe('other nodes that took it') })
export const DhtValue = z.object({ key: z.string(), value: z.string(), seq: z.number() })
export const DhtNode = z.object({ peerId: z.string() })
export const DhtProvideBody = z.strictObject({ key: z.string().min(1).max(200) })
export const DhtProvided = z.object({ cid: z.string(), nodes: z.number() })
export const DhtProviders = z.object({ key: z.string(), providers: z.array(z.string()) })
export const DhtRepublished = z.object({ values: z.number() })

// --- projects and agents -----------------------------------------------------------------------------------------------
export const ProjectBody = z.strictObject({
  name: z.string().min(1).max(64),
  template: z.string().min(1).max(64).optional(),
})
export const Project = z.object({
  id: id('project_…'),
  name: z.string(),
  owner: z.string(),
  files: z.array(z.object({ path: z.string(), bytes: z.number().int() })),
  updatedAtMs: atMs,
})
export type Project = z.infer<typeof Project>
export const ProjectList = z.object({ projects: z.array(Project) })
export const FileBody = z.strictObject({ text: z.string() })
export const FileAnswer = z.object({ path: z.string(), text: z.string() })
export const Diagnostic = z.object({
  file: z.string(),
  line: z.number().int(),
  column: z.number().int(),
  endLine: z.number().int().optional(),
  endColumn: z.number().int().optional(),
  severity: z.enum(['error', 'warning', 'hint']),
  code: z.string(),
  message: z.string(),
  params: z.record(z.string(), z.json()).optional().describe('for the sentence of `code` in another language'),
})
export const CheckAnswer = z.object({ ok: z.boolean().describe('no errors'), diagnostics: z.array(Diagnostic) })

export const AgentBody = z.strictObject({ projectId: id('project_…'), name: z.string().min(1).max(64) })
const ProgramError = z.object({
  name: z.string(),
  message: z.string(),
  code: z.string(),
  params: z.record(z.string(), z.json()).optional().describe('for the sentence of `code` in another language'),
  file: z.string().optional(),
  line: z.number().optional(),
  column: z.number().optional(),
  stack: z.string().optional(),
})
export const Agent = z.object({
  id: id('agent_…'),
  name: z.string(),
  owner: z.string(),
  projectId: z.string(),
  status: z.enum(['stopped', 'running', 'resting', 'paused', 'frozen', 'moved']),
  node: z.string(),
  epoch: z.number().int(),
  place: z.string().optional(),
  placeName: localized.optional(),
  fuel: z.object({ used: z.number(), limit: z.number() }),
  memory: z.json(),
  error: ProgramError.optional(),
  rolledBack: ProgramError.optional().describe('why the newest code was taken back: it failed in its first turns'),
  marks: z
    .array(z.object({ place: z.string(), glyph: z.string(), note: z.string() }))
    .optional()
    .describe('drawn by it on the map of its owner'),
  held: z.boolean().optional().describe('paused by its author, in the middle of what it was at'),
  asleep: z.boolean().optional().describe('idle and put by; it wakes for what it listens to and waits for'),
  journal: z
    .object({ turns: z.number(), maxTurns: z.number(), inputs: z.number(), maxInputs: z.number() })
    .optional()
    .describe('when it is full, `main` begins anew, with its memory'),
})
export type Agent = z.infer<typeof Agent>
export const AgentList = z.object({ agents: z.array(Agent) })
export const AgentLog = z.object({
  entries: z.array(
    z.object({
      id: z.number().int(),
      tick: z.number().int(),
      level: z.enum(['log', 'warn', 'error', 'system']),
      text: z.string(),
    }),
  ),
  next: z.number().int().describe('hand this in as `after` next time'),
})
export const AgentApi = z.object({
  actions: z.array(z.object({ action: z.string(), ticks: z.number(), fuel: z.number(), text: z.string() })),
  fuel: z.object({
    perTick: z.number().describe('given at each tide'),
    burst: z.number().describe('the most that can be saved up, and that one turn can use'),
    prices: z.record(z.string(), z.number()).describe("of what the author's own lines do"),
  }),
  tickMs: z.number(),
})
/** A stretch of an agent's life: hand program, memory and turns to a sandbox and it is lived again, the same. */
export const AgentReplay = z.object({
  self: z.object({ id: z.string(), name: z.string(), owner: z.string(), place: z.string() }),
  program: z.object({ hash: z.string(), entry: z.string(), sources: files }),
  limits: z.object({
    fuelPerTurn: z.number(),
    fuelBurst: z.number(),
    memoryMb: z.number(),
    maxMemoryBytes: z.number(),
  }),
  memory: z.string().describe('JSON of `me.memory` when the stretch begins'),
  checkpointTick: z.number().int(),
  turns: z
    .array(
      z.object({
        agent: z.string(),
        tick: z.number().int(),
        seed: z.number(),
        inputs: z.array(z.json()),
        skipMemory: z.literal(true).optional(),
      }),
    )
    .describe('a page of it, oldest first; ask on with `from` = the last tick plus one'),
  end: z
    .object({
      tick: z.number().int(),
      memory: z.string(),
      fuelUsed: z.number().optional(),
      error: ProgramError.optional(),
    })
    .describe('what it had come to at that tick'),
})
export type AgentReplay = z.infer<typeof AgentReplay>

export const MigrateBody = z.strictObject({ node: z.string().min(1).max(100).describe('a name, an id, or `home`') })
export const EvalBody = z.strictObject({ source: z.string().min(1).max(AGENT_EVAL_MAX_CHARS) })
export const EvalAnswer = z.object({
  ok: z.boolean(),
  text: z.string().optional().describe('the value as text'),
  error: ProgramError.optional(),
  pending: z.boolean().optional().describe('it still waits for something; the log will tell'),
})
export type EvalAnswer = z.infer<typeof EvalAnswer>

/** What of a recording the node is asked to make ready for a replay in the page. */
export const ReplayBody = z.strictObject({
  self: z.object({
    id: z.string().max(128),
    name: z.string().max(64),
    owner: z.string().max(128),
    place: z.string().max(128),
  }),
  sources: files,
  lines: z
    .array(z.string().max(AGENT_EVAL_MAX_CHARS))
    .max(AGENT_EVALS_REPLAYED_MAX)
    .optional()
    .describe('of its console'),
  memory: z.string(),
  limits: z.object({
    fuelPerTurn: z.number().int().min(0),
    fuelBurst: z.number().int().min(0),
    memoryMb: z.number().min(0),
    maxMemoryBytes: z.number().int().min(0),
  }),
})
const ReplayPoint = z.object({
  file: z.string(),
  line: z.number().int(),
  column: z.number().int(),
  endLine: z.number().int(),
  what: z.enum(['line', 'await']),
  names: z.array(z.string()).describe('variables in sight, the nearest first'),
})
/** The program with hooks, and all else that `/replay/frame.html` is handed. */
export const ReplayPlan = z.object({
  hash: z.string().describe('of the program without hooks: what a recording names'),
  program: z.object({ entry: z.string(), modules: z.record(z.string(), z.string()) }),
  points: z.array(ReplayPoint).describe('what the numbers in the hooks mean'),
  init: z.string(),
  exports: z.array(z.string()),
  lines: z.record(z.string(), z.string()),
  limits: z.object({
    fuelPerTurn: z.number(),
    fuelBurst: z.number(),
    steps: z.number().int(),
    values: z.number().int(),
  }),
})
export type ReplayPlan = z.infer<typeof ReplayPlan>
export const ReplayAnswer = z.object({
  plan: ReplayPlan.optional(),
  diagnostics: z.array(Diagnostic).describe('why there is no plan'),
})

// --- credits -----------------------------------------------------------------------------------------------------------
export const Transfer = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  amountMicro: micro,
  kind: z
    .enum(ENTRY_KINDS)
    .describe('`pending` sets the amount aside; `post` moves what was, `void` and `expire` give it back'),
  code: z.enum(ENTRY_CODES),
  memo: z.string().optional(),
  index: z.number().int(),
  atMs,
  pendingId: z.string().optional().describe('what a `post`, `void` or `expire` ends'),
  expiresAtMs: atMs.optional(),
})
export type Transfer = z.infer<typeof Transfer>
export const LedgerAccount = z.object({
  account: z.string().describe('`player:<id>` and the like'),
  balanceMicro: micro,
  availableMicro: micro.describe('the balance less what is set aside'),
  setAsideMicro: micro.describe('promised to others and not yet paid'),
  comingMicro: micro.describe('promised by others and not yet paid'),
  frozen: z.boolean(),
  statement: z.array(Transfer).describe('newest first; ask on with `before` = the last index'),
  next: z.number().int().optional().describe('`before` of the next page, while there is one'),
})
export type LedgerAccount = z.infer<typeof LedgerAccount>
export const TransferBody = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(HTTP_TRANSFER_ID_MAX_CHARS)
    .describe('made by the caller and kept before sending; sending again changes nothing'),
  to: id('account, `player:<id>`'),
  amountMicro: amount,
  memo: z.string().max(200).optional(),
})
export const TransferAnswer = z.object({ status: z.enum(['created', 'exists']), transfer: Transfer })
export const FreezeBody = z.strictObject({
  id: id('made by the caller'),
  frozen: z.boolean(),
  reason: z.string().min(1).max(200),
})
export const Supply = z.object({
  atMs,
  entries: z.number().int(),
  totals: z
    .array(
      z.object({
        code: z.enum(ENTRY_CODES),
        way: z.enum(['minted', 'returned', 'burnt', 'moved', 'inside']),
        entries: z.number().int(),
        amountMicro: micro,
      }),
    )
    .describe('everything that ever moved'),
  mintedMicro: micro,
  returnedMicro: micro,
  burntMicro: micro,
  outstandingMicro: micro.describe('minted, less returned, less burnt'),
  heldMicro: micro.describe('the balances of all who hold credits: the same number'),
  pendingMicro: micro.describe('the part of it that is set aside'),
  mintedTodayMicro: micro,
  limits: z.object({ accountDayMicro: micro, dayMicro: micro }).describe('the most that is issued in a day (UTC)'),
})
export type Supply = z.infer<typeof Supply>
const trustSum = z.object({ count: z.number().int(), countedMicro: micro, creditMicro: micro })
export const TrustAnswer = z.object({
  owner: z.string(),
  atMs,
  figures: z.array(
    z.object({ kind: z.string(), scorePermille: z.number().int(), right: trustSum, wrong: trustSum, late: trustSum }),
  ),
  credit: z.object({
    limitMicro: micro.describe('with all creditors together'),
    owedMicro: micro.describe('defaulted and not repaid: no credit until it is'),
    availableMicro: micro,
    towards: z
      .array(z.object({ creditor: z.string(), limitMicro: micro }))
      .describe('with each of those it worked for'),
  }),
  outcomes: z
    .array(
      z.object({
        id: z.string(),
        kind: z.string(),
        result: z.enum(['right', 'wrong', 'late']),
        counterparty: z.string(),
        valueMicro: micro,
        feeMicro: micro,
        countedMicro: micro,
        creditMicro: micro,
        evidence: z.string(),
        atMs,
      }),
    )
    .describe('why: the last outcomes, and what counted of each'),
})
export type TrustAnswer = z.infer<typeof TrustAnswer>
const signed = z
  .strictObject({ body: z.base64url().max(2000), key: z.base64url().max(64), sig: z.base64url().max(128) })
  .describe('a signed object of the network, each part in base64url')
export const RedeemBody = z.strictObject({
  iou: signed.describe('the promise, by the debtor'),
  redemption: signed.describe('how much of it is asked for, by the creditor'),
})
export const RedeemAnswer = z.object({
  id: z.string(),
  state: z.enum(['accepted', 'redeemed', 'defaulted', 'repaid']),
  amountMicro: micro,
})

// --- standing ------------------------------------------------------------------------------------------------------------
const reason = z.string().min(1).max(500)
const forMs = z
  .number()
  .int()
  .positive()
  .max(10 * 365 * 86_400_000)
  .optional()
  .describe('absent: for good')
export const SanctionBody = z.strictObject({ target: id('player_…'), reason, forMs })
export const KickBody = z.strictObject({ target: id('player_…'), reason })
export const LiftBody = z.strictObject({ target: id('player_…'), kind: z.enum(['mute', 'ban']) })
export const RolesBody = z.strictObject({ target: id('player_…'), roles: z.array(role).min(1).max(ROLES.length) })
export const ReportBody = z.strictObject({
  target: id('player_…').optional(),
  text: z.string().min(1).max(2000),
  context: z.array(z.string().max(500)).max(20).default([]),
})
export const ReportAnswer = z.object({ id: z.string() })
export const CloseReportBody = z.strictObject({ note: z.string().min(1).max(500) })
export const BlockBody = z.strictObject({ target: id('player_…'), on: z.boolean() })
export const ReportList = z.object({
  reports: z.array(
    z.object({
      id: z.string(),
      by: z.string(),
      target: z.string().optional(),
      text: z.string(),
      context: z.array(z.string()),
      atMs,
    }),
  ),
})
export const SanctionList = z.object({
  sanctions: z.array(z.object({ kind: z.enum(['mute', 'ban']), reason: z.string(), untilMs: z.number().optional() })),
})
export const Done = z.object({ ok: z.literal(true) })
export const Health = z.object({
  status: z.enum(['ok', 'unavailable']),
  checks: z.record(z.string(), z.json()).optional(),
})

// --- parameters -----------------------------------------------------------------------------------------------------
const whole = z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER)
export const AfterQuery = z.object({ after: whole.default(0) })
export const ReplayQuery = z
  .object({ from: whole.default(0), to: whole.default(Number.MAX_SAFE_INTEGER) })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'must not be below `from`' })
export const StatementQuery = z.object({
  before: whole.optional(),
  limit: z.coerce.number().int().min(1).max(HTTP_PAGE_MAX).optional(),
})
export const ReportsQuery = z.object({
  state: z.enum(['open', 'closed']).default('open'),
  after: z.string().max(128).optional(),
})
export const ReconnectBody = z.object({ reconnectionToken: z.string().min(1).max(64) })
export const OpenApi = z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.looseObject({})) })
