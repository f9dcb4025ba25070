/** Values as text: `me.memory` as exact JSON of plain data, and anything at all for the log. */
'use strict'

/** Set for each writing: characters that may still come. */
let $$room = 0
const $$PLAIN_DEPTH = 50
const $$ObjectPrototype = Object.prototype
const $$ArrayPrototype = Array.prototype
const $$isFinite = Number.isFinite
const $$is = Object.is
const $$keys = Object.keys

/** The keys on the way to where the writing is: put together only when something is wrong there. */
const $$trail = [...'..................................................']
const $$pathTo = (depth) => {
  let path = 'memory'
  for (let i = 0; i < depth && i < 6; i++) {
    const key = $$trail[i]
    path += typeof key === 'number' ? `[${key}]` : `.${$$substring(key, 0, 30)}`
  }
  return path
}

/** Why a value is not plain data, thrown as `{ code, params }`. */
const $$notPlain = (depth, kind) => ({
  __proto__: null,
  code: 'memory_not_plain',
  params: { __proto__: null, path: $$pathTo(depth), kind },
})

const $$plain = (value, depth) => {
  switch (typeof value) {
    case 'string': {
      const text = $$stringify(value)
      if (($$room -= text.length) < 0) $$noRoom()
      return text
    }
    case 'number':
      if (!$$isFinite(value)) throw $$notPlain(depth, $$String(value))
      if (($$room -= 4) < 0) $$noRoom()
      return $$is(value, -0) ? '-0' : $$String(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      break
    default:
      throw $$notPlain(depth, typeof value)
  }
  if (value === null) return 'null'
  if (depth >= $$PLAIN_DEPTH) throw $$tooDeep(depth)
  if (($$room -= 2) < 0) $$noRoom()
  if ($$isArray(value)) return $$plainList(value, depth)
  const prototype = $$protoOf(value)
  if (prototype !== $$ObjectPrototype && prototype !== null) throw $$notPlain(depth, $$kindOf(value))
  return $$plainObject(value, depth)
}

const $$plainList = (list, depth) => {
  let parts = ''
  const length = list.length
  for (let i = 0; i < length; i++) {
    if (--$$room < 0) $$noRoom()
    $$trail[depth] = i
    const item = list[i]
    const text = item === undefined ? 'null' : $$plain(item, depth + 1)
    parts = i === 0 ? text : parts + ',' + text
  }
  return `[${parts}]`
}

const $$plainObject = (object, depth) => {
  let parts = ''
  const keys = $$keys(object)
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]
    const value = object[key]
    if (value === undefined) continue
    const name = $$stringify(key)
    if (($$room -= name.length + 2) < 0) $$noRoom()
    $$trail[depth] = key
    const text = $$plain(value, depth + 1)
    parts = parts === '' ? name + ':' + text : parts + ',' + name + ':' + text
  }
  return `{${parts}}`
}

const $$tooDeep = (depth) => ({
  __proto__: null,
  code: 'memory_too_deep',
  params: { __proto__: null, path: $$pathTo(depth) },
})

const $$noRoom = () => {
  throw { __proto__: null, code: 'memory_too_big' }
}

const $$kindOf = (value) => {
  const made = $$descriptor($$protoOf(value) ?? {}, 'constructor')?.value
  const name = typeof made === 'function' ? $$descriptor(made, 'name')?.value : undefined
  return typeof name === 'string' && name !== '' ? $$substring(name, 0, 40) : 'object'
}

// --- for the log -------------------------------------------------------------------------------------------------------

const $$INSPECT_KEYS = 20
const $$INSPECT_DEPTH = 3
const $$errorText = $$uncurry(Error.prototype.toString)
const $$symbolText = $$uncurry(Symbol.prototype.toString)
const $$forEachMap = $$uncurry(Map.prototype.forEach)
const $$forEachSet = $$uncurry(Set.prototype.forEach)

/** As it would be written in a program, cut short where it is long. Getters are named, not called. */
const $$inspect = (value, depth) => {
  switch (typeof value) {
    case 'string':
      return $$stringify(value.length > 200 ? `${$$substring(value, 0, 200)}…` : value)
    case 'function':
      return `[function ${$$nameOf(value)}]`
    case 'symbol':
      return $$substring($$symbolText(value), 0, 80)
    case 'object':
      break
    default:
      return $$is(value, -0) ? '-0' : $$String(value)
  }
  if (value === null) return 'null'
  $$charge(2)
  if ($$weakHas($$proxies, value)) return '[proxy]'
  if (value instanceof $$Error)
    return $$substring(
      $$safely(() => $$errorText(value), '[error]'),
      0,
      300,
    )
  if (depth >= $$INSPECT_DEPTH) return $$isArray(value) ? '[…]' : '{…}'
  if ($$isArray(value)) return $$inspectList(value, depth)
  if (value instanceof $$Map || value instanceof $$Set)
    return $$safely(() => $$inspectCollection(value, depth), '{…}')
  return $$inspectObject(value, depth)
}

const $$nameOf = (made) => {
  const name = $$descriptor(made, 'name')?.value
  return typeof name === 'string' && name !== '' ? $$substring(name, 0, 60) : 'anonymous'
}

const $$safely = (run, otherwise) => {
  try {
    return run()
  } catch (error) {
    $$c(error)
    return otherwise
  }
}

const $$inspectList = (list, depth) => {
  let parts = ''
  for (let i = 0; i < list.length && i < $$INSPECT_KEYS; i++)
    parts += `${i === 0 ? '' : ', '}${$$inspectOwn(list, i, depth)}`
  return list.length > $$INSPECT_KEYS ? `[${parts}, … ${list.length - $$INSPECT_KEYS} more]` : `[${parts}]`
}

const $$inspectOwn = (owner, key, depth) => {
  const own = $$descriptor(owner, key)
  if (own === undefined) return 'empty'
  return own.get !== undefined || own.set !== undefined ? '[getter]' : $$inspect(own.value, depth + 1)
}

const $$inspectObject = (object, depth) => {
  const keys = $$keys(object)
  let parts = ''
  for (let i = 0; i < keys.length && i < $$INSPECT_KEYS; i++)
    parts += `${i === 0 ? ' ' : ', '}${$$substring(keys[i], 0, 60)}: ${$$inspectOwn(object, keys[i], depth)}`
  const more = keys.length > $$INSPECT_KEYS ? `, … ${keys.length - $$INSPECT_KEYS} more` : ''
  const prototype = $$protoOf(object)
  const kind = prototype === $$ObjectPrototype || prototype === null ? '' : `${$$kindOf(object)} `
  return keys.length === 0 ? `${kind}{}` : `${kind}{${parts}${more} }`
}

const $$inspectCollection = (collection, depth) => {
  const isMap = collection instanceof $$Map
  const size = isMap ? $$mapSize(collection) : $$setSize(collection)
  $$charge(size >>> 3)
  let parts = ''
  let shown = 0
  const add = (value, key) => {
    if (shown++ >= $$INSPECT_KEYS) return
    parts += `${shown === 1 ? ' ' : ', '}${isMap ? `${$$inspect(key, depth + 1)} => ` : ''}${$$inspect(value, depth + 1)}`
  }
  if (isMap) $$forEachMap(collection, add)
  else $$forEachSet(collection, add)
  return `${isMap ? 'Map' : 'Set'}(${size}) {${parts}${size > $$INSPECT_KEYS ? ', …' : ''}${size === 0 ? '' : ' '}}`
}
