/** Processes that die at a chosen moment: before or after a durable write, with everything after it unheard. */

export type Life = {
  /** Resolves at the moment of death. */
  readonly ended: Promise<void>
  isOver(): boolean
  /** Durable writes begun so far. */
  writes(): number
  /** The same part, as a process has it that may die at any of these calls. What the dead call is never answered. */
  lend<T extends object>(part: T, writes: readonly (keyof T)[]): T
}

/** Write `n` (from 0) is step `2n` before it is made and step `2n + 1` when it is made and nobody has heard of it. */
export function createLife(lastStep = Number.POSITIVE_INFINITY): Life {
  let isDead = false
  let writes = 0
  let die = () => {}
  const ended = new Promise<void>((resolve) => {
    die = () => {
      isDead = true
      resolve()
    }
  })
  const silence = () => new Promise<never>(() => {})

  async function write(made: () => unknown): Promise<unknown> {
    const step = 2 * writes++
    if (step === lastStep) die()
    if (isDead) return silence()
    const result = await made()
    if (step + 1 === lastStep) die()
    return isDead ? silence() : result
  }

  return {
    ended,
    isOver: () => isDead,
    writes: () => writes,
    lend: (part, names) =>
      new Proxy(part, {
        get(target, name) {
          const member = Reflect.get(target, name)
          if (typeof member !== 'function') return member
          return (...args: unknown[]) => {
            const call = () => Reflect.apply(member, target, args)
            if ((names as readonly PropertyKey[]).includes(name)) return isDead ? silence() : write(call)
            const result = call()
            return result instanceof Promise ? result.then((value) => (isDead ? silence() : value)) : result
          }
        },
      }),
  }
}
