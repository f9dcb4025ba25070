/** Security headers: the page loads from here and nowhere else. */
import type { RequestHandler } from 'express'
import helmet from 'helmet'
import type { GatewayConfig } from '../types.ts'

export function securityHeaders({ publicUrl }: Pick<GatewayConfig, 'publicUrl'>): RequestHandler {
  const secure = publicUrl?.startsWith('https:') ?? false
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        // The editor's worker compiles nothing, but Phaser and TypeScript may bring WebAssembly.
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        // xterm writes its colours into a style element of its own.
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'", 'data:'],
        // Older Safari does not count ws: as 'self'.
        connectSrc: ["'self'", ...websocketOrigin(publicUrl)],
        workerSrc: ["'self'", 'blob:'],
        manifestSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Browsers ignore both on plain http, and say so in the console of every learner.
    crossOriginOpenerPolicy: secure,
    originAgentCluster: secure,
    strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'same-origin' },
  })
}

const websocketOrigin = (publicUrl: string | undefined): string[] =>
  publicUrl ? [new URL(publicUrl).origin.replace(/^http/, 'ws')] : []
