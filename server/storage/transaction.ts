/** Several statements that stand or fall together. */
import type { Pool, PoolClient } from 'pg'

/** `begin`: how it is opened. Throws whatever `work` or the database throws: nothing of it stands then. */
export async function inTransaction<T>(
  pool: Pick<Pool, 'connect'>,
  work: (client: PoolClient) => Promise<T>,
  begin = 'BEGIN',
): Promise<T> {
  const client = await pool.connect()
  try {
    await client.query(begin)
    const result = await work(client)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    // Destroying the connection rolls back, also when the error is that it is gone.
    client.release(true)
    throw error
  }
}
