/**
 * What was last written of `me.memory` is kept beside it, a node for each object and list, and how it comes to be so: nodes made, let
 * go and found again, and the edits by which a text becomes the next. What differs is found in `memory.js`.
 */
'use strict'

/** The keys of objects that look alike, each as it is written with quotes and colon, and how many characters that takes. */
class $$Shape {
  keys
  names
  heads
  count
  constructor(keys, names, heads, count) {
    this.keys = keys
    this.names = names
    this.heads = heads
    this.count = count
  }
}

/** An object or a list as it was last written. */
class $$Node {
  whole
  /** Of an object; nothing of a list. */
  shape = undefined
  /** A node for what has an inside, else the value. A key whose value is `undefined` has a place too, and is not written. */
  values = undefined
  /** Characters of each, -1 for what is not written. */
  sizes = undefined
  count = 0
  size = 0
  parent
  at
  /** Whether it is to be compared with what it is now. */
  touched = false
  /** Places of those inside of it that are to be gone over, in order. */
  marks = undefined
  constructor(whole, parent, at) {
    this.whole = whole
    this.parent = parent
    this.at = at
  }
}

/** What was last written, whole; nothing before the first time. */
let $$root = undefined
/** The node of each object and list, and how many nodes there are: more than here when something is in memory twice. */
let $$nodeOf = undefined
let $$nodes = 0
/** Whether all of memory is gone over in this writing. */
let $$wide = true

const $$getNode = $$uncurry(Map.prototype.get)
const $$setNode = $$uncurry(Map.prototype.set)
const $$deleteNode = $$uncurry(Map.prototype.delete)

const $$enlist = (node) => {
  $$nodes++
  $$setNode($$nodeOf, node.whole, node)
}

const $$forget = (node) => {
  if ($$getNode($$nodeOf, node.whole) === node) $$deleteNode($$nodeOf, node.whole)
}

/** It has left memory, and all that is in it. */
const $$drop = (node) => {
  $$dropFrom(node, 0)
  $$nodes--
  $$forget(node)
}

const $$dropFrom = (node, from) => {
  for (let i = from; i < node.count; i++) {
    const value = node.values[i]
    if (typeof value === 'object' && value !== null) $$drop(value)
    // Nothing is held on to that memory has let go of.
    node.values[i] = null
  }
}

// Lists whose every place is theirs, so that nothing a program puts on prototypes is ever asked.
const $$listOf = (length, item) => $$parse(`[${item}${$$repeat(`,${item}`, length - 1)}]`)
const $$nulls = (length) =>
  length === 0
    ? []
    : length <= 2
      ? [null, null]
      : length <= 5
        ? [null, null, null, null, null]
        : length <= 8
          ? [null, null, null, null, null, null, null, null]
          : $$listOf(length, 'null')
const $$zeros = (length) =>
  length === 0
    ? []
    : length <= 2
      ? [0, 0]
      : length <= 5
        ? [0, 0, 0, 0, 0]
        : length <= 8
          ? [0, 0, 0, 0, 0, 0, 0, 0]
          : $$listOf(length, '0')
/** Room that is made at once, however long a list says that it is. */
const $$ROOM_AT_ONCE = 4096

const $$reserve = (node, length) => {
  if (node.values !== undefined && length <= node.values.length) return
  const room = node.values === undefined ? length : length * 2
  const values = $$nulls(room)
  const sizes = $$zeros(room)
  for (let i = 0; i < node.count; i++) {
    values[i] = node.values[i]
    sizes[i] = node.sizes[i]
  }
  node.values = values
  node.sizes = sizes
}

// --- edits -------------------------------------------------------------------------------------------------------------

let $$edits = ''
let $$texts = ''
/** Where in the last text the edit before this one ended. */
let $$told = 0
/** The last edit, which what comes right behind it may still join: where, how many characters go, what comes; -1 when there is none. */
let $$editAt = -1
let $$editSize = 0
let $$editText = ''

const $$tell = () => {
  if ($$editAt < 0) return
  $$edits += `,${$$editAt - $$told},${$$editSize},${$$editText.length}`
  $$texts += $$editText
  $$told = $$editAt + $$editSize
  $$editAt = -1
}

const $$edit = (at, size, text) => {
  $$tell()
  $$editAt = at
  $$editSize = size
  $$editText = text
}

/** An edit right behind the last one becomes one with it: what stands between them is a comma and a key. */
const $$join = (at, size, gap, text, key) => {
  if (gap === 0 || $$editAt < 0 || $$editAt + $$editSize !== at - gap) $$edit(at, size, text)
  else {
    $$editSize += gap + size
    $$editText += gap === 1 ? `,${text}` : `,${$$stringify(key)}:${text}`
  }
}

// --- anew --------------------------------------------------------------------------------------------------------------

/** Text of a value, which is put at a place of a node. */
const $$fill = (node, i, value, depth) => {
  let text
  if (typeof value === 'object' && value !== null) {
    const inner = new $$Node(value, node, i)
    text = $$fillWhole(inner, depth)
    $$enlist(inner)
    node.values[i] = inner
  } else {
    text = $$plain(value, depth)
    node.values[i] = value
  }
  node.sizes[i] = text.length
  return text
}

const $$fillWhole = (node, depth) => {
  const value = node.whole
  if (depth >= $$PLAIN_DEPTH) throw $$tooDeep(depth)
  if (($$room -= 2) < 0) $$noRoom()
  const isList = $$isArray(value)
  if (!isList && !$$isPlainObject(value)) throw $$notPlain(depth, $$kindOf(value))
  node.shape = isList ? undefined : $$shapeOf($$keys(value))
  node.count = 0
  const body = isList ? $$addItems(node, value, 0, depth) : $$addKeys(node, value, 0, depth)
  node.size = body.length + 2
  return isList ? `[${body}]` : `{${body}}`
}

const $$isPlainObject = (value) => {
  const prototype = $$protoOf(value)
  return prototype === $$ObjectPrototype || prototype === null
}

const $$addItems = (node, list, from, depth) => {
  let body = ''
  const length = list.length
  $$reserve(node, length < $$ROOM_AT_ONCE ? length : $$ROOM_AT_ONCE)
  for (let i = from; i < length; i++) {
    $$trail[depth] = i
    $$reserve(node, i + 1)
    const text = $$fill(node, i, list[i] ?? null, depth + 1)
    node.count = i + 1
    body = i === from ? text : `${body},${text}`
    if (--$$room < 0) $$noRoom()
  }
  return body
}

const $$addKeys = (node, object, from, depth) => {
  let body = ''
  const { keys, names, count } = node.shape
  $$reserve(node, count)
  for (let i = from; i < count; i++) {
    const key = keys[i]
    const value = object[key]
    if (value === undefined) {
      node.values[i] = undefined
      node.sizes[i] = -1
      node.count = i + 1
      continue
    }
    $$trail[depth] = key
    const name = names[i]
    const text = name + $$fill(node, i, value, depth + 1)
    node.count = i + 1
    body = body === '' ? text : `${body},${text}`
    if (($$room -= name.length + 1) < 0) $$noRoom()
  }
  return body
}

/** Objects that come one after the other mostly look alike, or like the one before. */
let $$lastShape = new $$Shape($$parse('[]'), $$parse('[]'), $$parse('[]'), 0)
let $$otherShape = $$lastShape

const $$hasKeys = (shape, keys) => {
  const { length } = keys
  if (shape.count !== length) return false
  let same = 0
  while (same < length && keys[same] === shape.keys[same]) same++
  return same === length
}

const $$shapeOf = (keys) => {
  if ($$hasKeys($$lastShape, keys)) return $$lastShape
  const before = $$lastShape
  if ($$hasKeys($$otherShape, keys)) $$lastShape = $$otherShape
  else $$lastShape = $$newShape(keys)
  $$otherShape = before
  return $$lastShape
}

const $$newShape = (keys) => {
  const { length } = keys
  const own = $$nulls(length)
  const names = $$nulls(length)
  const heads = $$zeros(length)
  for (let i = 0; i < length; i++) {
    own[i] = keys[i]
    names[i] = `${$$stringify(keys[i])}:`
    heads[i] = names[i].length
  }
  return new $$Shape(own, names, heads, length)
}
