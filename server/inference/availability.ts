/** What a principal could ask now, and why nothing, if nothing. */
import type { Backend } from './backend.ts'
import type { Availability, InferPrincipal, ModelInfo, Privacy } from './types.ts'

export function availabilityOf(
  backends: readonly Backend[],
  { models }: InferPrincipal,
  privacy: Privacy,
): Availability {
  const reachable = backends.filter(({ isOwnGround }) => privacy === 'open' || isOwnGround)
  const offered = new Map<string, ModelInfo>()
  for (const backend of reachable) {
    if (backend.state().why === 'down') continue
    for (const model of backend.models()) {
      if (models && !models.includes(model.id)) continue
      const known = offered.get(model.id)
      offered.set(model.id, {
        id: model.id,
        nodes: [...(known?.nodes ?? []), backend.node],
        ...(model.contextTokens !== undefined && { contextTokens: model.contextTokens }),
        can: {
          chat: model.can.chat || known?.can.chat === true,
          embed: model.can.embed || known?.can.embed === true,
        },
        priceInMicro: known && known.priceInMicro < model.priceInMicro ? known.priceInMicro : model.priceInMicro,
        priceOutMicro: known && known.priceOutMicro < model.priceOutMicro ? known.priceOutMicro : model.priceOutMicro,
      })
    }
  }
  const states = reachable.map((backend) => backend.state())
  if (offered.size > 0 && states.some(({ ready }) => ready)) return { ok: true, models: [...offered.values()] }
  const loading = states.find(({ why }) => why === 'loading')
  if (loading)
    return { ok: false, why: 'loading', ...(loading.progress !== undefined && { progress: loading.progress }) }
  return { ok: false, why: reachable.length > 0 ? 'down' : 'none' }
}
