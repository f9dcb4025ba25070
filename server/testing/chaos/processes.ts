/** Node processes kept warm: one that is killed is replaced by one that has started already. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { FromNode, Stimulus, ToNode } from './messages.ts'

export type Heard = Exclude<FromNode, { readonly type: 'quiet' }>

export class NodeRunner {
  private readonly child: ChildProcess
  private said: Heard[] = []
  private quiet: (() => void) | undefined
  private n = 0
  private failed: Error | undefined

  /** @param cacheDir compiled modules are kept there, since a process starts for every death */
  constructor(cacheDir: string) {
    this.child = fork(join(import.meta.dirname, 'node.ts'), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_COMPILE_CACHE: cacheDir },
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    this.child.on('message', (message: FromNode) => {
      if (message.type !== 'quiet') this.said.push(message)
      else if (message.n === this.n) this.quiet?.()
    })
    this.child.on('exit', (code, signal) => {
      this.failed ??= new Error(`a node process ended by itself (${code ?? signal})`)
      this.quiet?.()
    })
  }

  /** Everything it said until it was quiet. */
  async give(nowMs: number, stimulus: Stimulus): Promise<readonly Heard[]> {
    if (this.failed) throw this.failed
    const quiet = new Promise<void>((resolve) => {
      this.quiet = resolve
    })
    const message: ToNode = { n: ++this.n, nowMs, stimulus }
    this.child.send(message)
    await quiet
    if (this.failed) throw this.failed
    const said = this.said
    this.said = []
    return said
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    this.failed = new Error('it was killed')
    const exited = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await exited
  }
}

/** A few that wait to be used. */
export class NodePool implements AsyncDisposable {
  private readonly idle: NodeRunner[] = []
  private readonly size: number
  private readonly cacheDir: string

  constructor(size: number, cacheDir: string) {
    this.size = size
    this.cacheDir = cacheDir
    this.fill()
  }

  private fill(): void {
    while (this.idle.length < this.size) this.idle.push(new NodeRunner(this.cacheDir))
  }

  take(): NodeRunner {
    const one = this.idle.shift() ?? new NodeRunner(this.cacheDir)
    this.fill()
    return one
  }

  giveBack(one: NodeRunner): void {
    this.idle.unshift(one)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.idle.map((one) => one.kill()))
  }
}
