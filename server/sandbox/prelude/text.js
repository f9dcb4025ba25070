/** Prices of what texts and regular expressions can do in one call. */
'use strict'

{
  const text = String.prototype
  const length = (self) => (typeof self === 'string' ? self.length : 64)

  for (const name of [
    'isWellFormed',
    'match',
    'matchAll',
    'normalize',
    'search',
    'toLocaleLowerCase',
    'toLocaleUpperCase',
    'toLowerCase',
    'toUpperCase',
    'toWellFormed',
    'trim',
    'trimEnd',
    'trimStart',
  ])
    $$priced(text, name, (self) => length(self) >>> 6)
  for (const name of ['includes', 'indexOf', 'lastIndexOf', 'startsWith', 'endsWith'])
    $$priced(text, name, (self, args) => (length(self) >>> 6) + (length(self) * length(args[0])) / 16384)
  $$priced(text, 'split', (self) => length(self) >>> 3)
  $$priced(text, 'at', () => 0)

  const bounded = (size) => {
    if (size > $$TEXT_MAX) throw new $$RangeError('Invalid string length')
    return size >>> 6
  }
  $$priced(text, 'repeat', (self, args) => (args[0] > 0 ? bounded(length(self) * args[0]) : 0))
  const padding = (self, args) => (args[0] > 0 ? bounded(args[0]) + (length(self) >>> 6) : 0)
  $$priced(text, 'padStart', padding)
  $$priced(text, 'padEnd', padding)
  $$priced(text, 'concat', (self, args) => {
    let total = length(self)
    for (let i = 0; i < args.length; i++) total += length(args[i])
    return bounded(total)
  })

  // The new text may hold what was found, or what stood before it, once for each place: pays for the longest that can come out.
  const includes = $$uncurry(text.includes)
  const worst = (self, replacement, places) => {
    const size = length(self)
    if (typeof replacement !== 'string') return size >>> 5
    const each = replacement.length + (includes(replacement, '$') ? size : 0)
    return (size >>> 5) + (each * (places === 1 ? 1 : size)) / 1024
  }
  $$priced(text, 'replace', (self, args) => worst(self, args[1], typeof args[0] === 'string' ? 1 : 2))
  $$priced(text, 'replaceAll', (self, args) => worst(self, args[1], 2))
  for (const name of ['replace', 'replaceAll']) {
    const priced = text[name]
    $$replace(
      text,
      name,
      {
        [name](what, by) {
          return $$s($$apply(priced, this, [what, by]))
        },
      }[name],
      2,
    )
  }

  $$replace(
    String,
    'raw',
    {
      raw(strings, ...values) {
        const raw = strings.raw
        const count = $$len(raw)
        let out = ''
        for (let i = 0; i < count; i++) {
          $$charge(1)
          out = $$s(out + raw[i] + (i + 1 < count && i < values.length ? values[i] : ''))
        }
        return out
      },
    }.raw,
    1,
  )

  // What comes out may be longer than what went in, and could be put in again.
  const growing = (owner, name) => {
    $$priced(owner, name, (_self, args) => length(args[0]) >>> 4)
    const priced = owner[name]
    $$replace(
      owner,
      name,
      {
        [name](value) {
          return $$s(priced(value))
        },
      }[name],
    )
  }
  for (const name of ['decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent']) growing(globalThis, name)
  growing(RegExp, 'escape')

  for (const name of ['parseInt', 'parseFloat'])
    $$priced(globalThis, name, (_self, args) => (typeof args[0] === 'string' ? args[0].length >>> 6 : 0))
  $$define(Number, 'parseInt', { value: parseInt, writable: true, configurable: true })
  $$define(Number, 'parseFloat', { value: parseFloat, writable: true, configurable: true })

  const errorText = $$uncurry(Error.prototype.toString)
  $$replace(
    Error.prototype,
    'toString',
    {
      toString() {
        return $$s(errorText(this))
      },
    }.toString,
  )
}

{
  const prototype = RegExp.prototype
  $$priced(prototype, 'exec', (self, args) => $$patternPrice(self, typeof args[0] === 'string' ? args[0].length : 64))
  const regexpText = $$uncurry(prototype.toString)
  $$replace(
    prototype,
    'toString',
    {
      toString() {
        return $$s(regexpText(this))
      },
    }.toString,
  )

  const Original = RegExp
  const construct = Reflect.construct
  const Priced = function RegExp(pattern) {
    $$charge(typeof pattern === 'string' ? 4 + (pattern.length >>> 1) : 4)
    return construct(Original, arguments, new.target ?? Priced)
  }
  for (const key of $$ownKeys(Original)) if (key !== 'prototype') $$define(Priced, key, $$descriptor(Original, key))
  $$define(Priced, 'prototype', { value: prototype, writable: false })
  $$define(prototype, 'constructor', { value: Priced, writable: true, enumerable: false, configurable: true })
  $$define(globalThis, 'RegExp', { value: Priced, writable: true, enumerable: false, configurable: true })
}
