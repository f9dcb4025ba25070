/** Where a node's links listen, by its settings. */
import type { Config } from '../config.ts'

/** An initial node has links unless told otherwise; others when they have somewhere to join. */
export const wantsLinks = ({ p2p, role, hub, invite }: Config): boolean =>
  p2p ?? (role === 'initial' || hub !== undefined || invite !== undefined)

/** A laptop is called from the local network; its pages are not. */
export const linkHost = ({ p2pHost, host, role }: Config): string => {
  const asked = p2pHost ?? (role === 'local' && host === '127.0.0.1' ? '0.0.0.0' : host)
  return asked === 'localhost' ? '127.0.0.1' : asked
}

export type AskedPort = { readonly flag: string; readonly port: number; readonly host: string }

/** Ports that somebody asked for by number; no others may stand in for them. */
export const linkPorts = (config: Config): readonly AskedPort[] =>
  wantsLinks(config)
    ? [
        { flag: '--p2p-port', port: config.p2pPort ?? 0, host: linkHost(config) },
        { flag: '--p2p-ws-port', port: config.p2pWsPort ?? 0, host: linkHost(config) },
      ].filter(({ port }) => port !== 0)
    : []
