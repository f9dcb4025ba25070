/** `academy iou make|check|claim`: promises to pay between owners. None of it needs a node that runs, or a network. */
import { randomBytes } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { claimFile, iouFile, readIou } from '../ledger/iou/file.ts'
import { type Held, iouId, makeIou, makeRedemption, mayTake, openIou } from '../ledger/iou/iou.ts'
import { loadIdentity } from '../link/identity.ts'
import { wholeNumber } from './arguments.ts'
import { configOf, type DataOption } from './environment.ts'
import { finish, say } from './print.ts'

/** What `GET /api/v1/trust/:owner` answered, kept while the ledger could be reached. */
type KeptTrust = {
  readonly credit: {
    readonly owedMicro: string
    readonly towards: readonly { readonly creditor: string; readonly limitMicro: string }[]
  }
}

class IouFileError extends Error {
  readonly code = 'bad_iou_file'
}

const DAY_MS = 86_400_000
const identity = (options: DataOption) => {
  const { dataDir, ownerKey } = configOf(options)
  return loadIdentity(dataDir, Date.now(), ownerKey)
}
const credits = (text: string): bigint => {
  const match = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text)
  const micro = match ? BigInt(match[1]!) * 1_000_000n + BigInt((match[2] ?? '').padEnd(6, '0')) : 0n
  if (micro <= 0n) throw new InvalidArgumentError('It must be an amount of credits, as in 2.5.')
  return micro
}
const owner = (text: string): string => {
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new InvalidArgumentError("It must be an owner's key, 64 digits and letters.")
  return text
}

export function addIouCommands(program: Command): void {
  const iou = program.command('iou').description('promises to pay between owners, made and taken without the ledger')

  iou
    .command('make')
    .description('promise to pay an owner, signed by the key of this one')
    .argument('<file>', 'where to write it')
    .requiredOption('--to <key>', "the creditor's key", owner)
    .requiredOption('--limit <credits>', 'the most that may be asked for', credits)
    .option('--days <n>', 'how long it holds', wholeNumber(1, 30), 7)
    .option('--memo <text>', 'a note')
    .option('--data <dir>', 'data directory')
    .action(
      async (file: string, options: DataOption & { to: string; limit: bigint; days: number; memo?: string }) => {
        const nowMs = Date.now()
        const terms = {
          creditor: options.to,
          limitMicro: options.limit,
          nonce: randomBytes(12).toString('hex'),
          issuedAtMs: nowMs,
          expiresAtMs: nowMs + options.days * DAY_MS,
          ...(options.memo === undefined ? {} : { memo: options.memo }),
        }
        await writeFile(file, iouFile(makeIou(terms, (await identity(options)).ownerKey)))
        say(file)
      },
    )

  iou
    .command('check')
    .description('whether to take a promise; ends with 1 when not')
    .argument('<file>', 'a promise')
    .option(
      '--trust <file>',
      'what GET /api/v1/trust/KEY said of the debtor; without it nothing is known of its credit',
    )
    .option('--held <dir>', 'where the promises are that are held already')
    .option('--data <dir>', 'data directory')
    .action(async (file: string, options: DataOption & { trust?: string; held?: string }) => {
      const signed = await promiseIn(file)
      const terms = openIou(signed)
      const me = (await identity(options)).owner
      const debtor = typeof terms === 'string' ? '' : terms.debtor
      const refusal = mayTake(signed, {
        me,
        nowMs: Date.now(),
        credit: await creditIn(options.trust, me),
        held: await heldIn(options.held, debtor),
      })
      finish({ ok: refusal === undefined, reason: refusal, id: iouId(signed), terms })
    })

  iou
    .command('claim')
    .description('ask for what was promised; anybody may carry the file to the ledger, POST /api/v1/ledger/ious')
    .argument('<promise>', 'the promise')
    .argument('<file>', 'where to write the claim')
    .requiredOption('--amount <credits>', 'how much', credits)
    .option('--data <dir>', 'data directory')
    .action(async (promise: string, file: string, options: DataOption & { amount: bigint }) => {
      const key = (await identity(options)).ownerKey
      await writeFile(file, claimFile(makeRedemption(await promiseIn(promise), options.amount, key)))
      say(file)
    })
}

async function promiseIn(file: string) {
  const found = readIou(await readFile(file, 'utf8'))
  if (!found) throw new IouFileError(`There is no promise to pay in ${file}.`)
  return found
}

async function creditIn(file: string | undefined, me: string) {
  if (file === undefined) return { availableMicro: 0n, owedMicro: 0n }
  try {
    const { credit } = JSON.parse(await readFile(file, 'utf8')) as KeptTrust
    const towards = credit.towards.find(({ creditor }) => creditor === me)
    return { availableMicro: BigInt(towards?.limitMicro ?? 0), owedMicro: BigInt(credit.owedMicro) }
  } catch (cause) {
    throw new IouFileError(`${file} is not what GET /api/v1/trust/KEY answers.`, { cause })
  }
}

async function heldIn(dir: string | undefined, debtor: string): Promise<readonly Held[]> {
  if (dir === undefined) return []
  const held: Held[] = []
  for (const name of await readdir(dir)) {
    const signed = readIou(await readFile(join(dir, name), 'utf8').catch(() => ''))
    const terms = signed && openIou(signed)
    if (signed && typeof terms === 'object' && terms.debtor === debtor && terms.expiresAtMs > Date.now())
      held.push({ id: iouId(signed), debtor, nonce: terms.nonce, limitMicro: BigInt(terms.limitMicro) })
  }
  return held
}
