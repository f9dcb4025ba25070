/** Run as if it were a host, once it is restricted: tries what a host must not be able to do, and tells what came of it. */
import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { getPriority } from 'node:os'
import { Worker } from 'node:worker_threads'

const attempt = (work: () => unknown): string => {
  try {
    work()
    return 'done'
  } catch (error) {
    return (error as { code?: string }).code ?? String(error)
  }
}

const dial = (port: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve('done'))
    socket.on('error', (error: { code?: string }) => resolve(error.code ?? 'failed'))
  })

/** The limits come a moment after it is ready. */
async function untilDenied(port: number): Promise<string> {
  for (let tries = 1; ; tries++) {
    const came = await dial(port)
    if (came !== 'done' || tries === 100) return came
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

process.on('message', async ({ port, file }: { port: number; file: string }) => {
  process.send!({
    environment: Object.keys(process.env).length,
    niceness: getPriority(),
    read: attempt(() => readFileSync('/etc/hostname')),
    write: attempt(() => writeFileSync(file, 'x')),
    process: attempt(() => spawn('true')),
    thread: attempt(() => new Worker('', { eval: true })),
    network: await untilDenied(port),
  })
})
process.send!({ type: 'ready' })
