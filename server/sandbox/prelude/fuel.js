/**
 * Counting: the names that the compiler puts into programs, and the built-ins as they were before any program could touch them.
 * Everything here is a lexical binding, never a property of the global object, and no program may name what begins with `$$`.
 */
'use strict'

const $$apply = Reflect.apply
const $$define = Reflect.defineProperty
const $$deleteProperty = Reflect.deleteProperty
const $$ownKeys = Reflect.ownKeys
const $$descriptor = Reflect.getOwnPropertyDescriptor
const $$protoOf = Reflect.getPrototypeOf
const $$isArray = Array.isArray
const $$uncurry = Function.prototype.bind.bind(Function.prototype.call)
const $$stringify = JSON.stringify
const $$trunc = Math.trunc
const $$parse = JSON.parse
const $$String = String
const $$Error = Error
const $$TypeError = TypeError
const $$RangeError = RangeError
const $$RangeErrorPrototype = RangeError.prototype
const $$iterator = Symbol.iterator
const $$mapSize = $$uncurry($$descriptor(Map.prototype, 'size').get)
const $$setSize = $$uncurry($$descriptor(Set.prototype, 'size').get)
const $$mapEach = $$uncurry(Map.prototype.forEach)
const $$Map = Map
const $$Set = Set
const $$WeakSet = WeakSet
const $$weakHas = $$uncurry(WeakSet.prototype.has)
const $$weakAdd = $$uncurry(WeakSet.prototype.add)
const $$substring = $$uncurry(String.prototype.substring)
const $$unpricedThen = $$uncurry(Promise.prototype.then)
const $$repeat = $$uncurry(String.prototype.repeat)

/** Longest text a program can make. */
const $$TEXT_MAX = 262144

/** Fuel left in this turn (for now, what the prelude itself may use). Below nothing, every counted point of the program throws. */
let $$f = 1000000
/** Set once, when the program has ended against its will: `{ code, params, stack }`. */
let $$cut

const $$cutError = Object.freeze(new $$Error('This program has been stopped.'))

const $$cutWith = (code, params, stack) => {
  if ($$cut === undefined) $$cut = { __proto__: null, code, params, stack: stack ?? new $$Error('').stack }
  $$f = -1
  return $$cutError
}

/** Called where the fuel has run out. */
const $$x = () => {
  throw $$cutWith('out_of_fuel')
}

/** How deep calls are nested, and how deep they may be: well within any machine's stack. */
let $$d = 0
const $$D = 1000
const $$y = () => {
  throw $$cutWith('stack_overflow')
}
/** After the one expression that is a function's body. */
const $$l = (weight, value) => {
  $$d -= weight
  return value
}
/** Before an await and after it. */
const $$a = (value, depth) => {
  $$d = depth
  return value
}
const $$b = (value, depth) => {
  $$d = depth
  return value
}

const $$charge = (amount) => {
  if (($$f -= amount) < 0) $$x()
}

/** Called at the head of each `catch`: what stops a program is not the program's to catch. */
const $$c = (error) => {
  if ($$cut !== undefined) throw $$cutError
  if (
    typeof error === 'object' &&
    error !== null &&
    $$protoOf(error) === $$RangeErrorPrototype &&
    error.message === 'Maximum call stack size exceeded'
  )
    throw $$cutWith('stack_overflow', undefined, error.stack)
}

/** Whether an object may have been made whose reading runs something of the program: a proxy, or an accessor not written as one. */
let $$tricky = false

// --- what a program writes to --------------------------------------------------------------------------------------------

/** 1 once a module has run whose writes are noted, 0 for good once one of another kind has, or a line of the console. */
let $$noted
/** As many as are remembered; with one more, anything may have been written to. */
const $$TOUCHED_MAX = 64
let $$touches = 0
const $$touched = $$parse(`[${$$repeat('null,', $$TOUCHED_MAX - 1)}null]`)
let $$touchedLast

const $$touch = (object) => {
  $$touchedLast = object
  if ($$touches < $$TOUCHED_MAX) $$touched[$$touches] = object
  if ($$touches <= $$TOUCHED_MAX) $$touches++
}

/** Something of the program's may be written to that nobody sees here. */
const $$touchAll = () => {
  $$touches = $$TOUCHED_MAX + 1
}

/** Around whatever something is written to. */
const $$w = (object) => {
  if (object !== $$touchedLast) $$touch(object)
  return object
}

/** Around what was waited for before something is written to: that was noted when the waiting began, perhaps turns ago. */
const $$late = (value) => {
  $$touchAll()
  return value
}

/** A built-in that writes to what it is called on, or to the argument of this number. */
const $$writing = (owner, name, argument) => {
  const original = owner[name]
  if (typeof original !== 'function') return
  const noting =
    argument === undefined
      ? {
          [name]() {
            $$w(this)
            return $$apply(original, this, arguments)
          },
        }
      : {
          [name]() {
            $$w(arguments[argument])
            return $$apply(original, this, arguments)
          },
        }
  $$replace(owner, name, noting[name], original.length)
}

/** A setter of the engine's own, where it has one of that name: it writes to whatever it is called on. */
const $$setting = (owner, name) => {
  const accessor = $$descriptor(owner, name)
  const set = accessor?.set
  if (set === undefined) return
  const noting = {
    set [name](value) {
      $$apply(set, $$w(this), [value])
    },
  }
  $$define(owner, name, { ...accessor, set: $$descriptor(noting, name).set })
}

/** Proxies, so that a length they claim is not believed. */
const $$proxies = new $$WeakSet()
const $$isTrueArray = (value) => $$isArray(value) && !$$weakHas($$proxies, value)

/** The length that a built-in would work through; refuses what could give another answer the second time. */
const $$len = (value) => {
  if (typeof value === 'string') return value.length
  if (value === null || typeof value !== 'object') return 0
  if ($$isTrueArray(value)) return value.length
  const own = $$weakHas($$proxies, value) ? undefined : $$descriptor(value, 'length')
  if (own === undefined && !$$weakHas($$proxies, value) && !('length' in value)) return 0
  if (own === undefined || typeof own.value !== 'number')
    throw new $$TypeError('This list has no length of its own; make an array of it first.')
  return own.value > 0 ? own.value : 0
}

/** What going through its parts costs, in quarters of fuel: a key of an object is dearer than an element of a list. */
const $$size = (value) => {
  if (typeof value === 'string') return value.length
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return 0
  if ($$isTrueArray(value)) return value.length
  let keys = 0
  for (const _ in value) keys++
  return keys * 8
}

/** A long text: pays for its length. */
const $$long = (text) => {
  if (text.length > $$TEXT_MAX) throw new $$RangeError('Invalid string length')
  if (($$f -= text.length >>> 7) < 0) $$x()
  return text
}

/** Around sums and templates that join texts. */
const $$s = (value) => (typeof value === 'string' && value.length > 1024 ? $$long(value) : value)

/** What `...rest` has taken, after it has. */
const $$n = (rest) => {
  if (($$f -= ($$isArray(rest) ? rest.length : $$size(rest)) >>> 2) < 0) $$x()
}

/** Around `...object`, and what `for (… in …)` goes through. */
const $$o = (value) => {
  if (($$f -= $$size(value) >>> 2) < 0) $$x()
  return value
}

/** Around everything that a built-in will iterate: pays for what has a size, and has the rest pay step by step. */
const $$i = (value) => {
  if (typeof value === 'string' || $$isTrueArray(value)) {
    if (($$f -= value.length >>> 2) < 0) $$x()
    return value
  }
  if (value === null || typeof value !== 'object') return value
  if (value instanceof $$Map) $$charge($$mapSize(value) >>> 2)
  else if (value instanceof $$Set) $$charge($$setSize(value) >>> 2)
  else return $$metered(value)
  return value
}

const $$metered = (value) => {
  const method = value[$$iterator]
  if (typeof method !== 'function') return value
  return {
    [$$iterator]() {
      const inner = $$apply(method, value, [])
      const next = inner.next
      return {
        next() {
          $$charge(3)
          return $$apply(next, inner, [])
        },
        return(result) {
          const stop = inner.return
          return stop === undefined ? { done: true, value: result } : $$apply(stop, inner, [])
        },
      }
    },
  }
}

/** Puts a price before a built-in: `price(this, arguments)` is paid before it runs. */
const $$priced = (owner, name, price) => {
  const found = $$descriptor(owner, name)
  if (found === undefined || typeof found.value !== 'function') return
  const original = found.value
  $$replace(
    owner,
    name,
    {
      [name]() {
        // Fuel is counted in whole numbers, whatever a price divides by.
        if (($$f -= 1 + $$trunc(price(this, arguments))) < 0) $$x()
        return $$apply(original, this, arguments)
      },
    }[name],
    original.length,
  )
}

const $$replace = (owner, name, value, length = value.length) => {
  $$define(value, 'length', { value: length, configurable: true })
  $$define(owner, name, { value, writable: true, enumerable: false, configurable: true })
}
