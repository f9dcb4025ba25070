/** Why a bundle could not be kept or fetched; the code is permanent. */
export type BundleErrorCode =
  /** Larger than a bundle may be, or than the caller allowed. */
  | 'too_large'
  /** Its owner keeps as much as they may. */
  | 'owner_quota'
  /** The node keeps as much as it may, and nothing of it can go. */
  | 'node_quota'
  /** Not here. */
  | 'not_found'
  /** What is here, or what was sent, is not what its name says. */
  | 'damaged'
  /** No node that was asked had all of it; a later pull goes on from here. */
  | 'incomplete'
  /** A name that is no CID, or a pin that cannot be. */
  | 'bad_name'

export class BundleError extends Error {
  readonly code: BundleErrorCode
  constructor(code: BundleErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'BundleError'
    this.code = code
  }
}

/** Whether what was sent was not what its name says, rather than not there. */
export const isDamaged = (error: unknown): boolean =>
  error instanceof BundleError && (error.code === 'damaged' || isDamaged(error.cause))
