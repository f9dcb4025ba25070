/** Every verb that a session answers itself, and the one table of all verbs. */
import { createVerbTable, commands as worldCommands } from '../../commands/index.ts'
import type { SessionVerb } from '../session-verb.ts'
import { agent } from './agent.ts'
import { alias } from './alias.ts'
import { checkWorld, reloadWorld } from './builders.ts'
import { channel, chat, newbie } from './channel.ts'
import { config } from './config.ts'
import { dht } from './dht.ts'
import { createHelp, type Topics } from './help.ts'
import { history, repeat } from './history.ts'
import { ignore } from './ignore.ts'
import { job } from './jobs.ts'
import { ledger } from './ledger.ts'
import { badges, check, explain, hint, lesson, quests, review } from './lessons.ts'
import { library } from './library.ts'
import { mail } from './mail.ts'
import { mentor } from './mentor.ts'
import { name } from './name.ts'
import { broadcast, id, known, nodes, ping, stats, trust } from './nodes.ts'
import { prices } from './prices.ts'
import { quit } from './quit.ts'
import { replyTo } from './reply-to.ts'
import { bug, report } from './report.ts'
import { score } from './score.ts'
import { audit, ban, close, kick, mute, reports, unban, unmute } from './staff.ts'
import { standing } from './standing.ts'
import { supply } from './supply.ts'
import { comeBack, travel } from './travel.ts'
import { who } from './who.ts'
import { workspace } from './workspace.ts'

const [help, commands] = createHelp(() => SESSION_TOPICS)

/** In the order of the help. */
export const SESSION_TOPICS: Topics & Readonly<Record<string, readonly SessionVerb[]>> = {
  people: [who, replyTo, channel, chat, newbie, mail, ignore, report],
  self: [score, name, ledger, supply, standing],
  learning: [quests, lesson, check, hint, explain, review, badges, mentor],
  programming: [agent, job, prices, library, workspace],
  line: [
    help,
    commands,
    config,
    alias,
    history,
    repeat,
    bug,
    nodes,
    ping,
    known,
    stats,
    id,
    trust,
    dht,
    travel,
    comeBack,
    quit,
  ],
  staff: [mute, unmute, kick, ban, unban, reports, close, audit, broadcast],
  builders: [checkWorld, reloadWorld],
}

const ALL = Object.values(SESSION_TOPICS).flat()

export const sessionVerbs: ReadonlyMap<string, SessionVerb> = new Map(ALL.map((v) => [v.name, v]))
export const allEntries = [...worldCommands.values(), ...ALL]
export const allVerbs = createVerbTable(allEntries)
