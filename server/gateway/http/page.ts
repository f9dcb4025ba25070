/** The built page: hashed assets are kept for ever, everything else is asked for again each time; no path is made up. */
import { sep } from 'node:path'
import express, { type RequestHandler } from 'express'

/** Vite puts a hash of the content into the name of everything under `assets/`. */
const HASHED = /-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/

export function servePage(clientDir: string | undefined): RequestHandler {
  if (clientDir === undefined) return (_req, _res, next) => next()
  return express.static(clientDir, {
    index: 'index.html',
    redirect: false,
    dotfiles: 'ignore',
    etag: true,
    setHeaders(res, path) {
      const hashed = path.includes(`${sep}assets${sep}`) && HASHED.test(path)
      res.setHeader('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })
}
