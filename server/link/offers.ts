/** What a node says of itself to the registry: its machine, and what its parts offer others. */
import type { Manifest } from './registry/types.ts'
import type { Offer } from './types.ts'

type Fixed = Pick<Manifest, 'name' | 'role' | 'version' | 'url'>

export function createOffers(fixed: Fixed, machine: () => Pick<Manifest, 'cpu' | 'memoryMb'>) {
  const offers = new Map<string, Offer>()
  return {
    put: (part: string, offer: Offer): void => void offers.set(part, offer),
    manifest(): Manifest {
      const all = [...offers.values()]
      const merged = <K extends keyof Offer>(key: K) =>
        all.flatMap((offer) => (offer[key] as never[] | undefined) ?? [])
      return {
        ...fixed,
        ...machine(),
        zones: merged('zones'),
        gpus: merged('gpus'),
        models: merged('models'),
        services: [...new Set<string>([...(fixed.role === 'local' ? [] : ['relay']), ...merged('services')])],
        prices: Object.assign({}, ...all.map(({ prices }) => prices ?? {})),
        privacy: [...new Set<string>(merged('privacy'))],
      }
    },
  }
}
