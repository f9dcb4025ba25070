/** The node's secret, under which signing keys and others' keys are sealed. */
import { loadSecretFile } from '../lib/secret-file.ts'

class KeySecretError extends Error {
  readonly code = 'bad_key_secret'
}

/** 32 bytes, made on first use. */
export const loadKeySecret = (path: string): Promise<Uint8Array> =>
  loadSecretFile(path, () => new KeySecretError(`${path} does not hold a secret of 32 bytes in base64url`))
