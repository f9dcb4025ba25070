/** Where the world lies that comes with this program. */
import { resolve } from 'node:path'

export const ACADEMY_WORLD = resolve(import.meta.dirname, '../../worlds/academy')
