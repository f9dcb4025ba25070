/** The compute market of a node: its worker, its hosts, its money and whom it trades with. */
import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Bundles } from '../bundles/types.ts'
import type { JobModels } from '../inference/types.ts'
import { createAbroadEscrow } from '../jobs/abroad/abroad.ts'
import { createDoorClient } from '../jobs/abroad/door-client.ts'
import { createEscrow, createMoney } from '../jobs/escrow.ts'
import { createJobs } from '../jobs/jobs.ts'
import { createPoster } from '../jobs/poster.ts'
import { defaultOffer, offerSettings } from '../jobs/settings.ts'
import { createStandings } from '../jobs/standings.ts'
import type { Jobs, OfferSettings } from '../jobs/types.ts'
import { createExecutor } from '../jobs/work/executor.ts'
import { createWorkPool } from '../jobs/work/pool.ts'
import type { Trust } from '../ledger/trust/types.ts'
import type { Ledger } from '../ledger/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { SigningKey } from '../lib/ed25519.ts'
import { JOB_FIRST_GRANT_MICRO } from '../limits.ts'
import type { NodeId, OwnerId, Wire } from '../link/types.ts'
import type { Log } from '../ops/log.ts'
import type { Json } from '../protocol/ids.ts'
import { createSandbox } from '../sandbox/pool.ts'
import type { CompileResult, SourceFiles } from '../sandbox/types.ts'
import type { Database } from '../storage/database.ts'
import { createJobStore } from '../storage/jobs.ts'
import { createSettings } from '../storage/settings.ts'

export type ComputeNeeds = {
  readonly database: Database
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: Log
  readonly compile: (files: SourceFiles) => Promise<CompileResult>
  readonly bundles?: Bundles
  readonly models?: JobModels
  readonly trust?: Pick<Trust, 'record'>
  /** Absent: this node trades with nobody but itself. */
  readonly network?: {
    readonly wire: Wire
    readonly node: NodeId
    readonly owner: OwnerId
    readonly nodeKey: SigningKey
    /** The initial node whose ledger nodes pay each other on; this one itself where it is one. */
    readonly hub: () => NodeId | undefined
    readonly isHub: boolean
  }
  /** Whose jobs are hired out to other nodes at the cost of this node's owner, on a node that is not initial. */
  readonly mayHireOthers: (asker: string) => Promise<boolean>
}

const SETTING = 'jobs.offer'
const KNOWN_MAX = 10_000

export async function assembleCompute(needs: ComputeNeeds): Promise<Jobs> {
  const { database, ledger, clock, log, compile, bundles, models, network, trust } = needs
  await using stack = new AsyncDisposableStack()
  const settings = createSettings(database)
  const kept = offerSettings.partial().safeParse(await settings.get(SETTING))
  const usual = defaultOffer(availableParallelism())
  // Kinds that came with a newer program are offered at their usual price until the host says otherwise.
  const now = { ...usual, ...kept.data, prices: { ...usual.prices, ...kept.data?.prices } } as OfferSettings
  const pool = stack.use(createWorkPool({ hosts: now.hosts }))
  const sandbox = stack.use(createSandbox({ log, clock }))
  const store = createJobStore(database)
  const tabs = stack.use(createPoster({ ledger, store }))
  await tabs.recover()
  const jobs = stack.use(
    await createJobs({
      self: identityOf(network),
      executor: createExecutor({ pool, sandbox, compile, ...(bundles && { bundles }), ...(models && { models }) }),
      store,
      ...moneyOf(needs),
      tabs,
      standings: createStandings({
        store,
        clock,
        ...(trust && network && { trust: { book: trust, payer: network.owner } }),
      }),
      settings: { now, keep: (next) => settings.set(SETTING, next as unknown as Json) },
      ...(network && { wire: network.wire }),
      ...(models && { models }),
      ...(bundles && { bundles }),
      welcome: firstGrant(ledger),
      clock,
      // Who is looked at twice must not be foreseen.
      random: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
      log,
    }),
  )
  const parts = stack.move()
  return { ...jobs, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}

/** Whoever has never had a credit is given the first ones, once: the id sees to that. */
export function firstGrant(ledger: Ledger): (account: string) => Promise<void> {
  const known = new Set<string>()
  return async (account) => {
    if (known.has(account) || !account.startsWith('player:')) return
    if (!(await ledger.account(account)))
      await ledger.transfer([
        {
          id: `grant:first-job:${account}`,
          from: 'academy:grants',
          to: account,
          amountMicro: JOB_FIRST_GRANT_MICRO,
          code: 'grant',
        },
      ])
    if (known.size >= KNOWN_MAX) known.clear()
    known.add(account)
  }
}

/** An initial node's own ledger, or two: this node's for its people, the initial node's for whom it hires and who hires it. */
function moneyOf({ ledger, network, mayHireOthers }: ComputeNeeds) {
  const here = createEscrow(ledger)
  if (!network || network.isHub) return { escrow: here, money: createMoney(ledger) }
  const door = createDoorClient(network)
  const escrow = createAbroadEscrow({
    here,
    door,
    node: `node:${network.node}`,
    owner: `owner:${network.owner}`,
  })
  const letGo = (id: string, pendingId: string) => door.submit([{ kind: 'void', id, pendingId }])
  return { escrow, money: { setAside: door.pending, letGo }, mayHireOthers }
}

function identityOf(network: ComputeNeeds['network']) {
  if (!network) return { node: 'self', owner: 'self', account: 'node:self' }
  const { node, owner, nodeKey } = network
  const sign = (commitment: string) => Buffer.from(nodeKey.sign(Buffer.from(commitment, 'hex'))).toString('hex')
  return { node, owner, account: `node:${node}`, sign }
}
