/**
 * What a regular expression may take, before it runs. V8 goes on in its linear engine after some backtracking (a flag of the host),
 * but not for every expression: those it cannot take over are priced by how often they may go back.
 */
'use strict'

const $$patternPrice = (() => {
  const prototype = RegExp.prototype
  const getter = (name) => $$uncurry($$descriptor(prototype, name).get)
  const sourceOf = getter('source')
  const isSticky = getter('sticky')
  // Flags that the linear engine does not know.
  const foreign = [getter('ignoreCase'), getter('unicode'), getter('unicodeSets'), getter('hasIndices')]
  const known = new $$Map()
  const get = $$uncurry($$Map.prototype.get)
  const set = $$uncurry($$Map.prototype.set)
  const clear = $$uncurry($$Map.prototype.clear)
  const charAt = $$uncurry(String.prototype.charAt)
  const indexOf = $$uncurry(String.prototype.indexOf)
  const lower = $$uncurry(String.prototype.toLowerCase)

  /**
   * One pass over the source. A group is `{ varies, firsts }`: whether what it matches may differ in length, and the first
   * letters of its alternatives, as far as they are plain and all different.
   */
  const study = (source) => {
    const found = { __proto__: null, size: source.length, foreign: false, loops: 0, nested: false }
    const open = []
    let depth = 0
    let group = {
      __proto__: null,
      varies: false,
      ambiguous: false,
      firsts: '',
      alternatives: 1,
      atStart: true,
      copies: 1,
    }
    /** What a quantifier right here would repeat. */
    let atom
    for (let i = 0; i < source.length; i++) {
      const c = charAt(source, i)
      const atStart = group.atStart
      group.atStart = false
      if (c === '(') {
        const mark = charAt(source, i + 1) === '?' ? charAt(source, i + 2) : ''
        const named = mark === '<' && charAt(source, i + 3) !== '=' && charAt(source, i + 3) !== '!'
        if (mark !== '' && mark !== ':' && !named) found.foreign = true
        if (atStart) group.ambiguous = true
        $$define(open, depth, { value: group, configurable: true, writable: true })
        depth++
        group = {
          __proto__: null,
          varies: false,
          ambiguous: false,
          firsts: '',
          alternatives: 1,
          atStart: true,
          copies: 1,
        }
        atom = undefined
        if (mark !== '') {
          i = named ? indexOf(source, '>', i) : i + 2
          if (i < 0) break
        }
      } else if (c === ')') {
        if (depth === 0) break
        const closed = group
        depth--
        group = open[depth]
        group.varies = group.varies || closed.varies || closed.alternatives > 1
        group.copies *= closed.copies
        atom = {
          __proto__: null,
          varies: closed.varies,
          ambiguous: closed.alternatives > 1 && (closed.ambiguous || closed.varies),
        }
      } else if (c === '|') {
        group.alternatives++
        group.atStart = true
        atom = undefined
      } else if (c === '*' || c === '+' || c === '?' || c === '{') {
        const counted = c === '{' ? counts(source, i) : undefined
        if (c === '{' && counted === undefined) {
          atom = PLAIN
          continue
        }
        const most = counted ? counted.most : c === '?' ? 1 : Infinity
        const least = counted ? counted.least : c === '+' ? 1 : 0
        if (most > 1 && atom !== undefined && (atom.varies || atom.ambiguous)) found.nested = true
        if (most === Infinity) found.loops++
        else if (most > 1) {
          group.copies *= most
          if (group.copies > 16) found.foreign = true
        }
        if (most !== least) group.varies = true
        if (counted) i = counted.end
        atom = undefined
      } else if (c === '[') {
        i = endOfClass(source, i)
        atom = PLAIN
        if (atStart) group.ambiguous = true
      } else if (c === '\\') {
        const next = charAt(source, ++i)
        if ((next >= '1' && next <= '9') || next === 'k') found.foreign = true
        atom = PLAIN
        if (atStart) group.ambiguous = true
      } else {
        atom = c === '^' || c === '$' ? undefined : PLAIN
        if (atStart) {
          const letter = lower(c)
          if (c === '.' || c === '^' || c === '$' || indexOf(group.firsts, letter) >= 0) group.ambiguous = true
          group.firsts += letter
        }
      }
      if (depth > 100) {
        found.foreign = true
        found.nested = true
        break
      }
    }
    return found
  }
  const PLAIN = Object.freeze({ __proto__: null, varies: false, ambiguous: false })

  const endOfClass = (source, from) => {
    for (let i = from + 1; i < source.length; i++) {
      const c = charAt(source, i)
      if (c === '\\') i++
      else if (c === ']') return i
    }
    return source.length
  }

  /** `{2}`, `{2,}`, `{2,5}` at this place. */
  const counts = (source, from) => {
    let least = 0
    let most = 0
    let comma = false
    let digits = 0
    for (let i = from + 1; i < source.length; i++) {
      const c = charAt(source, i)
      if (c >= '0' && c <= '9') {
        digits++
        if (comma) most = most * 10 + +c
        else least = least * 10 + +c
      } else if (c === ',' && !comma && digits > 0) {
        comma = true
        digits = 0
      } else if (c === '}' && (digits > 0 || comma)) {
        return { __proto__: null, least, most: comma ? (digits > 0 ? most : Infinity) : least, end: i }
      } else return undefined
    }
    return undefined
  }

  const pow = Math.pow
  return (regexp, length) => {
    const source = sourceOf(regexp)
    let facts = get(known, source)
    if (facts === undefined) {
      facts = study(source)
      if ($$mapSize(known) >= 200) clear(known)
      set(known, source, facts)
    }
    const { size, loops, nested } = facts
    const sticky = isSticky(regexp)
    const plain = 2 + loops * 4 + (nested ? 20 : 0) + ((length * size) >>> (sticky ? 10 : 6))
    let backtracks = facts.foreign
    for (let i = 0; i < foreign.length; i++) backtracks = backtracks || foreign[i](regexp)
    if (!backtracks || (loops === 0 && !nested)) return plain
    if (nested) return plain + pow(2, length < 60 ? length : 60) / 64
    return plain + pow(length, (loops < 4 ? loops : 4) + (sticky ? 0 : 1)) / 256
  }
})()
