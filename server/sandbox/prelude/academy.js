/** The `academy` module inside the isolate, and the two doors that the host comes through: a turn in, what came of it out. */
'use strict'

const $$Promise = Promise
const $$promiseThen = $$uncurry(Promise.prototype.then)
const $$promiseResolve = $$uncurry(Promise.resolve)
const $$mapGet = $$uncurry(Map.prototype.get)
const $$mapSet = $$uncurry(Map.prototype.set)
const $$mapDelete = $$uncurry(Map.prototype.delete)
const $$imul = Math.imul
const $$floor = Math.floor
const $$noop = () => {}

/** Classes and not bare objects, here and below: what has no prototype is a table that the engine looks every name up in. */
class $$State {
  /** `{ id, name, owner, place }` */
  self = undefined
  limits = undefined
  tick = 0
  /** Fuel that this turn began with. */
  budget = 0
  random = 0
  isRead = false
  memory = undefined
  memoryText = '{}'
  main = 'waiting'
  error = undefined
  /** The first handler of this turn that failed. */
  failed = undefined
  nextCall = 1
  waiting = 0
  calls = ''
  logs = ''
  logLines = 0
  handlers = 0
  listensChanged = false
  /** What `main`'s module exports. */
  program = undefined
  /** Whether this turn is the console's. */
  console = false
  evals = ''
}
const $$state = new $$State()
const $$pending = new Map()
const $$handlers = { __proto__: null }

// --- chance, the same for everybody who is given the same seed (mulberry32, Tommy Ettinger, public domain) ----------------

const $$next = () => {
  $$state.random = ($$state.random + 0x6d2b79f5) | 0
  let t = $$imul($$state.random ^ ($$state.random >>> 15), $$state.random | 1)
  t ^= t + $$imul(t ^ (t >>> 7), t | 61)
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296
}
$$replace(
  Math,
  'random',
  {
    random() {
      return $$next()
    },
  }.random,
)

// --- errors that have a code of ours ---------------------------------------------------------------------------------------

const $$codes = new WeakMap()
const $$codeOf = $$uncurry(WeakMap.prototype.get)
const $$setCode = $$uncurry(WeakMap.prototype.set)

const $$coded = (error, code, params) => {
  $$setCode($$codes, error, { code, params: { __proto__: null, ...params } })
  return error
}

class $$Refusal extends $$Error {
  constructor(code, message) {
    super(message)
    this.code = code
  }
}
$$define($$Refusal, 'name', { value: 'Refusal' })
$$define($$Refusal.prototype, 'name', { value: 'Refusal', writable: true, configurable: true })

const $$safeText = (value, max) => {
  const text = $$safely(() => (typeof value === 'string' ? value : $$String(value)), '')
  return text.length > max ? $$substring(text, 0, max) : text
}

/** Any thrown thing as plain data; its getters may run, and are counted. */
const $$describe = (error) => {
  if ((typeof error !== 'object' && typeof error !== 'function') || error === null)
    return { __proto__: null, name: 'Error', message: $$substring($$inspect(error, 0), 0, 500), code: 'thrown_value' }
  const known = $$codeOf($$codes, error)
  const read = (key) => $$safely(() => error[key], undefined)
  const name = $$safeText(read('name') ?? 'Error', 80)
  const message =
    error instanceof $$Error ? $$safeText(read('message') ?? '', 500) : $$substring($$inspect(error, 0), 0, 500)
  const stack = $$safeText(read('stack') ?? '', 4000)
  const refused =
    error instanceof $$Refusal
      ? { code: 'refused', params: { __proto__: null, reason: $$safeText(read('code') ?? '', 60), message } }
      : undefined
  const { code, params } = known ?? refused ?? { code: undefined, params: undefined }
  return { __proto__: null, name, message, stack, code, params }
}

// --- the log ---------------------------------------------------------------------------------------------------------------

const $$log = (level, text) => {
  const { logLines, logChars } = $$state.limits
  if (++$$state.logLines > logLines) return
  const cut = text.length > logChars ? `${$$substring(text, 0, logChars)}…` : text
  $$charge(4 + (cut.length >>> 4))
  const line = `{"level":"${level}","text":${$$stringify(cut)}}`
  $$state.logs = $$state.logs === '' ? line : `${$$state.logs},${line}`
}

const $$console = { __proto__: null }
for (const [name, level] of [
  ['log', 'log'],
  ['info', 'log'],
  ['debug', 'log'],
  ['dir', 'log'],
  ['warn', 'warn'],
  ['error', 'error'],
]) {
  $$console[name] = {
    [name]() {
      let text = ''
      for (let i = 0; i < arguments.length; i++) {
        const value = arguments[i]
        text += `${i === 0 ? '' : ' '}${typeof value === 'string' ? value : $$inspect(value, 0)}`
        if (text.length > $$state.limits.logChars) break
      }
      $$log(level, text)
    },
  }[name]
}
$$define(globalThis, 'console', { value: { ...$$console }, writable: true, enumerable: false, configurable: true })

// --- actions ---------------------------------------------------------------------------------------------------------------

/** Remembers whether anybody waits for it, so that a refusal nobody would hear of is put in the log. */
class $$Action extends $$Promise {
  #heard = false
  static hear(action) {
    if (#heard in action) action.#heard = true
  }
  static isHeard(action) {
    return action.#heard
  }
  static get [Symbol.species]() {
    return $$Promise
  }
}
const $$hear = $$Action.hear
const $$isHeard = $$Action.isHeard
delete $$Action.hear
delete $$Action.isHeard
$$define($$Action.prototype, 'then', {
  value: {
    then(resolved, rejected) {
      $$hear(this)
      return $$promiseThen(this, resolved, rejected)
    },
  }.then,
  writable: true,
  configurable: true,
})

/** An action that has no answer yet. */
class $$Settle {
  action
  call
  tick = $$state.tick
  resolve = undefined
  reject = undefined
  promise = undefined
  /** Where it was asked for: what it is refused with. */
  site
  constructor(action, call, site) {
    this.action = action
    this.call = call
    this.site = site
  }
}

const $$wrong = (action, name, why) =>
  $$coded(new $$TypeError(`me.${action}: ${name} ${why}`), 'bad_argument', { action, name })

const $$argument = (action, { name, kind, optional }, value) => {
  if (value === undefined && optional) return undefined
  if (value === undefined || value === null) throw $$wrong(action, name, 'is missing')
  if (kind === 'ticks') {
    if (typeof value !== 'number' || !(value >= 0))
      throw $$wrong(action, name, 'must be a number that is not below zero')
    return $$String($$floor(value < 1e9 ? value : 1e9))
  }
  if (kind === 'options' || kind === 'data' || kind === 'terms') {
    if (kind !== 'data' && typeof value !== 'object') throw $$wrong(action, name, 'must be an object')
    // As a text within the call: whatever a program has made of its JSON can forge nothing there.
    value = globalThis.JSON.stringify(value)
    if (typeof value !== 'string') throw $$wrong(action, name, 'must be plain data')
  }
  const named = (kind === 'thing' || kind === 'person') && typeof value === 'object' ? value.id : value
  if (typeof named !== 'string' && !(kind === 'text' && (typeof named === 'number' || typeof named === 'boolean')))
    throw $$wrong(action, name, kind === 'text' ? 'must be a text' : 'must be a name in quotes')
  const text = $$String(named)
  if (text.length > $$state.limits.argumentChars)
    throw $$wrong(action, name, `is longer than ${$$state.limits.argumentChars} characters`)
  $$charge(text.length >>> 4)
  return $$stringify(text)
}

const $$act = (action, values) => {
  $$charge(action.fuel)
  let args = ''
  for (let i = 0; i < action.params.length; i++) {
    const text = $$argument(action.name, action.params[i], values[i])
    if (text === undefined) break
    args = i === 0 ? text : `${args},${text}`
  }
  if ($$state.waiting >= $$state.limits.waitingCalls)
    throw $$coded(new $$Error(`More than ${$$state.limits.waitingCalls} actions are waiting.`), 'too_many_calls', {
      max: $$state.limits.waitingCalls,
    })
  const number = $$state.nextCall++
  const call = `{"call":${number},"action":"${action.name}","args":[${args}]}`
  $$state.calls = $$state.calls === '' ? call : `${$$state.calls},${call}`
  $$state.waiting++
  // Here and not in what the promise runs: each frame more that it remembers costs as much as all the rest.
  const site = new $$Refusal('', '')
  const settle = new $$Settle(action.name, call, site)
  const promise = new $$Action((resolve, reject) => {
    settle.resolve = resolve
    settle.reject = reject
  })
  settle.promise = promise
  // What watching for a refusal costs, whether one comes or not.
  $$charge(6)
  $$mapSet($$pending, number, settle)
  return promise
}

const $$answer = (input) => {
  const settle = $$mapGet($$pending, input.call)
  if (settle === undefined) return
  $$mapDelete($$pending, input.call)
  $$state.waiting--
  if (input.ok) return settle.resolve(input.value)
  const { code, message } = input.refusal
  const error = settle.site
  $$define(error, 'code', { value: code, writable: true, enumerable: true, configurable: true })
  $$define(error, 'message', { value: message, writable: true, enumerable: false, configurable: true })
  if (!$$isHeard(settle.promise)) $$log('warn', `me.${settle.action}: ${message}`)
  // A refusal that nobody waits for is no failure of the program.
  $$unpricedThen(settle.promise, undefined, $$noop)
  settle.reject(error)
}

// --- handlers --------------------------------------------------------------------------------------------------------------

class $$Listener {
  handler
  next = undefined
  gone = false
  constructor(handler) {
    this.handler = handler
  }
}

const $$on = (name, handler) => {
  $$charge(5)
  if (typeof name !== 'string' || !(name in $$handlers))
    throw $$coded(
      new $$TypeError(`on: there is no event ${$$substring($$inspect(name, 0), 0, 60)}`),
      'unknown_event',
      { name: $$safeText(name, 40) },
    )
  if (typeof handler !== 'function')
    throw $$coded(new $$TypeError('on: the second argument must be a function'), 'bad_argument', {
      action: 'on',
      name: 'handler',
    })
  if ($$state.handlers >= $$state.limits.handlers)
    throw $$coded(new $$Error('on: too many handlers'), 'too_many_handlers', { max: $$state.limits.handlers })
  const list = $$handlers[name]
  const entry = new $$Listener(handler)
  if (list.last === undefined) list.first = entry
  else list.last.next = entry
  list.last = entry
  list.count++
  $$state.handlers++
  $$state.listensChanged = true
  return () => {
    if (entry.gone) return
    entry.gone = true
    list.count--
    $$state.handlers--
    $$state.listensChanged = true
    $$unlink(list, entry)
  }
}

const $$unlink = (list, entry) => {
  let before
  for (let at = list.first; at !== undefined; before = at, at = at.next) {
    if (at !== entry) continue
    if (before === undefined) list.first = at.next
    else before.next = at.next
    if (list.last === at) list.last = before
    return
  }
}

const $$dispatch = ({ name, data }) => {
  const list = $$handlers[name]
  if (list === undefined) return
  for (let at = list.first; at !== undefined; at = at.next) {
    if (at.gone) continue
    try {
      const outcome = at.handler(data)
      if (typeof outcome === 'object' && outcome !== null)
        $$promiseThen($$promiseResolve($$Promise, outcome), undefined, $$handlerFailed)
    } catch (error) {
      $$handlerFailed(error)
    }
  }
}

/** A handler that fails does not end the program: what went wrong is told, and the next event is handled. */
const $$handlerFailed = (error) => {
  $$c(error)
  if ($$state.failed === undefined) $$state.failed = $$describe(error)
}

// --- me --------------------------------------------------------------------------------------------------------------------

const $$me = {
  get id() {
    return $$state.self.id
  },
  get name() {
    return $$state.self.name
  },
  get fuel() {
    return $$f
  },
  get memory() {
    return $$state.isRead ? $$state.memory : $$readMemory()
  },
  set memory(value) {
    $$state.isRead = true
    $$state.memory = value
  },
}

/** What was there at the beginning; read when it is asked for, and until then nothing of it can have changed. */
const $$readMemory = () => {
  $$state.memory = $$parse($$state.memoryText)
  $$state.isRead = true
  return $$state.memory
}

const $$now = () => $$state.tick

/** Without an argument a number from 0 up to 1; with one a whole number from 0 up to it, or one of a list. */
const $$random = (of) => {
  const chance = $$next()
  if (of === undefined) return chance
  if ($$isTrueArray(of)) return of[$$floor(chance * of.length)]
  if (typeof of !== 'number' || !(of >= 1))
    throw $$coded(new $$TypeError('random: give it a number from 1 up, a list, or nothing'), 'bad_argument', {
      action: 'random',
      name: 'of',
    })
  return $$floor(chance * of)
}

// --- the host's doors ------------------------------------------------------------------------------------------------------

/** Once, before any line of the program runs. */
const $$init = (json) => {
  const { self, limits, memory, actions, events } = $$parse(json)
  $$state.self = self
  $$state.limits = limits
  $$state.memoryText = memory
  for (let i = 0; i < actions.length; i++) {
    const action = actions[i]
    $$define($$me, action.name, {
      value: {
        [action.name](...values) {
          return $$act(action, values)
        },
      }[action.name],
      enumerable: true,
    })
  }
  for (let i = 0; i < events.length; i++) $$handlers[events[i]] = { first: undefined, last: undefined, count: 0 }
  Object.freeze($$me)
}

/** A turn: what came in is handed out, in order; what follows from it runs as soon as this returns, in the same timed call. */
const $$turn = (json) => {
  const { tick, seed, fuel, inputs } = $$parse(json)
  $$state.tick = tick
  $$state.random = seed | 0
  $$state.budget = fuel
  $$f = fuel
  $$d = 0
  if (inputs === undefined) return
  $$state.console = inputs.length > 0 && inputs[0].type === 'eval'
  if ($$state.console && fuel > $$state.limits.evalFuel) $$f = $$state.budget = $$state.limits.evalFuel
  for (let i = 0; i < inputs.length; i++) {
    if ($$cut !== undefined) return
    const input = inputs[i]
    if (input.type === 'result') $$answer(input)
    else if (input.type === 'eval') $$evaluate(input.eval)
    else $$dispatch(input)
  }
}

// --- the console -----------------------------------------------------------------------------------------------------------

/** Functions that lines of the console have been made into, until they are called. */
const $$evaluations = { __proto__: null }

const $$evaluate = (number) => {
  const run = $$evaluations[number]
  if (run === undefined) return
  delete $$evaluations[number]
  // What it writes to is not noted.
  $$noted = 0
  void $$runLine(number, run)
}

/** Not by `then`: what stops a line must not be left as a rejection that nobody waits for. */
const $$runLine = async (number, run) => {
  try {
    const value = await run($$me, $$on, $$now, $$random, $$Refusal, $$state.program)
    $$evaluated(number, `"text":${$$stringify($$substring($$inspect(value, 0), 0, $$state.limits.logChars))}`)
  } catch (error) {
    if ($$cut === undefined) $$evaluated(number, `"error":${$$stringify($$describe(error))}`)
  }
}

const $$evaluated = (number, what) => {
  if ($$cut !== undefined) return
  const told = `{"eval":${number},${what}}`
  $$state.evals = $$state.evals === '' ? told : `${$$state.evals},${told}`
}

/** A line of the console that is cut does not end the program: it alone had this turn. */
const $$forgive = () => {
  const { code, stack } = $$cut
  $$cut = undefined
  const error = { __proto__: null, name: 'Stopped', message: '', code, stack: $$safeText(stack, 4000) }
  $$evaluated($$state.tick, `"error":${$$stringify(error)}`)
}

/** Runs `main` once every module has run. */
const $$start = (main, program) => {
  $$state.program = program
  if (typeof main !== 'function') {
    $$state.main = 'done'
    if ($$state.handlers === 0)
      $$state.error = { __proto__: null, name: 'Error', message: 'There is no main function.', code: 'no_main' }
    return
  }
  $$state.main = 'running'
  try {
    const outcome = main()
    if (typeof outcome !== 'object' || outcome === null) $$state.main = 'done'
    else $$promiseThen($$promiseResolve($$Promise, outcome), $$mainDone, $$mainFailed)
  } catch (error) {
    $$mainFailed(error)
  }
}
const $$mainDone = () => {
  $$state.main = 'done'
}
const $$mainFailed = (error) => {
  $$state.main = 'failed'
  if ($$cut === undefined) $$state.error = $$describe(error)
}

/** What one turn has told is told once. */
const $$clear = () => {
  $$state.evals = ''
  $$state.calls = ''
  $$state.logs = ''
  $$state.logLines = 0
  $$state.failed = undefined
  $$state.listensChanged = false
}

/**
 * The fuel of a turn that is handed in again, of which nothing else is asked: its memory is written only where writing it runs
 * something of the program.
 */
const $$passed = (memoryDue) => {
  const left = $$f
  if ($$cut !== undefined && $$state.console) $$forgive()
  if (memoryDue && $$tricky && $$state.isRead && $$cut === undefined) $$writeMemory(false)
  $$clear()
  return left < 0 ? $$state.budget : $$state.budget - left
}

/**
 * What came of the turn, as JSON. `memoryDue`: whether `me.memory` is written down now; `asEdits`: whether as what has changed in it
 * since it was last written.
 */
const $$collect = (memoryDue, asEdits) => {
  const left = $$f
  if ($$cut !== undefined && $$state.console) $$forgive()
  const memory = memoryDue && $$state.isRead && $$cut === undefined ? $$writeMemory(asEdits) : ''
  let failed = ''
  if ($$state.failed !== undefined && $$cut === undefined) failed = `,"failed":${$$stringify($$state.failed)}`
  const fuel = left < 0 ? $$state.budget : $$state.budget - left
  const error =
    $$cut === undefined
      ? $$state.error
      : {
          __proto__: null,
          name: 'Stopped',
          message: '',
          code: $$cut.code,
          params: $$cut.params,
          stack: $$safeText($$cut.stack, 4000),
        }
  const dropped = $$state.logLines - $$state.limits.logLines
  let out = `{"fuelUsed":${fuel},"calls":[${$$cut === undefined ? $$state.calls : ''}],"logs":[${$$state.logs}]${failed}`
  if (dropped > 0) out += `,"dropped":${dropped}`
  out += memory
  if (error !== undefined) out += `,"error":${$$stringify(error)}`
  if ($$state.main === 'done' && $$state.handlers === 0 && $$state.waiting === 0) out += ',"finished":true'
  if ($$state.main === 'waiting') out += ',"unstarted":true'
  if ($$state.listensChanged) out += `,"listens":[${$$listens()}]`
  if ($$state.evals !== '') out += `,"evals":[${$$state.evals}]`
  $$clear()
  return `${out}}`
}

const $$writeMemory = (asEdits) => {
  try {
    return $$writeChanges($$state.memory, $$state.limits.memoryBytes, asEdits === true)
  } catch (error) {
    if ($$cut !== undefined) return ''
    // What the writing itself throws has no prototype; a getter may have thrown anything.
    const own =
      typeof error === 'object' && error !== null && $$protoOf(error) === null && typeof error.code === 'string'
    const { code, params } = own ? error : $$notPlain(0, 'object')
    $$cutWith(code, params, '')
    return ''
  }
}

/** What is waited for and listened to, as JSON: all that a host must know of turns that have been handed in again. */
const $$standing = () => {
  let pending = ''
  $$mapEach($$pending, ({ call, tick }) => {
    pending += `${pending === '' ? '' : ','}${$$substring(call, 0, call.length - 1)},"tick":${tick}}`
  })
  return `{"pending":[${pending}],"listens":[${$$listens()}]}`
}

const $$listens = () => {
  let names = ''
  for (const name in $$handlers) if ($$handlers[name].count > 0) names += `${names === '' ? '' : ','}"${name}"`
  return names
}
