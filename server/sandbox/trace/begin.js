/** The first lines of the replay's worker: takes what it needs of the worker before the prelude takes everything away. */
const $$port = (() => {
  const { URL, Blob, MessageChannel } = globalThis
  const then = Function.prototype.call.bind(Promise.prototype.then)
  const post = globalThis.postMessage.bind(globalThis)
  const hear = globalThis.addEventListener.bind(globalThis)
  const { port1, port2 } = new MessageChannel()
  let next
  port1.onmessage = () => {
    const run = next
    next = undefined
    run()
  }
  // What a worker inherits is not deleted with its own names.
  const bases = []
  for (let at = Object.getPrototypeOf(globalThis); at && at !== Object.prototype; at = Object.getPrototypeOf(at))
    bases.push(at)
  for (const base of bases) for (const key of Reflect.ownKeys(base)) Reflect.deleteProperty(base, key)
  return {
    __proto__: null,
    post,
    /** `listen` hears what comes in, `stray` rejections that nobody waited for. */
    open(listen, stray) {
      hear('message', ({ data }) => listen(data))
      hear('unhandledrejection', (event) => {
        event.preventDefault()
        stray(event.reason)
      })
    },
    module: (text) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' })),
    load: (url, done, failed) => then(import(url), done, failed),
    /** Runs it once everything that waits for nothing has run. */
    after(run) {
      next = run
      port2.postMessage(0)
    },
  }
})()
