/**
 * `me.memory` written down at the end of a turn. What was last written is kept beside it, a node for each object and list. What is
 * written again is what differs, as edits of the last text: `edits` has three numbers for each (how far after the one before, how
 * many characters go, how many come), `texts` what comes, end to end. Only what the program has touched since is looked at: its
 * writes are noted (`$$w`); where one may have gone by unnoted, all of memory is.
 */
'use strict'

// --- what differs --------------------------------------------------------------------------------------------------------

/**
 * The value at a place of a node, and what it is now. `here`: where it begins in the last text; `gap`: how many characters stand
 * between it and the value before it in the same whole, 0 for the first.
 */
const $$keep = (node, i, value, here, gap, depth, key) => {
  const was = node.values[i]
  const isWhole = typeof value === 'object' && value !== null
  if (typeof was !== 'object' || was === null) {
    if (!isWhole) {
      if (value !== was || (value === 0 && !$$is(value, was))) $$keepLeaf(node, i, value, here, gap, depth, key)
      return
    }
  } else if (isWhole) {
    if (value === was.whole && !$$wide && !was.touched && was.marks === undefined) return
    $$trail[depth] = key
    if (
      was.shape === undefined
        ? $$isArray(value)
        : (value === was.whole && !$$reparented) || (!$$isArray(value) && $$isPlainObject(value))
    ) {
      $$refresh(was, value, here, depth + 1)
      node.sizes[i] = was.size
      return
    }
  }
  const size = node.sizes[i]
  $$trail[depth] = key
  if (typeof was === 'object' && was !== null) $$drop(was)
  $$join(here, size, gap, $$fill(node, i, value, depth + 1), key)
}

const $$keepLeaf = (node, i, value, here, gap, depth, key) => {
  $$trail[depth] = key
  const text = $$plain(value, depth + 1)
  $$join(here, node.sizes[i], gap, text, key)
  node.values[i] = value
  node.sizes[i] = text.length
}

const $$refresh = (node, whole, here, depth) => {
  const { marks, touched } = node
  node.marks = undefined
  node.touched = false
  const isSame = whole === node.whole
  if (isSame && !$$wide && !touched) return $$refreshMarked(node, marks, here, depth)
  if (!isSame) {
    $$forget(node)
    node.whole = whole
    $$setNode($$nodeOf, whole, node)
  }
  if (node.shape === undefined) $$refreshList(node, whole, here, depth)
  else $$refreshObject(node, whole, here, depth)
}

/** Nothing of it has changed but what is inside of some of its parts. */
const $$refreshMarked = (node, marks, here, depth) => {
  const { sizes, values, shape } = node
  let at = here + 1
  let grown = 0
  let i = 0
  for (let mark = marks; mark !== undefined; mark = mark.next) {
    for (; i < mark.at; i++) if (sizes[i] >= 0) at += (shape === undefined ? 0 : shape.heads[i]) + sizes[i] + 1
    const head = shape === undefined ? 0 : shape.heads[i]
    const size = sizes[i]
    const inner = values[i]
    $$trail[depth] = shape === undefined ? i : shape.keys[i]
    $$refresh(inner, inner.whole, at + head, depth + 1)
    sizes[i++] = inner.size
    grown += inner.size - size
    at += head + size + 1
  }
  node.size += grown
}

const $$refreshList = (node, list, here, depth) => {
  const was = node.size
  const { count } = node
  const length = list.length
  let at = here + 1
  let grown = 0
  let i = 0
  for (; i < length && i < count; i++) {
    const size = node.sizes[i]
    $$keep(node, i, list[i] ?? null, at, i === 0 ? 0 : 1, depth, i)
    grown += node.sizes[i] - size
    at += size + 1
  }
  if (i < count) {
    const cut = i === 0 ? at : at - 1
    const gone = here + was - 1 - cut
    $$edit(cut, gone, '')
    $$dropFrom(node, i)
    node.count = i
    grown -= gone
  } else if (i < length) {
    const body = $$addItems(node, list, i, depth)
    const text = count === 0 ? body : `,${body}`
    $$edit(here + was - 1, 0, text)
    grown += text.length
  }
  node.size = was + grown
}

const $$refreshObject = (node, object, here, depth) => {
  const was = node.size
  const { keys, heads, count } = node.shape
  const edits = $$edits
  const texts = $$texts
  const told = $$told
  const editAt = $$editAt
  const editSize = $$editSize
  const editText = $$editText
  let at = here + 1
  let grown = 0
  let i = 0
  let isSame = true
  for (const key in object) {
    if (i === count) {
      i++
      break
    }
    const value = object[key]
    const size = node.sizes[i]
    if (key !== keys[i] || (value === undefined) !== size < 0) {
      isSame = false
      break
    }
    if (value !== undefined) {
      const head = heads[i]
      $$keep(node, i, value, at + head, at === here + 1 ? 0 : head + 1, depth, key)
      grown += node.sizes[i] - size
      at += head + size + 1
    }
    i++
  }
  if (!isSame || i < count) {
    $$edits = edits
    $$texts = texts
    $$told = told
    $$editAt = editAt
    $$editSize = editSize
    $$editText = editText
    $$dropFrom(node, 0)
    $$edit(here, was, $$fillWhole(node, depth))
    return
  }
  if (i > count) {
    node.shape = $$shapeOf($$keys(object))
    const body = $$addKeys(node, object, count, depth)
    if (body !== '') {
      const text = was === 2 ? body : `,${body}`
      $$edit(here + was - 1, 0, text)
      grown += text.length
    }
  }
  node.size = was + grown
}

// --- what was touched ----------------------------------------------------------------------------------------------------

/** The way from the root to each that was written to. */
const $$markTouched = () => {
  for (let i = 0; i < $$touches; i++) {
    const node = $$getNode($$nodeOf, $$touched[i])
    if (node === undefined || node.touched) continue
    let isLinked = node.marks !== undefined
    node.touched = true
    for (let at = node; !isLinked && at.parent !== undefined; at = at.parent) {
      const { parent } = at
      isLinked = parent.touched || parent.marks !== undefined
      $$mark(parent, at.at)
    }
  }
}

class $$Mark {
  at
  next
  constructor(at, next) {
    this.at = at
    this.next = next
  }
}

const $$mark = (node, at) => {
  let before
  let after = node.marks
  while (after !== undefined && after.at < at) {
    before = after
    after = after.next
  }
  const mark = new $$Mark(at, after)
  if (before === undefined) node.marks = mark
  else before.next = mark
}

const $$untouch = () => {
  for (let i = 0; i < $$touches && i < $$TOUCHED_MAX; i++) $$touched[i] = undefined
  $$touches = 0
  $$touchedLast = undefined
}

// --- the whole -----------------------------------------------------------------------------------------------------------

/** From what is kept alone; nothing of the program's runs. */
const $$textAt = (node) => {
  let body = ''
  let isFirst = true
  const { shape, sizes, values } = node
  for (let i = 0; i < node.count; i++) {
    if (sizes[i] < 0) continue
    const value = values[i]
    const text =
      typeof value === 'object' && value !== null ? $$textAt(value) : $$is(value, -0) ? '-0' : $$stringify(value)
    const named = shape === undefined ? text : `${$$stringify(shape.keys[i])}:${text}`
    body = isFirst ? named : `${body},${named}`
    isFirst = false
  }
  return shape === undefined ? `[${body}]` : `{${body}}`
}

/** Whether `for (… in …)` finds nothing but an object's own keys. */
const $$bare = {}
const $$prototypesAreBare = () => {
  for (const _ in $$bare) return false
  return true
}

/** Whether some object may have been given another prototype since the last writing. */
let $$reparented = false
{
  const noting = (owner, name) => {
    const original = owner[name]
    const noted = {
      [name](object, prototype) {
        $$reparented = true
        return $$apply(original, this, [object, prototype])
      },
    }[name]
    $$replace(owner, name, noted, original.length)
  }
  noting(Object, 'setPrototypeOf')
  noting(Reflect, 'setPrototypeOf')
  const accessor = $$descriptor(Object.prototype, '__proto__')
  const { set } = accessor
  const noted = $$descriptor(
    {
      set __proto__(prototype) {
        $$reparented = true
        $$apply(set, this, [prototype])
      },
    },
    '__proto__',
  ).set
  $$define(Object.prototype, '__proto__', { ...accessor, set: noted })
}

/** What `$$collect` adds to its answer: nothing when memory is as it was. Throws when it is not plain data within its size. */
const $$writeChanges = (memory, limit, asEdits) => {
  // Twice: what grows in one place may have shrunk in another.
  $$room = limit * 2
  if (typeof memory !== 'object' || memory === null || $$isArray(memory))
    throw $$notPlain(0, $$isArray(memory) ? 'array' : typeof memory)
  if (!$$isPlainObject(memory)) throw $$notPlain(0, $$kindOf(memory))
  if ($$root === undefined || !$$prototypesAreBare()) {
    const was = $$memoryText()
    $$nodeOf = new $$Map()
    $$nodes = 0
    const root = new $$Node(memory, undefined, 0)
    const text = $$fillWhole(root, 0)
    if (text.length > limit) $$noRoom()
    $$enlist(root)
    $$root = root
    $$untouch()
    $$reparented = false
    return text === was ? '' : `,"memory":${$$stringify(text)}`
  }
  $$edits = ''
  $$texts = ''
  $$told = 0
  $$editAt = -1
  $$wide = $$noted !== 1 || $$tricky || $$reparented || $$touches > $$TOUCHED_MAX || $$nodes !== $$mapSize($$nodeOf)
  if (!$$wide) $$markTouched()
  if ($$wide || memory !== $$root.whole || $$root.touched || $$root.marks !== undefined)
    $$refresh($$root, memory, 0, 0)
  $$tell()
  $$untouch()
  $$reparented = false
  if ($$root.size > limit) $$noRoom()
  if ($$edits === '') return ''
  return asEdits && $$edits.length + $$texts.length < $$root.size
    ? `,"edits":[${$$substring($$edits, 1)}],"texts":${$$stringify($$texts)}`
    : `,"memory":${$$stringify($$textAt($$root))}`
}

/** As it was last written. */
const $$memoryText = () => ($$root === undefined ? $$state.memoryText : $$textAt($$root))
