/** Lesson progress, attempts and badges in the database. */
import type { LessonStore, Progress } from '../lessons/store.ts'
import type { Database } from './database.ts'

type Row = Awaited<ReturnType<Database['prisma']['lessonProgress']['findFirstOrThrow']>>

const toProgress = (row: Row): Progress => ({
  playerId: row.playerId,
  lessonId: row.lessonId,
  status: row.status as Progress['status'],
  startedAtMs: Number(row.startedAtMs),
  passedAtMs: row.passedAtMs === null ? undefined : Number(row.passedAtMs),
  paid: row.paid,
  counted: row.tasks as unknown as Progress['counted'],
  hintsShown: row.hintsShown,
  attempts: row.attempts,
})

export function createLessonStore({ prisma }: Pick<Database, 'prisma'>): LessonStore {
  return {
    async progress(playerId) {
      return (await prisma.lessonProgress.findMany({ where: { playerId } })).map(toProgress)
    },
    async save({ playerId, lessonId, counted, startedAtMs, passedAtMs, ...rest }) {
      const data = {
        ...rest,
        startedAtMs: BigInt(startedAtMs),
        passedAtMs: passedAtMs === undefined ? null : BigInt(passedAtMs),
        tasks: counted as object,
      }
      await prisma.lessonProgress.upsert({
        where: { playerId_lessonId: { playerId, lessonId } },
        create: { playerId, lessonId, ...data },
        update: data,
      })
    },
    async addAttempt({ atMs, sources, report, ...rest }) {
      const data = { ...rest, atMs: BigInt(atMs), sources: sources as object | undefined, report: report as object }
      await prisma.lessonAttempt.upsert({ where: { id: rest.id }, create: data, update: {} })
    },
    async badges(playerId) {
      return (await prisma.playerBadge.findMany({ where: { playerId }, orderBy: { atMs: 'asc' } })).map((row) => ({
        badge: row.badge,
        atMs: Number(row.atMs),
      }))
    },
    async addBadge(playerId, badge, atMs) {
      await prisma.playerBadge.upsert({
        where: { playerId_badge: { playerId, badge } },
        create: { playerId, badge, atMs: BigInt(atMs) },
        update: {},
      })
    },
    async unpaid() {
      return (await prisma.lessonProgress.findMany({ where: { status: 'passed', paid: false } })).map(toProgress)
    },
  }
}
