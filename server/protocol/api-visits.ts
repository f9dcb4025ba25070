/** Bodies of the routes about visits to other nodes. */
import { z } from 'zod'

export const IslandList = z.object({
  islands: z.array(
    z.object({
      node: z.string(),
      name: z.string(),
      people: z.number().optional(),
      /** Absent: pages cannot go there. */
      url: z.string().optional(),
    }),
  ),
})
export const VisitNow = z.object({ visit: z.object({ node: z.string(), visit: z.string() }).nullable() })
export const ClaimBody = z.object({ visit: z.string().min(1).max(300) })
export const Claimed = z.object({
  visit: z.string(),
  node: z.string(),
  url: z.string(),
  ticket: z.string(),
  /** The frame of this visit is at `/portal/<frame>`. */
  frame: z.string(),
})
export const Returning = z.object({ returning: z.boolean() })
export const TicketBody = z.object({ ticket: z.string().min(1).max(200) })
export const Admitted = z.object({
  token: z.string(),
  player: z.object({ id: z.string(), name: z.string() }),
  node: z.string(),
})
export type Claimed = z.output<typeof Claimed>
export type Admitted = z.output<typeof Admitted>
