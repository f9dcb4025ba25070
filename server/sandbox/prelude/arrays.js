/** Prices of what arrays can do in one call, by how much there is to do. */
'use strict'

{
  const list = Array.prototype
  const trunc = Math.trunc
  const log2 = Math.log2
  const Original = Array

  const eighth = (self) => $$len(self) >>> 3
  /** What it is called on is written to. */
  const writing = (price) => (self, args) => price($$w(self), args)
  /** It makes another list by what the list says makes lists: that may give back one that is there already. */
  const making = (price) => (self, args) => {
    if ($$isArray(self) && self.constructor !== Original) $$touchAll()
    return price(self, args)
  }
  for (const name of [
    'every',
    'find',
    'findIndex',
    'findLast',
    'findLastIndex',
    'forEach',
    'reduce',
    'reduceRight',
    'some',
    'includes',
    'indexOf',
    'lastIndexOf',
    'toSpliced',
    'toReversed',
    'with',
  ])
    $$priced(list, name, eighth)
  for (const name of ['copyWithin', 'reverse', 'unshift']) $$priced(list, name, writing(eighth))
  for (const name of ['filter', 'map']) $$priced(list, name, making(eighth))
  $$priced(list, 'splice', making(writing(eighth)))
  $$priced(
    list,
    'fill',
    writing((self) => $$len(self) >>> 2),
  )
  $$priced(
    list,
    'shift',
    writing((self) => $$len(self) >>> 6),
  )
  $$writing(list, 'pop')
  const sorting = (self) => {
    const length = $$len(self)
    return length > 1 ? trunc(length * log2(length)) >>> 2 : 0
  }
  $$priced(list, 'sort', writing(sorting))
  $$priced(list, 'toSorted', sorting)

  const from = (index, length) =>
    typeof index !== 'number'
      ? 0
      : index < 0
        ? length + index > 0
          ? length + index
          : 0
        : index < length
          ? index
          : length
  const slicing = (self, args) => {
    const length = $$len(self)
    const end = args[1] === undefined ? length : typeof args[1] === 'number' ? from(args[1], length) : length
    const taken = end - from(args[0], length)
    return taken > 0 ? taken >>> 2 : 0
  }
  const joining = (self, args) => {
    let total = $$len(self)
    for (let i = 0; i < args.length; i++) total += $$len(args[i])
    return total >>> 2
  }
  $$priced(list, 'slice', making(slicing))
  $$priced(list, 'concat', making(joining))
  $$priced(
    list,
    'push',
    writing((_self, args) => args.length >>> 2),
  )

  const join = $$uncurry(list.join)
  $$replace(
    list,
    'join',
    {
      join(separator) {
        const length = $$len(this)
        $$charge(1 + (length >>> 2))
        const between = separator === undefined ? ',' : $$String(separator)
        let total = between.length * length
        for (let i = 0; i < length; i++) if (typeof this[i] === 'string') total += this[i].length
        if (total > $$TEXT_MAX) throw new $$RangeError('Invalid string length')
        $$charge(total >>> 6)
        return $$s(join(this, between))
      },
    }.join,
    1,
  )

  const push = $$uncurry(list.push)
  const flatten = (into, source, depth) => {
    const length = $$len(source)
    $$charge(1 + length)
    for (let i = 0; i < length; i++) {
      if (!(i in source)) continue
      const item = source[i]
      if (depth > 0 && $$isArray(item)) flatten(into, item, depth - 1)
      else push(into, item)
    }
    return into
  }
  $$replace(
    list,
    'flat',
    {
      flat(depth) {
        return flatten([], this, depth === undefined ? 1 : +depth)
      },
    }.flat,
    0,
  )
  $$replace(
    list,
    'flatMap',
    {
      flatMap(callback, self) {
        const into = []
        const length = $$len(this)
        $$charge(1 + length)
        for (let i = 0; i < length; i++) {
          if (!(i in this)) continue
          const item = $$apply(callback, self, [this[i], i, this])
          if ($$isArray(item)) flatten(into, item, 0)
          else push(into, item)
        }
        return into
      },
    }.flatMap,
    1,
  )

  const fromAny = Original.from
  $$replace(
    Original,
    'from',
    {
      from(items, map, self) {
        if (this !== Priced && this !== Original) $$touchAll()
        const iterable = items !== null && items !== undefined && items[$$iterator] !== undefined
        if (!iterable) $$charge($$len(items) >>> 2)
        const source = iterable ? $$i(items) : items
        return map === undefined ? $$apply(fromAny, this, [source]) : $$apply(fromAny, this, [source, map, self])
      },
    }.from,
    1,
  )

  const of = Original.of
  $$replace(
    Original,
    'of',
    {
      of() {
        if (this !== Priced && this !== Original) $$touchAll()
        return $$apply(of, this, arguments)
      },
    }.of,
    0,
  )

  // `Array(n)` makes room for n at once.
  const construct = Reflect.construct
  const Priced = function Array() {
    const first = arguments[0]
    $$charge(arguments.length === 1 && typeof first === 'number' ? first >>> 2 : arguments.length >>> 2)
    return construct(Original, arguments, new.target ?? Original)
  }
  for (const key of $$ownKeys(Original)) if (key !== 'prototype') $$define(Priced, key, $$descriptor(Original, key))
  $$define(Priced, 'prototype', { value: list, writable: false })
  $$define(globalThis, 'Array', { value: Priced, writable: true, enumerable: false, configurable: true })
}

/** Iterator helpers, written out so that each step is counted. */
{
  const prototype = Iterator.prototype
  const helpers = {
    *map(callback) {
      let index = 0
      for (const value of $$metered(this)) yield callback(value, index++)
    },
    *filter(callback) {
      let index = 0
      for (const value of $$metered(this)) if (callback(value, index++)) yield value
    },
    *take(limit) {
      let left = +limit
      if (left < 1) return
      for (const value of $$metered(this)) {
        yield value
        if (--left < 1) return
      }
    },
    *drop(limit) {
      let left = +limit
      for (const value of $$metered(this)) if (left-- < 1) yield value
    },
    *flatMap(callback) {
      let index = 0
      for (const value of $$metered(this)) yield* $$metered(callback(value, index++))
    },
    forEach(callback) {
      let index = 0
      for (const value of $$metered(this)) callback(value, index++)
    },
    some(callback) {
      let index = 0
      for (const value of $$metered(this)) if (callback(value, index++)) return true
      return false
    },
    every(callback) {
      let index = 0
      for (const value of $$metered(this)) if (!callback(value, index++)) return false
      return true
    },
    find(callback) {
      let index = 0
      for (const value of $$metered(this)) if (callback(value, index++)) return value
    },
    reduce(callback, ...initial) {
      let index = 0
      let empty = initial.length === 0
      let sum = initial[0]
      for (const value of $$metered(this)) {
        sum = empty ? value : callback(sum, value, index)
        empty = false
        index++
      }
      if (empty) throw new $$TypeError('Reduce of a done iterator with no initial value')
      return sum
    },
    toArray() {
      return [...$$metered(this)]
    },
  }
  for (const key of $$ownKeys(prototype))
    if (typeof $$descriptor(prototype, key).value === 'function' && key !== $$iterator && key !== 'constructor')
      delete prototype[key]
  for (const key of $$ownKeys(helpers)) $$replace(prototype, key, helpers[key])
  for (const key of ['constructor', Symbol.toStringTag]) $$setting(prototype, key)
  $$keepOnly(Iterator, ['length', 'name', 'prototype'])
}
