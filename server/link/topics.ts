/** Messages to everybody who listens to a topic: gossipsub, bounded in size and in number for each sender. */
import { type Message, TopicValidatorResult } from '@libp2p/gossipsub'
import { TOPIC_MESSAGE_MAX_BYTES, TOPIC_MESSAGES_PER_MINUTE, TOPIC_SENDERS_MAX } from '../limits.ts'
import { createBuckets } from './admission/bucket.ts'
import { WireError } from './errors.ts'
import type { P2p } from './p2p.ts'
import type { NodeId } from './types.ts'

type Hear = (message: Uint8Array, from: NodeId) => void

export function createTopics(p2p: P2p, now: () => number, report: (error: unknown, topic: string) => void) {
  const pubsub = p2p.services.pubsub
  const hears = new Map<string, Set<Hear>>()
  const buckets = createBuckets(now, TOPIC_SENDERS_MAX)
  const rate = { size: TOPIC_MESSAGES_PER_MINUTE, perMs: 60_000 }

  const judge = (message: Message): TopicValidatorResult => {
    if (message.type !== 'signed' || message.data.length > TOPIC_MESSAGE_MAX_BYTES) return TopicValidatorResult.Reject
    return buckets.take(message.from.toString(), rate) > 0 ? TopicValidatorResult.Ignore : TopicValidatorResult.Accept
  }

  pubsub.addEventListener('message', ({ detail: message }) => {
    if (message.type !== 'signed') return
    for (const hear of hears.get(message.topic) ?? []) {
      try {
        hear(new Uint8Array(message.data), message.from.toString())
      } catch (error) {
        report(error, message.topic)
      }
    }
  })

  return {
    async publish(topic: string, message: Uint8Array): Promise<void> {
      if (message.length > TOPIC_MESSAGE_MAX_BYTES)
        throw new WireError('E_TOO_LARGE', `A message on a topic holds ${TOPIC_MESSAGE_MAX_BYTES} bytes.`)
      await pubsub.publish(topic, message)
    },
    subscribe(topic: string, hear: Hear): () => void {
      const all = hears.get(topic) ?? new Set()
      hears.set(topic, all.add(hear))
      if (all.size === 1) {
        pubsub.topicValidators.set(topic, (_peer, message) => judge(message))
        pubsub.subscribe(topic)
      }
      return () => {
        all.delete(hear)
        if (all.size > 0 || hears.get(topic) !== all) return
        hears.delete(topic)
        pubsub.topicValidators.delete(topic)
        pubsub.unsubscribe(topic)
      }
    },
    topics: () => pubsub.getTopics(),
  }
}
