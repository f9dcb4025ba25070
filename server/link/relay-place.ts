/** A node that cannot be called keeps a place at its hub's relay: it goes with the connection, though the lease stays. */
import type { createMember } from './registry/member.ts'
import type { Link, NodeId } from './types.ts'

export type RelayPlaceParts = {
  readonly link: Link
  readonly member: Pick<ReturnType<typeof createMember>, 'state' | 'onState' | 'onAdmitted' | 'tell'>
  readonly log: { warn(fields: object, message: string): void }
}

export function keepPlaceAtRelay({ link, member, log }: RelayPlaceParts): void {
  let isRelaying = true
  let isAsking = false

  function look(): void {
    const at = member.state()
    if (at.is !== 'joined' || !isRelaying || isAsking) return
    if (link.addresses().some((each) => each.includes(`/p2p/${at.hub}/p2p-circuit`))) return
    isAsking = true
    void ask(at.hub).finally(() => {
      isAsking = false
    })
  }

  async function ask(hub: NodeId): Promise<void> {
    const address = link.links().find(({ node }) => node === hub)?.address
    if (address === undefined || address.includes('/p2p-circuit')) return
    try {
      await link.listenThrough(address.includes('/p2p/') ? address : `${address}/p2p/${hub}`)
      member.tell()
    } catch (error) {
      log.warn({ err: error, hub }, 'the hub gives no place at its relay; this node cannot be called from outside')
    }
  }

  member.onAdmitted(({ relay }) => {
    isRelaying = relay
  })
  member.onState(look)
  link.onConnection((_, state) => {
    if (state === 'open') look()
  })
}
