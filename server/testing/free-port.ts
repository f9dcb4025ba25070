/** A port for a node that keeps it over several lives. */
import { createServer } from 'node:net'

/** Below those that systems hand out by themselves (from 32768 on Linux, from 49152 elsewhere): nobody is given it while the node is away. */
const FROM = 20_000
/** A node's links are on the ports beside that of its pages. */
const STEP = 8
const STEPS = 1_500
const given = new Set<number>()

/** Nothing listens there, and no other caller in this process has it. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = FROM + STEP * Math.floor(Math.random() * STEPS)
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
  throw new Error('a hundred ports were taken')
}

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const probe = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
