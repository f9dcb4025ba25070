/**
 * Inside the replay's frame, which has an origin of its own and no network: starts the worker, passes messages, and ends a worker that
 * no longer answers. It reads none of what passes.
 */
'use strict'
;(() => {
  const SILENT_MS = 10_000
  const source = document.getElementById('worker').textContent
  let worker
  let watch
  let waiting = 0

  const tell = (message) => parent.postMessage(message, '*')

  const close = () => {
    clearTimeout(watch)
    worker?.terminate()
    worker = undefined
    waiting = 0
  }

  const stop = (why) => {
    close()
    tell({ type: 'failed', why, detail: '' })
  }

  const look = () => {
    clearTimeout(watch)
    if (waiting > 0) watch = setTimeout(() => stop('silent'), SILENT_MS)
  }

  const start = () => {
    close()
    const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))
    worker = new Worker(url)
    URL.revokeObjectURL(url)
    worker.onerror = (event) => {
      event.preventDefault()
      stop('broken')
    }
    worker.onmessage = ({ data }) => {
      waiting--
      look()
      tell(data)
    }
  }

  addEventListener('message', ({ source: from, data }) => {
    if (from !== parent || typeof data !== 'object' || data === null) return
    if (data.type === 'close') return close()
    if (data.type === 'open') start()
    if (!worker) return
    waiting += data.type === 'turns' ? data.turns.length : 1
    worker.postMessage(data)
    look()
  })
  tell({ type: 'ready' })
})()
