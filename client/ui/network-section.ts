/** A part of the network's page: what it shows, and how it is asked again. */
export type Section = {
  readonly node: HTMLElement
  /** Asks the node and shows the answer. Throws what the node said no with. */
  ask(): Promise<void>
  /** Says again what it shows, in the language chosen now. */
  draw(): void
}
