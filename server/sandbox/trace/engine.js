/**
 * The replay's worker: one program lived again, turn by turn, as a host does it (`isolate.ts`). It hears `open` once and then `turns`;
 * it tells `opened`, then `lived` for each turn, with the steps of those that were to be followed. A program may have changed any
 * built-in by the time that these lines run: they use none but what the prelude has kept.
 */
'use strict'

/** How the stand-ins of modules in a circle are filled (`circles.ts`). */
const $$circles = { __proto__: null }

let $$onBegin = $$noop
/** Called by the first module of all: reading them is over. */
const $$begin = () => $$onBegin()

{
  const replace = $$uncurry(String.prototype.replace)
  const push = $$uncurry(Array.prototype.push)
  const IMPORT = /\/\*\$\$import:([^*]*)\*\/(?:'[^'\n]*'|"[^"\n]*")/g

  let limits
  let entry
  let bucket = 0
  let lastTick
  let stray
  const queue = { __proto__: null }
  let queued = 0
  let taken = 0
  let living = false
  let ended = false

  const fail = (why, detail) => {
    ended = true
    $$port.post({ type: 'failed', why, detail })
  }

  /** Modules before those that import them; nothing when some import each other in a circle. */
  const inOrder = (modules, imports) => {
    const sorted = []
    const state = { __proto__: null }
    const visit = (path) => {
      if (state[path] !== undefined) return state[path] === 'done'
      state[path] = 'open'
      for (const target of imports[path]) if (!visit(target)) return false
      state[path] = 'done'
      push(sorted, path)
      return true
    }
    for (const path of $$ownKeys(modules)) if (!visit(path)) return undefined
    return sorted
  }

  const importsOf = (text) => {
    const found = []
    replace(text, IMPORT, (_all, target) => {
      if (target !== 'academy') push(found, target)
      return ''
    })
    return found
  }

  const open = ({ program, init, limits: given, exports }) => {
    limits = given
    bucket = limits.fuelBurst
    $$init(init)
    // Reading is not the program's to pay.
    $$f = 1e12
    const { modules } = program
    const imports = { __proto__: null }
    for (const path of $$ownKeys(modules)) imports[path] = importsOf(modules[path])
    const sorted = inOrder(modules, imports)
    if (sorted === undefined) return fail('circle', '')
    let names = ''
    for (const name of exports) names += `${names === '' ? '' : ', '}${name} = $$${name}`
    const urls = { __proto__: null, academy: $$port.module(`export const ${names}`) }
    for (const path of sorted) {
      const text = replace(modules[path], IMPORT, (_all, target) => $$stringify(urls[target]))
      urls[path] = $$port.module(`${text}\n//# sourceURL=${path}`)
    }
    const first = $$port.module('$$begin()')
    const main = urls[program.entry]
    entry = $$port.module(
      `import ${$$stringify(first)}\nimport * as program from ${$$stringify(main)}\n$$start(program.default, program)`,
    )
    $$port.post({ type: 'opened' })
  }

  const next = () => {
    if (living || ended || taken === queued) return
    const turn = queue[taken]
    delete queue[taken++]
    living = true
    stray = undefined
    const first = lastTick === undefined
    const passed = first ? 0 : turn.tick - lastTick
    bucket += limits.fuelPerTurn * (passed > 0 ? passed : 0)
    if (bucket > limits.fuelBurst) bucket = limits.fuelBurst
    lastTick = turn.tick
    if (!first) {
      if (turn.lines === undefined) return begin(turn, turn.inputs)
      const url = $$port.module(turn.lines)
      return $$port.load(
        url,
        () => begin(turn, turn.inputs),
        () => begin(turn, turn.inputs),
      )
    }
    let begun = false
    $$onBegin = () => {
      begun = true
      begin(turn, '[]')
    }
    $$port.load(entry, undefined, (error) => {
      if (begun) stray ??= { error }
      else fail('unreadable', $$safeText($$shown(error, 0), 500))
    })
  }

  const begin = (turn, inputs) => {
    $$follow(turn.follow ? limits.steps : 0, limits.values)
    try {
      $$turn(`{"tick":${turn.tick},"seed":${turn.seed},"fuel":${bucket},"inputs":${inputs}}`)
    } catch (error) {
      stray ??= { error }
    }
    // Twice, so that a rejection nobody waited for has been told of.
    $$port.after(() => $$port.after(() => lived(turn)))
  }

  const lived = ({ index, follow, skipMemory }) => {
    const left = $$f
    const steps = follow ? $$followed() : undefined
    let text
    try {
      text = $$collect(skipMemory !== true)
    } catch (error) {
      stray ??= { error }
    }
    if (text !== undefined) bucket -= left < 0 ? $$state.budget : $$state.budget - left
    const told = stray === undefined ? undefined : $$clip($$shown(stray.error, 0))
    $$port.post({ type: 'lived', index, text, steps, stray: told })
    living = false
    next()
  }

  $$port.open(
    (message) => {
      if (message.type === 'open') open(message)
      if (message.type !== 'turns') return
      for (let i = 0; i < message.turns.length; i++) queue[queued++] = message.turns[i]
      next()
    },
    (error) => {
      stray ??= { error }
    },
  )
}
