/**
 * What the hooks of a followed program call. A step is `[point, waits, fuel, logLines, nextCall, values]`; values stand in the order of
 * the point's names. Nothing here calls into the program or costs it fuel: getters are named and proxies not touched.
 */

/** Set while a turn is followed: what has been told, as JSON, and what may still be. */
let $$steps
let $$stepsLeft = 0
let $$valuesLeft = 0
let $$stepsDropped = 0

const $$h = (point, read, names) => {
  if ($$steps !== undefined) $$step(point, read, names, false)
}
const $$v = (value, point, read, names) => {
  if ($$steps !== undefined) $$step(point, read, names, true)
  return value
}

const $$follow = (steps, values) => {
  $$steps = steps > 0 ? '' : undefined
  $$stepsLeft = steps
  $$valuesLeft = values
  $$stepsDropped = 0
}

/** JSON of the turn's steps, and how many were left out. */
const $$followed = () => {
  const told = `{"steps":[${$$steps ?? ''}],"dropped":${$$stepsDropped}}`
  $$steps = undefined
  return told
}

const $$step = (point, read, names, waits) => {
  if ($$cut !== undefined) return
  if ($$stepsLeft-- <= 0) {
    $$stepsDropped++
    return
  }
  const left = $$f
  // What is used here is not the program's to pay.
  $$f = 1e9
  const values = read === undefined || $$valuesLeft <= 0 ? '' : $$valuesOf(read, names)
  $$f = left
  $$valuesLeft -= values.length
  const text = `[${point},${waits ? 1 : 0},${$$state.budget - left},${$$state.logLines},${$$state.nextCall},[${values}]]`
  $$steps = $$steps === '' ? text : `${$$steps},${text}`
}

/** `null` for what is not there yet, and for functions, which say nothing. */
const $$valuesOf = (read, names) => {
  let text = ''
  for (let i = 0; i < names; i++) {
    let shown = 'null'
    try {
      const value = read(i)
      if (typeof value !== 'function') shown = $$stringify($$clip($$shown(value, 0)))
    } catch {
      // Not declared yet.
    }
    text = i === 0 ? shown : `${text},${shown}`
  }
  return text
}

const $$clip = (text) => (text.length > $$VALUE_CHARS ? `${$$substring(text, 0, $$VALUE_CHARS)}…` : text)

const $$SHOWN_PARTS = 12
const $$SHOWN_DEPTH = 3

/** As it would be written in a program, cut short where it is long. */
const $$shown = (value, depth) => {
  switch (typeof value) {
    case 'string':
      return $$stringify(value.length > $$VALUE_CHARS ? `${$$substring(value, 0, $$VALUE_CHARS)}…` : value)
    case 'function':
      return '[function]'
    case 'symbol':
      return '[symbol]'
    case 'object':
      break
    default:
      return $$is(value, -0) ? '-0' : $$String(value)
  }
  if (value === null) return 'null'
  if ($$weakHas($$proxies, value)) return '[proxy]'
  if (depth >= $$SHOWN_DEPTH) return $$isArray(value) ? '[…]' : '{…}'
  return $$isArray(value)
    ? $$shownList(value, depth)
    : ($$shownCollection(value, depth) ?? $$shownObject(value, depth))
}

const $$shownOwn = (owner, key, depth) => {
  const own = $$descriptor(owner, key)
  if (own === undefined) return 'empty'
  return own.get !== undefined || own.set !== undefined ? '[getter]' : $$shown(own.value, depth + 1)
}

const $$shownList = (list, depth) => {
  const length = $$descriptor(list, 'length').value
  let parts = ''
  for (let i = 0; i < length && i < $$SHOWN_PARTS; i++) parts += `${i === 0 ? '' : ', '}${$$shownOwn(list, i, depth)}`
  return length > $$SHOWN_PARTS ? `[${parts}, … +${length - $$SHOWN_PARTS}]` : `[${parts}]`
}

const $$sizeBy = (size, value) => {
  try {
    return size(value)
  } catch {
    return undefined
  }
}

/** Undefined when it is neither map nor set. */
const $$shownCollection = (value, depth) => {
  const pairs = $$sizeBy($$mapSize, value)
  const size = pairs ?? $$sizeBy($$setSize, value)
  if (size === undefined) return undefined
  let parts = ''
  let count = 0
  const add = (item, key) => {
    if (count++ >= $$SHOWN_PARTS) return
    const named = pairs === undefined ? '' : `${$$shown(key, depth + 1)} => `
    parts += `${count === 1 ? '' : ', '}${named}${$$shown(item, depth + 1)}`
  }
  if (pairs === undefined) $$forEachSet(value, add)
  else $$forEachMap(value, add)
  return `${pairs === undefined ? 'Set' : 'Map'}(${size}) {${parts}${size > $$SHOWN_PARTS ? ', …' : ''}}`
}

const $$shownObject = (object, depth) => {
  const keys = $$ownKeys(object)
  const message = $$descriptor(object, 'message')
  if (message !== undefined && typeof message.value === 'string' && $$descriptor(object, 'stack') !== undefined)
    return `${$$madeBy(object) || 'Error'}: ${message.value}`
  let parts = ''
  let count = 0
  for (let i = 0; i < keys.length && count <= $$SHOWN_PARTS; i++) {
    const key = keys[i]
    if (typeof key !== 'string' || !$$descriptor(object, key).enumerable) continue
    if (count++ < $$SHOWN_PARTS)
      parts += `${count === 1 ? '' : ', '}${$$substring(key, 0, 60)}: ${$$shownOwn(object, key, depth)}`
  }
  const made = $$madeBy(object)
  const kind = made === '' || made === 'Object' ? '' : `${made} `
  return `${kind}{${count === 0 ? '' : ` ${parts}${count > $$SHOWN_PARTS ? ', …' : ''} `}}`
}

/** Name of its class, read without running anything. */
const $$madeBy = (object) => {
  const prototype = $$protoOf(object)
  if (prototype === null || $$weakHas($$proxies, prototype)) return ''
  const made = $$descriptor(prototype, 'constructor')?.value
  if (typeof made !== 'function' || $$weakHas($$proxies, made)) return ''
  const name = $$descriptor(made, 'name')?.value
  return typeof name === 'string' ? $$substring(name, 0, 40) : ''
}
