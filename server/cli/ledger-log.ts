/** `academy ledger receipt|verify|audit|new-log`: the transparency log from the command line. Verifying needs no node. */
import { readFile, writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { auditLog } from '../ledger/log/auditor.ts'
import { httpSource } from '../ledger/log/http-source.ts'
import { logDirOf, renewIdentity } from '../ledger/log/identity.ts'
import { askControl, NotRunning } from '../ops/control.ts'
import { message } from '../protocol/text/index.ts'
import type { LogCheckpoint } from '../protocol/tlog/api.ts'
import type { Policy } from '../protocol/tlog/policy.ts'
import { parseReceipt, type ReceiptVerdict, verifyReceipt } from '../protocol/tlog/receipt.ts'

type DataOptions = { readonly data?: string }
type Tools = {
  readonly dataOf: (options: DataOptions) => string
  readonly show: (value: unknown) => void
  readonly say: (line: string) => void
  /** Shows a finding; one that is not good ends the command with 1. */
  readonly finish: (finding: { readonly ok: boolean }) => void
}

export function addLedgerLogCommands(ledger: Command, { dataOf, show, say, finish }: Tools): void {
  // `academy ledger` has the same option; whichever it was given to counts.
  const data = (own: DataOptions): string => dataOf({ data: own.data ?? ledger.opts<DataOptions>().data })

  ledger
    .command('receipt')
    .description('the receipt of a transfer: its entry, its proof, and the witnessed checkpoint; JSON')
    .argument('<id>', 'id of the transfer, or with --by the one that the person chose')
    .option('--by <name>', 'who sent it')
    .option('--data <dir>', 'data directory of the node')
    .option('--out <file>', 'write it there')
    .action(async (id: string, options: DataOptions & { out?: string; by?: string }) => {
      const { by } = options
      const receipt = await askControl(data(options), 'ledger-receipt', { id, ...(by !== undefined && { by }) })
      if (options.out === undefined) return show(receipt)
      await writeFile(options.out, `${JSON.stringify(receipt, null, 2)}\n`)
      say(options.out)
    })

  ledger
    .command('verify')
    .description('check a receipt by arithmetic alone; ends with 1 when it does not hold')
    .argument('<file>', 'a receipt')
    .option('--key <vkey>', "the log's key as you know it; without it the receipt's own word is taken, and said so")
    .action(async (file: string, { key }: { key?: string }) => {
      const receipt = parseReceipt(await readFile(file, 'utf8'))
      finish(told(verifyReceipt(receipt, receipt && key ? { ...receipt.policy, log: key } : undefined)))
    })

  ledger
    .command('audit')
    .description('replay the whole log: every leaf, tile and signature, and the entries by the rules of the ledger')
    .option('--data <dir>', 'data directory of the node')
    .option('--url <url>', 'read the log of that node over HTTP instead')
    .option('--key <vkey>', "the log's key as you know it, with --url")
    .action(async ({ url, key, ...options }: DataOptions & { url?: string; key?: string }) => {
      if (url === undefined) return finish(await askControl(data(options), 'audit-log', {}, say))
      const base = url.replace(/\/+$/, '')
      const policy = await policyOf(base)
      const audited = await auditLog(
        httpSource(`${base}/tlog`),
        key ? { ...policy, log: key } : policy,
        progressOf(say),
      )
      finish({ ...audited, isLogKnown: key !== undefined } as { ok: boolean })
    })

  ledger
    .command('new-log')
    .description('begin another log under another name, where the old one may not go on; then restart the node')
    .option('--data <dir>', 'data directory of the node')
    .option('--force', 'even though the log goes on')
    .action(async (options: DataOptions & { force?: boolean }) => {
      const dir = data(options)
      try {
        show(await askControl(dir, 'new-log', { force: options.force === true }))
      } catch (error) {
        if (!(error instanceof NotRunning)) throw error
        show({ origin: (await renewIdentity(process.env.ACADEMY_LOG_DIR ?? logDirOf(dir))).origin })
      }
    })
}

/** Every few thousand entries a line. */
export function progressOf(say: (line: string) => void): (done: number, of: number) => void {
  let said = 0
  return (done, of) => {
    if (done - said < 10_000) return
    said = done
    say(`${done} of ${of} entries`)
  }
}

class NoLog extends Error {
  readonly code = 'no_log'
}

async function policyOf(base: string): Promise<Policy> {
  const answer = await fetch(`${base}/api/v1/ledger/checkpoint`).catch((cause: unknown) => {
    throw new NoLog(`${base} cannot be reached.`, { cause })
  })
  if (!answer.ok) throw new NoLog(`${base} shows no log: it answers ${answer.status}.`)
  return ((await answer.json()) as LogCheckpoint).policy
}

function told(verdict: ReceiptVerdict) {
  if (!verdict.ok) {
    const { reason, have = 0, need = 0 } = verdict
    return { ok: false, reason, why: message('en', `credits.receipt.flaw.${reason}`, { have, need }) }
  }
  const { entry, checkpoint, seenBy, isLogKnown, policy } = verdict
  return {
    ok: true,
    entry: { ...entry, amountMicro: String(entry.amountMicro) },
    log: policy.log,
    isLogKnown,
    size: checkpoint.size,
    seenBy: seenBy.map(({ name, owner, atS }) => ({ name, owner, at: new Date(atS * 1000).toISOString() })),
    quorum: policy.quorum,
  }
}
