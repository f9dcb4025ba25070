/** Ids made by the page. `crypto.randomUUID` is missing on plain-HTTP addresses of a local network, random bytes are not. */
export function newLineId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
