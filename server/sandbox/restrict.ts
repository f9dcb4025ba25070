/** What the platform lets a host be denied once it has started, beyond Node's own permissions. It works on Linux, and harms nowhere. */
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { setPriority } from 'node:os'

/** People's play before programs'. */
const NICENESS = 5

/** Its mark, and nothing bigger. */
const FILE_MAX_BYTES = 4096

/** What serves people comes first. */
export function giveWay(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, NICENESS)
  } catch {
    // It is gone already.
  }
}

/**
 * New descriptors take the lowest number that is free; those that are open stay open. So the kernel gives it no file, socket or pipe beyond those that it holds: a host that has started needs none, and this is what keeps
 * it from the network, which Node 24's permissions do not.
 */
export function restrict(pid: number | undefined): void {
  if (process.platform !== 'linux' || pid === undefined) return
  try {
    const open = new Set(readdirSync(`/proc/${pid}/fd`).map(Number))
    let files = 0
    while (open.has(files)) files++
    const limits = [`--nofile=${files}:${files}`, `--fsize=${FILE_MAX_BYTES}`, '--core=0']
    execFile('prlimit', ['--pid', String(pid), ...limits], () => {})
  } catch {
    // It is gone, or there is no such thing here.
  }
}
