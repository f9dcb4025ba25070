/** Prices of what objects, maps, sets, promises and JSON can do in one call. */
'use strict'

{
  const quarter = (_self, args) => $$size(args[0]) >>> 2
  for (const name of [
    'keys',
    'values',
    'entries',
    'getOwnPropertyNames',
    'getOwnPropertySymbols',
    'getOwnPropertyDescriptors',
    'freeze',
    'seal',
    'preventExtensions',
    'isFrozen',
    'isSealed',
  ])
    $$priced(Object, name, quarter)
  $$priced(Reflect, 'ownKeys', quarter)
  const second = (_self, args) => $$size(args[1]) >>> 2
  $$priced(Object, 'defineProperties', second)
  $$priced(Object, 'create', second)
  $$priced(Object, 'assign', (_self, args) => {
    $$w(args[0])
    let total = 0
    for (let i = 1; i < args.length; i++) total += $$size(args[i])
    return total >>> 2
  })

  /** The first argument is iterated: it pays as it goes. */
  const iterating = (owner, name) => {
    const original = owner[name]
    $$replace(
      owner,
      name,
      {
        [name](items, ...rest) {
          return $$apply(original, this, [$$i(items), ...rest])
        },
      }[name],
      original.length,
    )
  }
  iterating(Object, 'fromEntries')
  iterating(Object, 'groupBy')
  iterating(Map, 'groupBy')
  for (const name of ['all', 'allSettled', 'any', 'race']) iterating(Promise, name)
  if (Math.sumPrecise) iterating(Math, 'sumPrecise')

  const construct = Reflect.construct
  for (const Original of [Map, Set, WeakMap, WeakSet]) {
    const name = Original.name
    const prototype = Original.prototype
    const Priced = {
      [name]: function (items) {
        return construct(Original, items === undefined ? [] : [$$i(items)], new.target ?? undefined)
      },
    }[name]
    for (const key of $$ownKeys(Original)) if (key !== 'prototype') $$define(Priced, key, $$descriptor(Original, key))
    $$define(Priced, 'prototype', { value: prototype, writable: false })
    $$define(prototype, 'constructor', { value: Priced, writable: true, enumerable: false, configurable: true })
    $$define(globalThis, name, { value: Priced, writable: true, enumerable: false, configurable: true })
  }
  for (const name of ['forEach', 'clear']) {
    $$priced(Map.prototype, name, (self) => $$mapSize(self) >>> 3)
    $$priced(Set.prototype, name, (self) => $$setSize(self) >>> 3)
  }
  for (const name of [
    'union',
    'intersection',
    'difference',
    'symmetricDifference',
    'isSubsetOf',
    'isSupersetOf',
    'isDisjointFrom',
  ])
    $$priced(Set.prototype, name, (self, args) => ($$setSize(self) + $$setSize(args[0])) >>> 2)

  $$priced(Function.prototype, 'apply', (_self, args) => $$len(args[1]) >>> 2)
  $$priced(Reflect, 'apply', (_self, args) => $$len(args[2]) >>> 2)
  $$priced(Reflect, 'construct', (_self, args) => $$len(args[1]) >>> 2)
  $$priced(Function.prototype, 'bind', (_self, args) => 1 + (args.length >>> 2))

  const OriginalProxy = Proxy
  $$define(globalThis, 'Proxy', {
    value: function Proxy(target, handler) {
      if (new.target === undefined) throw new $$TypeError("Constructor Proxy requires 'new'")
      $$tricky = true
      const made = new OriginalProxy(target, handler)
      $$weakAdd($$proxies, made)
      return made
    },
    writable: true,
    configurable: true,
  })

  /** The same accessor is counted by the same function. */
  const getSteps = new WeakMap()
  const setSteps = new WeakMap()
  const stepOf = $$uncurry(WeakMap.prototype.get)
  const setStep = $$uncurry(WeakMap.prototype.set)
  /** Called by operators: deeper for whoever reads or writes, however little it does itself; a setter as those written as such. */
  const counted = (inner, steps, weight) => {
    const known = stepOf(steps, inner)
    if (known !== undefined) return known
    const outer = {
      step() {
        const depth = $$d
        if (($$d += weight) > $$D) $$y()
        try {
          return $$apply(inner, this, arguments)
        } finally {
          $$d = depth
        }
      },
    }.step
    setStep(steps, inner, outer)
    setStep(getSteps, outer, outer)
    setStep(setSteps, outer, outer)
    return outer
  }
  const put = (made, key, value) =>
    $$define(made, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true })
  const described = (description) => {
    if ((typeof description !== 'object' && typeof description !== 'function') || description === null)
      return description
    const { get, set } = description
    if (typeof get !== 'function' && typeof set !== 'function') return description
    const made = { __proto__: description }
    if (typeof get === 'function') put(made, 'get', counted(get, getSteps, 1))
    if (typeof set === 'function') put(made, 'set', counted(set, setSteps, 3))
    return made
  }
  const allDescribed = (descriptions) => {
    if (typeof descriptions !== 'object' || descriptions === null) return descriptions
    const made = {}
    const keys = $$ownKeys(descriptions)
    for (let i = 0; i < keys.length; i++)
      if ($$descriptor(descriptions, keys[i])?.enumerable === true)
        put(made, keys[i], described(descriptions[keys[i]]))
    return made
  }

  /** `at`: the argument that describes one property, or all of them. */
  const describing = (owner, name, at) => {
    const original = owner[name]
    const read = at === 2 ? described : allDescribed
    const noted = {
      [name]() {
        // What is made without a description has nothing that reading would run, as far as memory may hold it.
        if (arguments[at] === undefined) return $$apply(original, this, arguments)
        $$tricky = true
        return $$apply(
          original,
          this,
          at === 2 ? [arguments[0], arguments[1], read(arguments[2])] : [arguments[0], read(arguments[1])],
        )
      },
    }[name]
    $$replace(owner, name, noted, original.length)
  }
  describing(Object, 'create', 1)
  describing(Object, 'defineProperties', 1)
  describing(Object, 'defineProperty', 2)
  describing(Reflect, 'defineProperty', 2)
  $$writing(Reflect, 'deleteProperty', 0)
  const set = Reflect.set
  $$replace(
    Reflect,
    'set',
    {
      set(target, _key, _value, receiver) {
        $$w(target)
        $$w(receiver)
        return $$apply(set, this, arguments)
      },
    }.set,
    3,
  )

  const then = $$uncurry(Promise.prototype.then)
  $$replace(
    Promise.prototype,
    'then',
    {
      then(resolved, rejected) {
        $$charge(6)
        if (typeof rejected !== 'function') return then(this, resolved, rejected)
        return then(this, resolved, (reason) => {
          $$c(reason)
          return $$apply(rejected, undefined, [reason])
        })
      },
    }.then,
    2,
  )
}

/** JSON, written out: the same text as the engine's own, paid for as it grows. */
{
  const numberValue = $$uncurry(Number.prototype.valueOf)
  const isFiniteNumber = Number.isFinite
  const join = (parts, gap, indent, open, close) => {
    if (parts === '') return open + close
    return gap === '' ? open + parts + close : `${open}\n${indent}${gap}${parts}\n${indent}${close}`
  }

  const CIRCULAR = Object.freeze({ __proto__: null })

  const write = (holder, key, job, indent) => {
    let value = holder[key]
    if (typeof value === 'object' && value !== null && typeof value.toJSON === 'function')
      value = $$apply(value.toJSON, value, [key])
    if (job.replacer !== undefined) value = $$apply(job.replacer, holder, [key, value])
    if (typeof value === 'string') return $$s($$stringify(value))
    if (typeof value === 'number') return isFiniteNumber(value) ? $$String(value) : 'null'
    if (typeof value === 'boolean') return value ? 'true' : 'false'
    if (value === null) return 'null'
    if (typeof value !== 'object') return undefined
    if (value instanceof Number) return $$String(numberValue(value))
    if (value instanceof String || value instanceof Boolean) return $$stringify(value.valueOf())
    $$charge(1)
    if (++job.depth > 500) throw CIRCULAR
    const text = $$isArray(value) ? writeArray(value, job, indent) : writeObject(value, job, indent)
    job.depth--
    return $$s(text)
  }

  const writeArray = (value, job, indent) => {
    const count = $$isTrueArray(value) ? value.length : +value.length
    const between = job.gap === '' ? ',' : `,\n${indent}${job.gap}`
    let parts = ''
    for (let i = 0; i < count; i++) {
      $$charge(1)
      const item = write(value, $$String(i), job, indent + job.gap) ?? 'null'
      parts = i === 0 ? item : $$s(parts + between + item)
    }
    return join(parts, job.gap, indent, '[', ']')
  }

  const writeObject = (value, job, indent) => {
    const between = job.gap === '' ? ',' : `,\n${indent}${job.gap}`
    const colon = job.gap === '' ? ':' : ': '
    const keys = job.allowed ?? keysOf(value)
    let parts = ''
    let first = true
    for (let i = 0; i < keys.length; i++) {
      $$charge(1)
      const item = write(value, keys[i], job, indent + job.gap)
      if (item === undefined) continue
      parts = $$s(first ? $$stringify(keys[i]) + colon + item : parts + between + $$stringify(keys[i]) + colon + item)
      first = false
    }
    return join(parts, job.gap, indent, '{', '}')
  }

  const keysOfAny = Object.keys
  const keysOf = (value) => keysOfAny(value)

  const gapOf = (space) => {
    if (typeof space === 'number') return $$substring('          ', 0, space > 10 ? 10 : space > 0 ? space : 0)
    return typeof space === 'string' ? $$substring(space, 0, 10) : ''
  }

  $$replace(
    JSON,
    'stringify',
    {
      stringify(value, replacer, space) {
        const job = {
          depth: 0,
          gap: gapOf(space),
          replacer: typeof replacer === 'function' ? replacer : undefined,
          allowed: undefined,
        }
        if ($$isTrueArray(replacer)) {
          job.allowed = []
          for (let i = 0; i < replacer.length; i++)
            $$define(job.allowed, i, { value: $$String(replacer[i]), enumerable: true })
        }
        try {
          return write({ '': value }, '', job, '')
        } catch (error) {
          // Made here, where the author's line is still near the top of the stack.
          throw error === CIRCULAR ? new $$TypeError('Converting circular structure to JSON') : error
        }
      },
    }.stringify,
    3,
  )
  $$priced(JSON, 'parse', (_self, args) => {
    // A function that goes over it may put anything in its way.
    if (typeof args[1] === 'function') $$touchAll()
    return typeof args[0] === 'string' ? args[0].length >>> 2 : 16
  })
  delete JSON.rawJSON
  delete JSON.isRawJSON
}
