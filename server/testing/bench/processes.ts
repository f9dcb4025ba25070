/** What other processes take, as Linux tells it; and processes that only take. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'

/** Linux counts processor time in hundredths of a second for whoever asks (proc(5), `_SC_CLK_TCK`). */
const TICKS_PER_S = 100
const PAGE_BYTES = 4096

/** Processor time of a process so far, all its threads, in seconds; 0 for one that is gone. */
export function cpuSecondsOf(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S
  } catch {
    return 0
  }
}

export function residentMb(pid: number): number {
  try {
    return (Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES) / 2 ** 20
  } catch {
    return 0
  }
}

/** Processor time of this process and of others while `work` goes on, in seconds. */
export async function cpuSecondsDuring(
  pids: () => readonly number[],
  work: () => unknown,
): Promise<{ readonly own: number; readonly others: number }> {
  const others = pids()
  const sum = () => others.reduce((total, pid) => total + cpuSecondsOf(pid), 0)
  const own = process.cpuUsage()
  const before = sum()
  await work()
  const { user, system } = process.cpuUsage(own)
  return { own: (user + system) / 1e6, others: sum() - before }
}

/** Processes that compute for nothing until they are disposed of. */
export function startHogs(count: number): AsyncDisposable {
  const hogs: ChildProcess[] = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  )
  return {
    async [Symbol.asyncDispose]() {
      const gone = hogs.map((hog) => once(hog, 'exit'))
      for (const hog of hogs) hog.kill('SIGKILL')
      await Promise.all(gone)
    },
  }
}
