/** The parts list: built in order, closed in reverse. Parts meet only here. */
import { randomInt } from 'node:crypto'
import { join, resolve } from 'node:path'
import { createAccounts } from './accounts/accounts.ts'
import { loadKeySecret } from './accounts/key-secret.ts'
import { personCalled } from './accounts/person-called.ts'
import type { Accounts } from './accounts/types.ts'
import { createAgents } from './agents/agents.ts'
import { createProjects } from './agents/projects.ts'
import { holds } from './agents/simulation/holds.ts'
import { worldVoice } from './agents/voice.ts'
import { createWorldScripts } from './agents/world-scripts.ts'
import { assembleCompute } from './assembly/compute.ts'
import { assembleCredit } from './assembly/credit.ts'
import { createDoorstep, tellFrom } from './assembly/doorstep.ts'
import { ContentError, type Ground } from './assembly/ground.ts'
import { assembleInference } from './assembly/inference.ts'
import { assembleLibrary, openWorld } from './assembly/library.ts'
import { assembleMentor } from './assembly/mentor.ts'
import { loadNetwork, openNetwork } from './assembly/network.ts'
import { createNetworkControl } from './assembly/network-control.ts'
import { assembleTlog } from './assembly/tlog.ts'
import { assembleTravel, type NodeTravel } from './assembly/travel.ts'
import { assembleVisits, preferencesOfPeople, withVisitors } from './assembly/visits.ts'
import type { Workshop, WorkshopParts } from './author/workshop.ts'
import { agentInput, runCommand } from './commands/index.ts'
import { type Config, ConfigError, isOwnMachine, networkSettings } from './config.ts'
import { createGateway } from './gateway/gateway.ts'
import type { Gateway } from './gateway/types.ts'
import { createAgentCompute } from './jobs/agent-compute.ts'
import { serveCredits } from './ledger/door/door.ts'
import { createExpiry } from './ledger/expiry.ts'
import { createLedger } from './ledger/ledger.ts'
import { createLessons } from './lessons/lessons.ts'
import { createTrial } from './lessons/trial.ts'
import { systemClock } from './lib/clock.ts'
import type { LibraryService } from './library/library.ts'
import type { WorldItems } from './library/world-items.ts'
import type { Log } from './ops/log.ts'
import type { LogRing } from './ops/log-ring.ts'
import { createMetrics } from './ops/metrics.ts'
import { type PlaceId, type PlayerId, type ProjectId, ROLES, type Role } from './protocol/ids.ts'
import { createRooms } from './rooms/rooms.ts'
import { createSweeper } from './rooms/sweeper.ts'
import { compile } from './sandbox/compile.ts'
import { createCompiler } from './sandbox/compiler.ts'
import { createSandbox } from './sandbox/pool.ts'
import { createReplays } from './sandbox/trace/replays.ts'
import { createAccountStore } from './storage/accounts.ts'
import { createAgentStore } from './storage/agents.ts'
import { backup } from './storage/backup.ts'
import { openDatabase } from './storage/database.ts'
import { createJournal } from './storage/journal.ts'
import { createLedgerStore } from './storage/ledger.ts'
import { createLessonStore } from './storage/lessons.ts'
import { createPreferencesStore } from './storage/preferences.ts'
import { createProjectStore } from './storage/projects.ts'
import { inspectBackup, restore } from './storage/restore.ts'
import { createTerminal } from './terminal/index.ts'
import { VERSION } from './version.ts'
import type { RunningVisits } from './visits/visits.ts'
import { formatProblem, loadWorld } from './world/index.ts'

export type AppOptions = {
  readonly config: Config
  /** Closed with the app. */
  readonly ground: Ground
  readonly log: Log
  /** Newest log lines of the network, for the operator's page. */
  readonly ring: LogRing
  /** For a node on the author's own machine only: lets the author in as themselves and keeps a folder in step. */
  readonly workshop?: (parts: WorkshopParts) => Promise<Workshop>
  /** A backup to put into the database before anything reads it. */
  readonly restore?: { readonly file: string; readonly progress: (line: string) => void }
}
export type App = Awaited<ReturnType<typeof createApp>>

const root = resolve(import.meta.dirname, '..')

/** The world as its own files and what is installed in it make it. */
async function withItems(dir: string, items: WorldItems) {
  const built = await items.build()
  if (built.ok) return built.world
  throw new ContentError(
    `The world in ${dir} cannot be used:\n${built.problems.map((each) => `  ${each}`).join('\n')}`,
  )
}

/** A new password for somebody who has forgotten theirs. Throws, in words, when there is nobody to give it to. */
async function resetPassword(accounts: Pick<Accounts, 'findByName' | 'resetPassword'>, name: string) {
  const person = await personCalled(accounts, name)
  if (person.guest) throw new Error(`${person.name} is a guest and has no password; guests come in without one.`)
  return accounts.resetPassword(person.name)
}

/** What a backup holds, in a line; throws when it is damaged or not one. */
export async function describeBackup(file: string): Promise<string> {
  const { createdAtMs, tables } = await inspectBackup(file)
  return `a backup of ${new Date(createdAtMs).toISOString()} with ${tables.Person ?? 0} people`
}

export async function createApp({ config, ground, log, ring, restore: wanted, workshop: openWorkshop }: AppOptions) {
  await using stack = new AsyncDisposableStack()
  stack.use(ground)
  if (openWorkshop && !(config.role === 'local' && isOwnMachine(config.host)))
    throw new ConfigError(['a sandbox listens on this machine alone, with the role local'])
  const startedAtMs = Date.now()
  const clock = systemClock
  const metrics = stack.use(createMetrics({ version: VERSION }))
  if (config.redisUrl !== undefined)
    log.warn(
      'REDIS_URL is set and not used: a world still runs in one process. Take it away, or start one node for each world.',
    )

  const { world: ownWorld, course } = ground
  loadNetwork(config).catch(() => {})
  const database = stack.use(
    await openDatabase({
      url: config.databaseUrl,
      engine: await ground.embedded,
      log: log.child({ part: 'storage' }),
    }),
  )
  if (wanted) {
    wanted.progress('putting the backup into the database')
    await restore(database, wanted.file, { force: true })
  }

  let busy = () => ({ people: 0, agents: 0 })
  const openingNetwork = openNetwork({
    config,
    database,
    clock,
    log: log.child({ part: 'network' }),
    zones: [...ownWorld.zones.keys()],
    busy: () => busy(),
  })
  openingNetwork.catch(() => {})
  stack.defer(async () => (await openingNetwork.catch(() => undefined))?.[Symbol.asyncDispose]())

  const worldItems = await openWorld({ config, database, clock, log: log.child({ part: 'library' }) })
  const world = worldItems.list().length === 0 ? ownWorld : await withItems(config.world, worldItems)

  const keySecret = await loadKeySecret(join(config.dataDir, 'key-secret'))
  const issuer = config.publicUrl ?? 'academy'
  const people = createAccountStore(database)
  const accounts = stack.use(
    await createAccounts(
      { store: people, clock, log: log.child({ part: 'accounts' }) },
      { issuer, audience: issuer, keySecret, isShared: database.kind === 'postgres' },
    ),
  )
  const ledger = createLedger({ store: createLedgerStore(database), clock })
  stack.use(createExpiry({ ledger, log: log.child({ part: 'ledger' }) }))
  const credit = stack.use(await assembleCredit({ database, ledger, clock, log: log.child({ part: 'ledger' }) }))
  const { tlog, ...transparency } = stack.use(
    await assembleTlog({ database, ledger, clock, log: log.child({ part: 'log' }) }, config),
  )
  const models = stack.use(
    await assembleInference(
      { database, ledger, accounts, keySecret, clock, log: log.child({ part: 'inference' }) },
      config,
    ),
  )
  const sandbox = stack.use(createSandbox({ log: log.child({ part: 'sandbox' }), clock }))
  let livingWorld = () => world
  const script = createWorldScripts({
    world: () => livingWorld(),
    sandbox,
    compile,
    log: log.child({ part: 'scripts' }),
  })
  /** Who was away when an earlier run ended waits until it is known how to bring them home. */
  const visitsReady = Promise.withResolvers<RunningVisits | undefined>()
  visitsReady.promise.catch(() => {})
  const zones = stack.use(
    await createRooms({
      world,
      journal: createJournal(database),
      run: runCommand,
      log: log.child({ part: 'rooms' }),
      settle: {
        ledger,
        script,
        ...(models.speaker && { speech: models.speaker(() => livingWorld()) }),
        portal: async (request, about) =>
          (await visitsReady.promise)?.portal(request, about) ?? { ok: false, code: 'portal_nowhere' },
      },
      mayHear: (listener, speaker) => !accounts.moderation.isBlocked(listener, speaker as PlayerId),
    }),
  )
  stack.defer(() => visitsReady.reject(new Error('the node closes')))
  livingWorld = zones.world
  worldItems.onReload((next) => zones.reload(next))
  stack.use(createSweeper({ rooms: zones, person: people.person, clock, log: log.child({ part: 'rooms' }) }))

  // Authors' scripts are trusted not to hurt the parser; learners' programs are read in a worker that may die of them.
  const compiler = stack.use(createCompiler())
  const projects = createProjects({
    store: createProjectStore(database),
    clock,
    compile: compiler.compile,
    template: (name, locale) => course.lessons.find((lesson) => lesson.slug === name)?.code[locale].starter,
  })
  const placeName = (place: PlaceId) => zones.world().places.get(place)?.name
  const agentsLog = log.child({ part: 'agents' })
  let travel: NodeTravel | undefined
  let shelves: LibraryService | undefined
  /** What agents of an earlier run ask the market for waits until it is there. */
  const market = Promise.withResolvers<ReturnType<typeof createAgentCompute>>()
  const agents = stack.use(
    createAgents({
      store: createAgentStore(database),
      projects: { sources: sourcesToRun },
      sandbox,
      compile: compiler.compile,
      zones,
      voice: worldVoice,
      commandInput: agentInput,
      people: accounts,
      moderation: accounts.moderation,
      placeName,
      clock,
      log: agentsLog,
      seed: () => randomInt(2 ** 32),
      guestProjects: createProjectStore(database),
      version: `${VERSION} v8 ${process.versions.v8}`,
      mayRun: (id) => travel?.mayRun(id) ?? true,
      mayAct: (id, epoch) => travel?.mayAct(id, epoch) ?? true,
      awayState: async (id, logAfter) => travel?.seen(id, logAfter),
      hop: async (id, node) => {
        const left = await travel?.migrate(id, node)
        return left?.ok ? undefined : (left?.refusal ?? { code: 'no_such_node', params: { name: node } })
      },
      ask: models.agentAsk,
      compute: async (asked) => (await market.promise)(asked),
      tellAcross: tellFrom(() => openingNetwork.catch(() => undefined), zones),
      node: config.name,
    }),
  )

  const workshop = openWorkshop && stack.use(await openWorkshop({ accounts, projects, agents }))

  const lessons = createLessons({
    course,
    store: createLessonStore(database),
    ledger,
    clock,
    log: log.child({ part: 'lessons' }),
    mark: (player, flags) => zones.change(player, { flags }),
    trial: createTrial(() => ({
      world: zones.world(),
      run: runCommand,
      sandbox,
      script,
      compile: compiler.compile,
      voice: worldVoice,
      commandInput: agentInput,
      log: agentsLog,
    })),
    holds,
    placeName,
  })
  stack.defer(() => lessons.settle())
  stack.defer(zones.onTurn((turn, view) => lessons.observe(turn, view)))
  stack.defer(
    zones.onTurn(({ zone, outcomes }) => {
      metrics.turns.inc({ zone })
      metrics.inputs.inc({ zone }, outcomes.length)
    }),
  )
  await lessons.settle()
  for (const { id, kind } of zones.awake()) if (kind === 'player') await lessons.open(id as PlayerId)
  const network = await openingNetwork
  travel = stack.use(
    await assembleTravel({
      config,
      database,
      network,
      agents,
      clock,
      log: log.child({ part: 'travel' }),
      mayShare: async (caller, { cid, kind }) =>
        kind === 'item' || (await shelves?.workspaces.mayServe(caller, cid)) === true,
    }),
  )
  await agents.resume()
  await travel.recover()

  /** What an agent is about to run; checks on how it is written are made then. */
  async function sourcesToRun(owner: PlayerId, projectId: ProjectId) {
    const sources = await projects.sources(owner, projectId)
    if (sources.ok) await lessons.programStarted(owner, sources.value)
    return sources
  }

  async function checkWorld() {
    const loaded = await loadWorld(config.world)
    return { ok: loaded.ok, problems: loaded.ok ? [] : loaded.problems.map(formatProblem) }
  }

  async function reloadWorld() {
    const built = await worldItems.readAgain()
    return { ok: built.ok, problems: built.ok ? [] : [...built.problems] }
  }

  const { library, workspaces } = stack.use(
    (shelves = await assembleLibrary({
      config,
      database,
      network,
      bundles: travel.bundles,
      worldItems,
      projects: workshop?.projects ?? projects,
      compile: compiler.compile,
      clock,
      log: log.child({ part: 'library' }),
    })),
  )

  const jobs = stack.use(
    await assembleCompute({
      database,
      ledger,
      clock,
      log: log.child({ part: 'jobs' }),
      compile: compiler.compile,
      bundles: travel.bundles,
      models: models.jobModels,
      trust: credit.trust,
      ...(network && {
        network: {
          wire: network.link,
          ...network.identity,
          hub: () => network.hubs()[0],
          isHub: config.role === 'initial',
        },
      }),
      mayHireOthers: async (asker) => (await accounts.person(asker))?.roles.includes('admin') ?? false,
    }),
  )
  market.resolve(createAgentCompute(jobs))

  const mentor = stack.use(
    assembleMentor({
      database,
      ...models,
      moderation: accounts.moderation,
      lessons,
      projects: workshop?.projects ?? projects,
      agents,
      world: zones.world,
      clock,
      log: log.child({ part: 'mentor' }),
    }),
  )

  const visits: RunningVisits | undefined =
    network &&
    stack.use(
      await assembleVisits({
        config,
        network,
        zones,
        accounts,
        tell: (id, key, params, data) => void terminal.tell(id, key, params, data),
        isConnected: (id): boolean => gateway.connections(id) > 0,
        clock,
        log: log.child({ part: 'visits' }),
      }),
    )
  visitsReady.resolve(visits)
  const everybody = visits ? withVisitors(accounts, visits) : accounts

  const terminal = stack.use(
    createTerminal(
      {
        zones,
        accounts: everybody,
        lessons,
        mentor,
        ledger,
        trust: credit.trust,
        network,
        jobs,
        tlog,
        agents,
        projects: workshop?.projects ?? projects,
        library,
        workspaces,
        visits,
        preferences: preferencesOfPeople(createPreferencesStore(database)),
        clock,
        node: { name: config.name, role: config.role, version: VERSION, startedAtMs },
        reloadWorld,
        checkWorld,
        report: (error, where) => log.error({ err: error, where }, 'a terminal failed at something'),
      },
      { changesPerSecond: config.lineRate, changesBurst: config.lineRate * 2 },
    ),
  )

  network?.messages.openDoor(
    createDoorstep({
      network,
      zones,
      accounts,
      terminal,
      agents,
      movedTo: async (id) => travel?.movedTo(id),
      ...(travel.fence && { fence: travel.fence }),
      ...(visits && { isVisiting: (id: PlayerId) => visits.away(id) !== undefined }),
    }),
  )

  const gateway: Gateway = stack.use(
    createGateway({
      config: {
        port: config.port,
        host: config.host,
        publicUrl: config.publicUrl,
        trustProxy: config.trustProxy,
        clientDir: join(root, 'dist/client'),
        ownMachineOnly: workshop !== undefined,
        node: { name: config.name, role: config.role, version: VERSION },
      },
      accounts: workshop?.accounts ?? everybody,
      zones,
      visits,
      terminal,
      agents,
      projects: workshop?.projects ?? projects,
      library,
      workspaces,
      ledger,
      credit,
      tlog,
      witness: transparency.witness,
      jobs,
      lessons,
      mentor,
      models,
      replays: createReplays({ compile: compiler.compile }),
      network,
      operator: { log: ring.recent, settings: () => networkSettings(config) },
      ops: {
        live: () => ({ ok: true }),
        ready: async () => {
          const notReady = zones.list().flatMap((zone) => (zone.ready ? [] : [zone.id]))
          const canWrite = await database.canWrite()
          const posts = tlog.mayPost()
          const checks = { zones: notReady, writes: canWrite, log: posts.ok ? 'running' : posts.code }
          return { ok: canWrite && notReady.length === 0, checks }
        },
        metrics: async () => ({ contentType: metrics.contentType, text: await metrics.text() }),
        observeRequest: (route, status, seconds) =>
          metrics.httpSeconds.observe({ route, status: `${Math.floor(status / 100)}xx` }, seconds),
        observeLine: (outcome) => metrics.lines.inc({ outcome }),
      },
      log: log.child({ part: 'gateway' }),
    }),
  )
  busy = () => ({
    people: zones.awake().filter(({ kind }) => kind === 'player').length,
    agents: agents.running(),
  })
  metrics.observe({
    connectedTerminals: () => gateway.terminals(),
    awakeCharacters: () => zones.awake().length,
    runningAgents: () => agents.running(),
    sandboxHosts: () => sandbox.stats().hosts,
    logLeaves: () => tlog.status().signedSize,
    logWitnessedLeaves: () => tlog.status().cosignedSize,
    logStopped: () => (tlog.mayPost().ok ? 0 : 1),
  })
  if (network) stack.use(transparency.join(network.link, network.identity.owner))
  if (network && config.role === 'initial') serveCredits(network.link, { ledger, ious: credit.ious })
  if (network) stack.use(models.join(network, credit.trust))
  const url = await gateway.listen()
  await workshop?.open()
  const parts = stack.move()

  return {
    url,
    status: () => ({
      state: 'running',
      url,
      name: config.name,
      role: config.role,
      version: VERSION,
      upSinceMs: startedAtMs,
      database: database.kind,
      terminals: gateway.terminals(),
      awake: zones.awake().length,
      zones: zones.list(),
      log: tlog.status(),
    }),
    async backup(file: string, progress: (line: string) => void) {
      progress(`writing ${file}`)
      return backup(database, file, clock.now())
    },
    async setRole(name: string, role: string, remove: boolean) {
      if (!ROLES.includes(role as Role)) throw new Error(`There is no role ${role}.`)
      const person = await personCalled(accounts, name)
      const roles = ROLES.filter((one) => (one === role ? !remove : person.roles.includes(one)))
      const {
        id,
        name: known,
        roles: now,
      } = await accounts.setRoles(person.id, roles, 'node', { address: 'local', requestId: 'control' })
      return { id, name: known, roles: now }
    },
    resetPassword: (name: string) => resetPassword(accounts, name),
    async verifyAudit() {
      const found = await accounts.audit.verify()
      return { ok: found.broken === undefined, ...found }
    },
    async auditLedger() {
      const found = await ledger.audit()
      return { ok: found.problems.length === 0, ...found }
    },
    auditLog: (progress: (line: string) => void) => transparency.audit(progress),
    async receipt(id: string, by?: string) {
      const person = by === undefined ? undefined : await personCalled(accounts, by)
      return transparency.receipt(id, person?.id)
    },
    newLog: (force: boolean) => transparency.newLog(force),
    models: models.control,
    network: createNetworkControl(network, credit.trust),
    reloadWorld,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}
