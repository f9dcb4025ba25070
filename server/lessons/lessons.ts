/** Lessons as people take them: opened, watched while they play, checked, hinted at, passed and paid for. */

import { actorOf, count, matchesEvent } from '../agents/simulation/match.ts'
import type { ZoneView } from '../engine/types.ts'
import type { Ledger } from '../ledger/types.ts'
import type { Clock } from '../lib/clock.ts'
import { newId } from '../lib/ids.ts'
import type { CharacterRecord, WorldEvent } from '../protocol/events.ts'
import {
  type CharacterId,
  isVisitor,
  type LessonId,
  type Locale,
  type PlaceId,
  type PlayerId,
} from '../protocol/ids.ts'
import { message } from '../protocol/text/index.ts'
import type { Turn } from '../rooms/types.ts'
import { codeFacts, followsRule } from './code-check.ts'
import { report, type TrialResult } from './judge.ts'
import type { Course, Lesson, Sources } from './load.ts'
import { createPlayers, type PlayerLessons, statusOf } from './players.ts'
import type { LessonStore, Progress } from './store.ts'
import { trialLocales } from './trial.ts'
import type { CheckReport, LessonDetail, LessonState, Lessons, Result } from './types.ts'
import { createWouldPass } from './would-pass.ts'

export type LessonDeps = {
  readonly course: Course
  readonly store: LessonStore
  readonly ledger: Pick<Ledger, 'transfer'>
  readonly clock: Clock
  readonly log: { warn(details: object, text: string): void }
  /** Runs an answer in a simulated world, in which the locale is spoken. */
  readonly trial: (lesson: Lesson, sources: Sources, locale: Locale) => Promise<TrialResult>
  /** Parses a condition of a `state` check and evaluates it. */
  readonly holds: (world: ZoneView, condition: string, actor: CharacterRecord) => boolean
  /** Sets flags of a person's story in the world, wherever they are. May be repeated. */
  readonly mark?: (player: PlayerId, flags: Readonly<Record<string, true>>) => Promise<void>
  /** How a place is called. */
  readonly placeName?: (place: PlaceId) => Readonly<Record<Locale, string>> | undefined
}

export type LessonService = Lessons & {
  /** Someone has come in: their lessons are loaded, and the first is open. */
  open(player: PlayerId): Promise<void>
  /** What a zone has committed. Quick; storing goes on behind. */
  observe(turn: Turn, world: ZoneView): void
  /** A person's agent was started with these sources: checks on code are made. */
  programStarted(player: PlayerId, sources: Sources): Promise<void>
  /** Waits for what is being stored, then pays what is owed. */
  settle(): Promise<void>
  /** The course's own answer to a lesson: for those who are to keep it back. */
  solution(lesson: string, locale: Locale): Sources | undefined
  /** Whether these sources would pass, on a trial; no attempt is stored. True as well when that cannot be found out just now. */
  wouldPass(lesson: string, sources: Sources): Promise<boolean>
}

const ok = <T>(value: T): Result<T> => ({ ok: true, value })

export function createLessons({
  course,
  store,
  ledger,
  clock,
  log,
  trial,
  holds,
  mark,
  placeName,
}: LessonDeps): LessonService {
  const players = createPlayers(store)
  const listeners = new Set<Parameters<Lessons['onProgress']>[0]>()
  const underTrial = new Set<PlayerId>()
  const work = new Set<Promise<void>>()
  const accountOf = (player: PlayerId) => `player:${player}`
  const rewardId = (row: Progress) => `reward:${row.playerId}:${row.lessonId}`
  const locales = new Map<PlayerId, Locale>()
  const wouldPass = createWouldPass(trial)

  const find = (name: string): Lesson | undefined =>
    course.lessons.find((lesson) => lesson.slug === name || lesson.id === name || String(lesson.order) === name)
  const inBackground = (job: Promise<void>): void => {
    const guarded = job
      .catch((error: unknown) =>
        log.warn({ err: error }, 'lesson progress was not stored; it is tried again with the next change'),
      )
      .finally(() => work.delete(guarded))
    work.add(guarded)
  }

  const done = (lesson: Lesson, row: Progress | undefined): ReadonlySet<number> =>
    new Set(
      lesson.tasks
        .filter(({ id, check }) => (row?.counted[id]?.length ?? 0) >= (check.kind === 'event' ? check.count : 1))
        .map((task) => task.id),
    )

  function stateOf(player: PlayerLessons, lesson: Lesson, locale: Locale): LessonState {
    const { id, slug, order, minutes, rewards } = lesson
    return {
      id: id as LessonId,
      slug,
      course: course.id,
      title: lesson.text[locale].title,
      order,
      minutes,
      status: statusOf(player, course, lesson),
      rewardMicro: rewards.creditsMicro,
      badge: rewards.badge,
    }
  }

  function detailOf(player: PlayerLessons, lesson: Lesson, locale: Locale): LessonDetail {
    const row = player.rows.get(lesson.id)
    const words = lesson.text[locale]
    const met = done(lesson, row)
    const place = lesson.trial?.place
    const name = place === undefined ? undefined : placeName?.(place as PlaceId)
    return {
      ...stateOf(player, lesson, locale),
      text: words.body,
      tasks: lesson.tasks.map(({ id, check }) => {
        const need =
          check.kind === 'event' && check.count > 1
            ? { count: { have: row?.counted[id]?.length ?? 0, need: check.count } }
            : {}
        return { id, text: words.tasks[id]!, done: row?.status === 'passed' || met.has(id), ...need }
      }),
      hintsShown: words.hints.slice(0, row?.hintsShown ?? 0),
      hintsLeft: words.hints.length - (row?.hintsShown ?? 0),
      attempts: row?.attempts ?? 0,
      starter: lesson.code[locale].starter,
      ...(place !== undefined && name && { place: { id: place, name } }),
    }
  }

  const begun = (player: PlayerLessons, lesson: Lesson): Progress =>
    player.rows.get(lesson.id) ?? {
      playerId: player.id,
      lessonId: lesson.id as LessonId,
      status: 'started',
      startedAtMs: clock.now(),
      paid: false,
      counted: {},
      hintsShown: 0,
      attempts: 0,
    }

  function tell(player: PlayerLessons, lesson: Lesson, key: string, checked?: CheckReport): void {
    const locale = locales.get(player.id) ?? 'en'
    const text = message(locale, key, {
      title: lesson.text[locale].title,
      credits: Number(BigInt(lesson.rewards.creditsMicro) / 1_000_000n),
    })
    for (const listener of listeners)
      listener(player.id, { lesson: stateOf(player, lesson, locale), text, report: checked })
  }

  /** Pays once, whatever happens: the transfer's id is made from person and lesson. */
  async function pay(row: Progress): Promise<void> {
    const lesson = find(row.lessonId)
    if (!lesson) return
    const amountMicro = BigInt(lesson.rewards.creditsMicro)
    if (amountMicro > 0n) {
      const [result] = await ledger.transfer([
        {
          id: rewardId(row),
          from: 'academy:rewards',
          to: accountOf(row.playerId),
          amountMicro,
          code: 'reward',
          memo: lesson.id,
        },
      ])
      if (result!.status === 'refused') throw new Error(`the reward ${rewardId(row)} was refused: ${result!.reason}`)
    }
    if (lesson.rewards.badge) await store.addBadge(row.playerId, lesson.rewards.badge, row.passedAtMs ?? clock.now())
    const player = await players.get(row.playerId)
    await players.save(player, { ...player.rows.get(row.lessonId)!, paid: true })
  }

  async function pass(player: PlayerLessons, lesson: Lesson, checked?: CheckReport): Promise<void> {
    const row = begun(player, lesson)
    if (row.status === 'passed') return
    const passed: Progress = { ...row, status: 'passed', passedAtMs: clock.now() }
    await players.save(player, passed)
    remind(player)
    await pay(passed)
    const next = course.lessons.find((one) => one.order > lesson.order && statusOf(player, course, one) === 'open')
    if (next) await players.save(player, begun(player, next))
    tell(player, lesson, 'lesson.passed', checked && { ...checked, rewardTransferId: rewardId(passed) })
  }

  /** Stores what has counted; passes the lesson when that was the last of it. */
  function advance(player: PlayerLessons, lesson: Lesson, row: Progress): void {
    const met = done(lesson, row).size
    const metBefore = done(lesson, player.rows.get(lesson.id)).size
    inBackground(
      players.save(player, row).then(() => {
        if (met === lesson.tasks.length) return pass(player, lesson)
        if (met > metBefore) tell(player, lesson, 'lesson.task-done')
      }),
    )
  }

  function observeEvent(event: WorldEvent, tick: number, world: ZoneView): void {
    const actorId = actorOf(event)
    const actor = actorId === undefined ? undefined : world.state.characters.get(actorId)
    const listener =
      actor?.kind === 'npc' && 'to' in event && typeof event.to === 'string'
        ? world.state.characters.get(event.to as CharacterId)
        : undefined
    const character = listener ?? actor
    if (!character || character.kind === 'npc') return
    const player = players.peek(character.owner ?? (character.id as PlayerId))
    if (!player) return
    for (const lesson of course.lessons) {
      const row = player.rows.get(lesson.id)
      if (row?.status !== 'started') continue
      const counted: Record<string, Progress['counted'][string]> = {}
      for (const { id, check } of lesson.tasks) {
        if (check.kind === 'ast' || (check.by !== 'either' && check.by !== character.kind)) continue
        const before = row.counted[id] ?? []
        if (check.kind === 'state') {
          if (before.length === 0 && holds(world, check.holds, character)) counted[id] = [{ tick }]
        } else if (matchesEvent(event, check.match)) {
          const after = count(check, before, event, tick)
          if (after !== before) counted[id] = after
        }
      }
      if (Object.keys(counted).length > 0)
        advance(player, lesson, { ...row, counted: { ...row.counted, ...counted } })
    }
  }

  /** A person's lessons are wanted from the moment that they, or an agent of theirs, are there. */
  function arrived(event: WorldEvent, world: ZoneView): void {
    if (event.type !== 'joined' && event.type !== 'woke') return
    const character = event.type === 'joined' ? event.character : world.state.characters.get(event.who)
    if (!character || character.kind === 'npc' || isVisitor(character.id)) return
    inBackground(open(character.owner ?? (character.id as PlayerId)))
  }

  /** The world knows of passed lessons by flags; whoever could not be told now is told when they next come in. */
  function remind({ id, rows }: PlayerLessons): void {
    const passed = course.lessons.filter((lesson) => rows.get(lesson.id)?.status === 'passed')
    if (!mark || passed.length === 0) return
    const flags = Object.fromEntries(passed.map(({ slug }) => [`lesson.${slug}`, true as const]))
    inBackground(
      mark(id, flags).catch((error: unknown) =>
        log.warn({ err: error, player: id }, 'passed lessons were not marked'),
      ),
    )
  }

  async function open(id: PlayerId): Promise<void> {
    const player = await players.get(id)
    remind(player)
    const first = course.lessons[0]
    if (first && player.rows.size === 0) await players.save(player, begun(player, first))
  }

  async function unlocked(
    playerId: PlayerId,
    name: string,
  ): Promise<Result<{ player: PlayerLessons; lesson: Lesson }>> {
    const lesson = find(name)
    if (!lesson) return { ok: false, refusal: { code: 'no_such_lesson', params: { lesson: name, name } } }
    const player = await players.get(playerId)
    if (statusOf(player, course, lesson) === 'locked')
      return { ok: false, refusal: { code: 'lesson_locked', params: { lesson: lesson.slug, needs: lesson.needs } } }
    return ok({ player, lesson })
  }

  return {
    open,

    observe(turn, world) {
      for (const outcome of turn.outcomes) {
        for (const event of outcome.events) {
          arrived(event, world)
          observeEvent(event, outcome.tick, world)
        }
      }
    },

    async programStarted(id, sources) {
      const player = await players.get(id)
      const facts = codeFacts(sources)
      for (const lesson of course.lessons) {
        const row = player.rows.get(lesson.id)
        if (row?.status !== 'started') continue
        const counted = { ...row.counted }
        for (const { id: task, check } of lesson.tasks)
          if (check.kind === 'ast') counted[task] = followsRule(facts, check) ? [{ tick: 0 }] : []
        if (JSON.stringify(counted) !== JSON.stringify(row.counted)) advance(player, lesson, { ...row, counted })
      }
    },

    async list(id, locale) {
      locales.set(id, locale)
      const player = await players.get(id)
      return course.lessons.map((lesson) => stateOf(player, lesson, locale))
    },

    async detail(id, name, locale) {
      const lesson = find(name)
      if (!lesson) return { ok: false, refusal: { code: 'no_such_lesson', params: { lesson: name, name } } }
      return ok(detailOf(await players.get(id), lesson, locale))
    },

    async start(id, name, locale) {
      locales.set(id, locale)
      const found = await unlocked(id, name)
      if (!found.ok) return found
      const { player, lesson } = found.value
      if (!player.rows.has(lesson.id)) await players.save(player, begun(player, lesson))
      return ok(detailOf(player, lesson, locale))
    },

    async check(id, name, sources, locale) {
      locales.set(id, locale)
      const found = await unlocked(id, name)
      if (!found.ok) return found
      if (underTrial.has(id)) return { ok: false, refusal: { code: 'busy' } }
      underTrial.add(id)
      try {
        const { player, lesson } = found.value
        const facts = codeFacts(sources ?? {})
        const live = done(lesson, player.rows.get(lesson.id))
        const judged = (tried?: TrialResult) =>
          report(lesson, facts, tried, live, locale, { unmet: message(locale, 'lesson.unmet') })
        let checked: CheckReport | undefined
        if (sources && lesson.trial)
          for (const spoken of trialLocales(lesson, locale)) {
            const one = judged(await trial(lesson, sources, spoken))
            if (!checked || one.passed) checked = one
            if (one.passed) break
          }
        checked ??= judged()
        const row = begun(player, lesson)
        await store.addAttempt({
          id: newId('attempt', clock.now()),
          playerId: id,
          lessonId: lesson.id as LessonId,
          atMs: clock.now(),
          passed: checked.passed,
          sources,
          report: checked,
        })
        await players.save(player, { ...row, attempts: row.attempts + 1 })
        if (checked.passed) await pass(player, lesson, checked)
        return ok(checked.passed ? { ...checked, rewardTransferId: rewardId(row) } : checked)
      } finally {
        underTrial.delete(id)
      }
    },

    async hint(id, name, locale) {
      const found = await unlocked(id, name)
      if (!found.ok) return found
      const { player, lesson } = found.value
      const row = begun(player, lesson)
      const { hints } = lesson.text[locale]
      const text = hints[row.hintsShown]
      if (text === undefined) return { ok: false, refusal: { code: 'no_hint_left' } }
      await players.save(player, { ...row, hintsShown: row.hintsShown + 1 })
      return ok({ text, left: hints.length - row.hintsShown - 1 })
    },

    async badges(id, locale) {
      return (await store.badges(id)).map(({ badge, atMs }) => ({
        id: badge,
        atMs,
        ...(course.badges[badge]?.[locale] ?? { name: badge, text: '' }),
      }))
    },

    solution: (name, locale) => find(name)?.code[locale].solution,
    async wouldPass(name, sources) {
      const lesson = find(name)
      return lesson !== undefined && wouldPass(lesson, sources)
    },

    onProgress(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },

    async settle() {
      while (work.size > 0) await Promise.all(work)
      for (const row of await store.unpaid()) await pay(row)
    },
  }
}
