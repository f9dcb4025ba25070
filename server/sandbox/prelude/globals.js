/** Takes away whatever could tell a program the machine, the time or the load, or make code out of text; `lock.js` does the rest. */
'use strict'

const $$keepOnly = (owner, names) => {
  const kept = new $$Set(names)
  for (const name of $$ownKeys(owner)) if (!kept.has(name)) delete owner[name]
}

{
  const NO_CODE = 'Code cannot be made from text here.'
  const prototypes = [() => {}, async () => {}, function* () {}, async function* () {}].map($$protoOf)
  for (const prototype of prototypes) {
    const original = prototype.constructor
    const refusing = {
      [original.name]: class {
        constructor() {
          throw new $$TypeError(NO_CODE)
        }
      },
    }[original.name]
    $$define(refusing, 'prototype', { value: prototype, writable: false })
    $$define(prototype, 'constructor', { value: refusing, writable: false, configurable: false })
    if (prototype === Function.prototype)
      $$define(globalThis, 'Function', { value: refusing, writable: true, configurable: true })
  }

  const functionText = $$uncurry(Function.prototype.toString)
  const NAME = /^class\b/
  const test = $$uncurry(RegExp.prototype.test)
  $$replace(
    Function.prototype,
    'toString',
    {
      toString() {
        const text = functionText(this)
        const name = typeof this.name === 'string' ? $$substring(this.name, 0, 100) : ''
        return test(NAME, text) ? `class ${name} { … }` : `function ${name}() { … }`
      },
    }.toString,
  )

  // A trace shows where, never hands out functions; its length is the same for everyone.
  $$define($$Error, 'prepareStackTrace', { value: undefined, writable: false, configurable: false })
  // A context made from a snapshot is given this anew; `lock.js` fixes it.
  delete $$Error.stackTraceLimit
  delete $$Error.captureStackTrace

  // What the machine's languages would decide.
  const compare = {
    localeCompare(that) {
      const a = $$String(this)
      const b = $$String(that)
      $$charge((a.length < b.length ? a.length : b.length) >>> 6)
      return a < b ? -1 : a > b ? 1 : 0
    },
  }
  $$replace(String.prototype, 'localeCompare', compare.localeCompare)
  const lower = $$uncurry(String.prototype.toLowerCase)
  const upper = $$uncurry(String.prototype.toUpperCase)
  $$replace(
    String.prototype,
    'toLocaleLowerCase',
    {
      toLocaleLowerCase() {
        return lower(this)
      },
    }.toLocaleLowerCase,
  )
  $$replace(
    String.prototype,
    'toLocaleUpperCase',
    {
      toLocaleUpperCase() {
        return upper(this)
      },
    }.toLocaleUpperCase,
  )
  const numberText = $$uncurry(Number.prototype.toString)
  $$replace(
    Number.prototype,
    'toLocaleString',
    {
      toLocaleString() {
        return numberText(this)
      },
    }.toLocaleString,
  )
  $$replace(
    Array.prototype,
    'toLocaleString',
    {
      toLocaleString() {
        return this.join()
      },
    }.toLocaleString,
  )

  // Relics that join texts, keep what was matched last, or go round the counting.
  $$keepOnly(Proxy, ['length', 'name'])
  $$keepOnly(RegExp, ['length', 'name', 'prototype', Symbol.species, 'escape'])
  delete RegExp.prototype.compile
  for (const name of [
    'anchor',
    'big',
    'blink',
    'bold',
    'fixed',
    'fontcolor',
    'fontsize',
    'italics',
    'link',
    'small',
    'strike',
    'sub',
    'sup',
  ])
    delete String.prototype[name]
  for (const name of ['trimLeft', 'trimRight']) delete String.prototype[name]
  delete Function.prototype.arguments
  delete Function.prototype.caller
  delete Array.fromAsync
  delete Object.prototype.__defineGetter__
  delete Object.prototype.__defineSetter__
}
