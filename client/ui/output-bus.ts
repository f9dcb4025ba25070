/** Hands each new block of output to the panes that listen; one that throws does not keep it from the others. */
import type { Output } from '../../server/protocol/terminal.ts'

export type OutputBus = { emit(output: Output): void; listen(listener: (output: Output) => void): () => void }

export function createOutputBus(): OutputBus {
  const listeners = new Set<(output: Output) => void>()
  return {
    emit(output) {
      for (const listener of [...listeners]) {
        try {
          listener(output)
        } catch (error) {
          console.error(error)
        }
      }
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
