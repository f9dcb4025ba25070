/** The doors for a single call: one function of a program, one value in, one value out as JSON. */
'use strict'

let $$program

/** After the modules have run. */
const $$take = (program) => {
  $$program = program
}

/** Nothing when the modules themselves failed; who called knows why. `random` is put into the input, so that a handler has its chance at hand. */
const $$call = (handler, json, answerChars) => {
  if ($$program === undefined && $$cut === undefined) return ''
  let text
  let error
  if ($$cut === undefined)
    try {
      const input = $$parse(json)
      if (typeof input === 'object' && input !== null) input.random = () => $$next()
      const run = $$program[handler]
      if (typeof run !== 'function') throw $$coded(new $$TypeError(`There is no function ${handler}.`), 'no_handler')
      const value = run(input)
      $$room = answerChars
      text = $$plain(value === undefined ? null : value, 0)
    } catch (thrown) {
      if ($$cut === undefined) error = $$badAnswer(thrown) ?? $$describe(thrown)
    }
  const left = $$f
  const used = left < 0 ? $$state.budget : $$state.budget - left
  if ($$cut !== undefined)
    error = { __proto__: null, name: 'Stopped', message: '', code: $$cut.code, stack: $$safeText($$cut.stack, 4000) }
  return error === undefined
    ? `{"fuelUsed":${used},"value":${text}}`
    : `{"fuelUsed":${used},"error":${$$stringify(error)}}`
}

/** What `$$plain` throws when the value is no plain data. */
const $$badAnswer = (thrown) => {
  const code = typeof thrown === 'object' && thrown !== null && $$protoOf(thrown) === null ? thrown.code : undefined
  if (code !== 'memory_not_plain' && code !== 'memory_too_deep' && code !== 'memory_too_big') return undefined
  const message = code === 'memory_too_big' ? 'The answer is too big.' : 'The answer is not plain data.'
  return {
    __proto__: null,
    name: 'Error',
    message,
    code: code === 'memory_too_big' ? 'answer_too_big' : 'answer_not_plain',
  }
}
