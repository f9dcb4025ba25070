/** What storage throws: the words are for whoever operates the node, the code is permanent. */

export type StorageErrorCode =
  /** The PostgreSQL server does not answer, or does not let us in. */
  | 'database_unreachable'
  /** The embedded database did not start or died. */
  | 'embedded_failed'
  /** The database has migrations this program does not know. */
  | 'schema_newer'
  /** A migration that was applied differs from the file this program carries. */
  | 'schema_changed'
  /** A migration was begun elsewhere and neither finished nor rolled back. */
  | 'schema_unfinished'
  /** The database has tables and no record of migrations: it belongs to something else. */
  | 'schema_foreign'
  /** Another record already stands in the journal under this zone and number. */
  | 'journal_conflict'
  /** More journal records wait than the database keeps up with. */
  | 'journal_overloaded'
  /** A zone has snapshots and none of them can be read. */
  | 'snapshot_damaged'
  /** A backup file is cut off, altered or not a backup. */
  | 'backup_damaged'
  /** A backup was made by a program with other migrations. */
  | 'backup_schema'
  /** Restoring would overwrite data. */
  | 'database_not_empty'

export class StorageError extends Error {
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StorageError'
    this.code = code
  }
}
