/**
 * Goes once through what every turn does, in a context that is thrown away: so the engine has made code of it before the prelude is
 * kept, and no isolate has to.
 */
'use strict'

{
  const limits = {
    logLines: 9,
    logChars: 99,
    argumentChars: 99,
    waitingCalls: 9,
    handlers: 9,
    memoryBytes: 999,
    evalFuel: 9999,
  }
  const actions = [{ name: 'use', params: [{ name: 'thing', kind: 'thing' }], fuel: 1 }]
  const memory = '{"list":[1,"two",{"deep":[]}],"map":{"x":1,"y":2}}'
  $$init($$stringify({ self: { id: 'a', name: 'a' }, limits, memory, actions, events: ['hear'] }))
  const turn = (inputs) => $$turn($$stringify({ tick: 1, seed: 1, fuel: 9999, inputs }))
  turn([])
  $$start(async () => {
    $$on('hear', ({ text }) => $$console.log(text, $$now(), $$random(6)))
    for (let i = 0; i < 2; i++) $$me.use('lamp').then($$noop, $$noop)
  })
  $$collect(true, true)
  const { list, map } = $$me.memory
  $$collect(true, true)
  list[0] = 2
  list[3] = { deep: [1] }
  map.x = 3
  map.y = 4
  map.z = 5
  turn([
    { type: 'result', call: 1, ok: true, value: null },
    { type: 'result', call: 2, ok: false, refusal: { code: 'x', message: 'x' } },
    { type: 'event', name: 'hear', data: { text: 'hello' } },
  ])
  $$collect(true, true)
  list.length = 1
  delete map.y
  $$collect(true, true)
  $$collect(true, false)
  $$passed(true)
  $$memoryText()
  $$standing()
}
