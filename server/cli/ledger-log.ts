/** `academy ledger receipt|verify|audit|new-log`: the transparency log from the command line. Verifying needs no node. */
import { readFile, writeFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { auditLog } from '../ledger/log/auditor.ts'
import { httpSource } from '../ledger/log/http-source.ts'
import { logDirOf, renewIdentity } from '../ledger/log/identity.ts'
import { TLOG_FETCH_TIMEOUT_MS } from '../limits.ts'
import { NotRunning } from '../ops/control.ts'
import { message } from '../protocol/text/index.ts'
import { LogCheckpoint } from '../protocol/tlog/api.ts'
import type { Policy } from '../protocol/tlog/policy.ts'
import { parseReceipt, type ReceiptVerdict, verifyReceipt } from '../protocol/tlog/receipt.ts'
import { askNode, onNode } from './ask-node.ts'
import { configOf, type DataOption } from './environment.ts'
import { finish, json, say } from './print.ts'

export function addLedgerLogCommands(ledger: Command): void {
  // `academy ledger` has the same option; whichever it was given to counts.
  const data = (own: DataOption): DataOption => ({ data: own.data ?? ledger.opts<DataOption>().data })

  onNode(ledger, 'receipt', 'the receipt of a transfer: its entry, its proof, and the witnessed checkpoint; JSON')
    .argument('<id>', 'id of the transfer, or with --by the one that the person chose')
    .option('--by <name>', 'who sent it')
    .option('--out <file>', 'write it there')
    .action(async (id: string, options: DataOption & { out?: string; by?: string }) => {
      const { by, out } = options
      const receipt = await askNode(data(options), 'ledger-receipt', { id, by })
      if (out === undefined) return json(receipt)
      await writeFile(out, `${JSON.stringify(receipt, null, 2)}\n`)
      say(out)
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

  onNode(
    ledger,
    'audit',
    'replay the whole log: every leaf, tile and signature, and the entries by the rules of the ledger',
  )
    .option('--url <url>', 'read the log of that node over HTTP instead')
    .option('--key <vkey>', "the log's key as you know it, with --url")
    .action(async ({ url, key, ...options }: DataOption & { url?: string; key?: string }) => {
      if (url === undefined) return finish(await askNode(data(options), 'audit-log'))
      const base = url.replace(/\/+$/, '')
      const policy = await policyOf(base)
      const audited = await auditLog(
        httpSource(`${base}/tlog`),
        key ? { ...policy, log: key } : policy,
        progressOf(say),
      )
      finish({ ...audited, isLogKnown: key !== undefined })
    })

  onNode(
    ledger,
    'new-log',
    'begin another log under another name, where the old one may not go on; then restart the node',
  )
    .option('--force', 'even though the log goes on')
    .action(async (options: DataOption & { force?: boolean }) => {
      try {
        json(await askNode(data(options), 'new-log', { force: options.force === true }))
      } catch (error) {
        if (!(error instanceof NotRunning)) throw error
        const { logDir, dataDir } = configOf(data(options))
        json({ origin: (await renewIdentity(logDir ?? logDirOf(dataDir))).origin })
      }
    })
}

/** Every few thousand entries a line. */
function progressOf(say: (line: string) => void): (done: number, of: number) => void {
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
  const url = `${base}/api/v1/ledger/checkpoint`
  const answer = await fetch(url, { signal: AbortSignal.timeout(TLOG_FETCH_TIMEOUT_MS) }).catch((cause: unknown) => {
    throw new NoLog(`${base} cannot be reached. Is it the address of a node's pages?`, { cause })
  })
  if (!answer.ok) throw new NoLog(`${base} shows no log: it answers ${answer.status}.`)
  const shown = LogCheckpoint.safeParse(await answer.json().catch(() => undefined))
  if (!shown.success) throw new NoLog(`${base} answers, and not as a node with a log does.`)
  return shown.data.policy
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
