import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { project } from './fixtures.ts'
import { inspect } from './inspect.ts'
import { readProject } from './project.ts'
import { recordingOfTest } from './recording.ts'
import { type Ran, runTests } from './run-tests.ts'
import { readTests } from './test-file.ts'
import { openWorkbench } from './workbench.ts'

const MAIN = `import { me } from 'academy'
import { double } from './lib/double.ts'
type Seen = { place: string }
export default async function main() {
  const here: Seen = await me.look()
  me.memory.n = double(21)
  console.log(here.place, me.memory.n)
}
`
const DOUBLE = `export const double = (n: number): number => {
  return n * 2
}
`

/** Attaches to what the process says it listens on, and answers where the program stops until it is over. */
async function stopsOf(
  said: Promise<string>,
  over: Promise<unknown>,
  breakpoints: readonly { url: RegExp; line: number }[],
) {
  const socket = new WebSocket(await said)
  await new Promise((done) => socket.once('open', done))
  const stops: string[] = []
  const locals: string[] = []
  const scripts = new Map<string, string>()
  let isOver = false
  let id = 0
  const send = (method: string, params: object = {}) => socket.send(JSON.stringify({ id: ++id, method, params }))
  send('Runtime.enable')
  send('Debugger.enable')
  for (const { url, line } of breakpoints)
    send('Debugger.setBreakpointByUrl', { urlRegex: url.source, lineNumber: line - 1 })
  send('Runtime.runIfWaitingForDebugger')
  await new Promise<void>((done) => {
    socket.on('message', (data) => {
      const { method, params, result } = JSON.parse(String(data))
      if (result?.result?.value !== undefined) locals.push(String(result.result.value))
      if (method === 'Debugger.scriptParsed') scripts.set(params.scriptId, params.url)
      if (method === 'Debugger.paused') {
        const [frame] = params.callFrames
        stops.push(
          `${scripts.get(frame.location.scriptId)?.replace(/^.*\/(?=main|lib)/, '')}:${frame.location.lineNumber + 1}`,
        )
        if (stops.length > 1)
          send('Debugger.evaluateOnCallFrame', {
            callFrameId: frame.callFrameId,
            expression: 'typeof n === "number" ? n : here.place',
          })
        send('Debugger.resume')
      }
      if (method === 'Runtime.executionContextDestroyed' || (isOver && locals.length >= breakpoints.length)) done()
    })
    socket.once('close', () => done())
    void over.then(() => {
      isOver = true
      if (locals.length >= breakpoints.length) done()
    })
  })
  socket.close()
  return { stops, locals }
}

test("a recording runs under Node's debugger in the author's own files: breakpoints by file and line, locals to look at", async () => {
  await using f = await project(MAIN, {
    'lib/double.ts': DOUBLE,
    'tests/a.yaml': 'place: harbor:dock\nticks: 20\nexpect: [{ memory: { n: 42 } }]\n',
  })
  const own = await readProject(f.dir)
  const rans: Ran[] = []
  {
    await using bench = await openWorkbench()
    await runTests(bench, own, await readTests(f.dir), { onResult: (ran) => void rans.push(ran) })
  }
  const recording = recordingOfTest(own.sources, rans[0]!.recorded!)
  const { child, done } = await inspect(recording, { dir: f.dir, port: 0, stdio: 'pipe' })
  let said = ''
  let shown = ''
  const address = Promise.withResolvers<string>()
  const over = Promise.withResolvers<void>()
  child.stderr!.on('data', (chunk) => {
    said += chunk
    const match = /ws:\/\/\S+(?=\s)/.exec(said)
    if (match) address.resolve(match[0])
    if (/Waiting for the debugger to disconnect/.test(said)) over.resolve()
  })
  child.stdout!.on('data', (chunk) => (shown += chunk))
  const { stops, locals } = await stopsOf(address.promise, over.promise, [
    { url: /double\.ts$/, line: 2 },
    { url: /main\.ts$/, line: 6 },
  ])
  expect(stops.slice(1)).toEqual(['main.ts:6', 'lib/double.ts:2'])
  expect(locals).toEqual(['harbor:dock', '21'])
  expect(await done).toBe(0)
  expect(shown).toContain('harbor:dock 42')
})
