/** How a job comes to its end before it is done. */

/** Why a job ended without a result: shown to whoever asked. */
export class JobFailed extends Error {
  readonly code: string
  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }
}
/** The node closes: the job goes on after its restart. */
export class Closing extends Error {}

export const capped = (price?: bigint): JobFailed =>
  new JobFailed(
    'price_cap',
    `It would cost more than it may${price === undefined ? '' : `: ${price} micro-credits`}.`,
  )
