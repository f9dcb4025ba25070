/** The engine: zones that turn inputs into events, and what keeps them in a journal. */
export { ZoneUnavailable } from './errors.ts'
export type { Fault } from './inputs.ts'
export { recoverZone } from './recover.ts'
export { openZoneRunner, type ZoneRunner } from './runner.ts'
export { GONE } from './settle.ts'
export { createZone, type Zone } from './zone.ts'
