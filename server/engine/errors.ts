/** What the engine throws: a zone that cannot be had, and a state that cannot be trusted. */

/** The zone has stopped; it will be rebuilt from its journal, or the node is closing. */
export class ZoneUnavailable extends Error {
  readonly code = 'zone_unavailable'
  constructor(zone: string, options?: ErrorOptions) {
    super(`zone ${zone} is not available`, options)
  }
}

/** A snapshot whose hash is not that of its state, or a journal with a gap. */
export class ZoneDamaged extends Error {
  readonly code = 'zone_damaged'
  constructor(zone: string, why: string) {
    super(`zone ${zone}: ${why}`)
  }
}
