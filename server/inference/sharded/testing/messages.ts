/** Messages of a length and so many bytes, out of chunks as they come. */
export function messagesIn(hear: (message: Buffer) => void): (chunk: Buffer) => void {
  let waiting: Buffer = Buffer.alloc(0)
  return (chunk) => {
    waiting = Buffer.concat([waiting, chunk])
    while (waiting.length >= 4 && waiting.length >= 4 + waiting.readUInt32LE()) {
      const end = 4 + waiting.readUInt32LE()
      hear(waiting.subarray(4, end))
      waiting = waiting.subarray(end)
    }
  }
}

export function messageOf(bytes: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(bytes.length)
  return Buffer.concat([length, bytes])
}
