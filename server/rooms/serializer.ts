/**
 * Colyseus' schema serializer without its shared buffers. The library hands sockets views over buffers that it writes to again: a client that
 * stalls, or joins slowly, then gets bytes of a later patch; and a full state above the buffer's first size is cut off for rooms with views.
 * Here every frame is its own copy, and each view is encoded behind the shared part instead of behind all views before it.
 */
import { type Client, ClientState, Protocol, SchemaSerializer } from '@colyseus/core'
import type { Iterator, Schema, StateView } from '@colyseus/schema'

type ViewedClient = Client & { readonly view?: StateView }

export class CopyingSerializer<T extends Schema> extends SchemaSerializer<T> {
  private sharedPart: Uint8Array | undefined
  private scratch: Uint8Array = new Uint8Array(32 * 1024)

  /** Clients that must not be sent patches now: they get the full state again later. */
  readonly skipped = new Set<Client>()

  override getFullState(client?: Client): Uint8Array {
    const shared = this.sharedState()
    const view = (client as ViewedClient | undefined)?.view
    if (!this.hasFilters || !view) return shared.slice()
    return concat(shared, this.encoder.encodeAllView(view, 0, { offset: 0 }, this.scratch))
  }

  override applyPatches(clients: Client[]): boolean {
    if (clients.length === 0) {
      this.forget()
      this.encoder.discardChanges()
      return false
    }
    return this.encoder.hasChanges ? this.sendChanges(clients) : this.sendViews(clients)
  }

  /** The part every client gets, encoded once until something changes. */
  private sharedState(): Uint8Array {
    if (!this.sharedPart || this.needFullEncode || this.encoder.hasChanges) {
      const it: Iterator = { offset: 1 }
      this.scratch[0] = Protocol.ROOM_STATE
      const bytes = this.encoder.encodeAll(it, this.scratch)
      if (bytes.buffer !== this.scratch.buffer) this.scratch = new Uint8Array(bytes.buffer)
      this.sharedPart = bytes.slice()
      this.needFullEncode = false
    }
    return this.sharedPart
  }

  private sendChanges(clients: readonly Client[]): boolean {
    this.forget()
    const it: Iterator = { offset: 1 }
    this.encoder.sharedBuffer[0] = Protocol.ROOM_STATE_PATCH
    const shared = this.encoder.encode(it).slice()
    for (const client of clients) {
      if (!this.takes(client)) continue
      const { view } = client as ViewedClient
      // Returns a copy: the shared part and the view's own.
      client.raw(view ? this.encoder.encodeView(view, it.offset, { offset: it.offset }) : shared.slice())
    }
    this.encoder.discardChanges()
    return true
  }

  /** Nothing has changed, but somebody may see more or less than before. */
  private sendViews(clients: readonly Client[]): boolean {
    for (const client of clients) {
      const { view } = client as ViewedClient
      if (!this.takes(client) || !view || view.changes.size === 0) continue
      this.encoder.sharedBuffer[0] = Protocol.ROOM_STATE_PATCH
      client.raw(this.encoder.encodeView(view, 1, { offset: 1 }))
    }
    return false
  }

  private takes(client: Client): boolean {
    return client.state === ClientState.JOINED && !this.skipped.has(client)
  }

  private forget(): void {
    this.needFullEncode = true
    this.sharedPart = undefined
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const whole = new Uint8Array(a.length + b.length)
  whole.set(a)
  whole.set(b, a.length)
  return whole
}
