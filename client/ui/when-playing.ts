/** What a pane asks of the node waits until there is somebody to ask for. */
import type { PaneContext } from './panes.ts'

/** Runs once there is a player, and again when it becomes another one. */
export const whenPlaying = ({ store }: Pick<PaneContext, 'store'>, run: () => void): (() => void) =>
  store.watch(
    (state) => state.player?.id,
    (id) => id !== undefined && run(),
  )
