/**
 * What is done last, in each context: the engine gives a context some things of its own when it makes it, also when it makes it from
 * a snapshot of the scripts before this one. An allow-list: what is new in an engine is gone too.
 */
'use strict'

/** Collects what is no longer in use; hosts are started with it. */
const $$gc = typeof globalThis.gc === 'function' ? globalThis.gc : () => {}
/** Whether there is such a thing here. */
const $$collects = typeof globalThis.gc === 'function'

const $$ALLOWED = new $$Set([
  'Object',
  'Function',
  'Array',
  'Number',
  'parseFloat',
  'parseInt',
  'Infinity',
  'NaN',
  'undefined',
  'Boolean',
  'String',
  'Symbol',
  'Promise',
  'RegExp',
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
  'globalThis',
  'JSON',
  'Math',
  'Map',
  'Set',
  'Iterator',
  'WeakMap',
  'WeakSet',
  'Proxy',
  'Reflect',
  'decodeURI',
  'decodeURIComponent',
  'encodeURI',
  'encodeURIComponent',
  'isFinite',
  'isNaN',
  'console',
])
// `gc` cannot be taken away, only emptied.
for (const name of $$ownKeys(globalThis))
  if (!$$ALLOWED.has(name) && !$$deleteProperty(globalThis, name)) globalThis[name] = undefined
delete Iterator.prototype[Symbol.dispose]
// A trace's length is the same for everyone.
$$define($$Error, 'stackTraceLimit', { value: 10, writable: false, configurable: false })
