/** What another window wrote and this one went over: told once its project lies open, however slowly the page opens it. */
import type { Clash } from './saver.ts'

type Clashes = {
  came(clash: Clash): void
  /** The project is open, and what was said of another is cleared away. */
  opened(project: string | undefined): void
}

export function createClashes(tell: (clash: Clash) => void): Clashes {
  const untold = new Map<string, Clash>()
  let open: string | undefined
  return {
    came(clash) {
      if (clash.project === open) tell(clash)
      else untold.set(clash.project, clash)
    },
    opened(project) {
      open = project
      const clash = untold.get(project ?? '')
      if (!clash) return
      untold.delete(clash.project)
      tell(clash)
    },
  }
}
