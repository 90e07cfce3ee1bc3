/** How gzip begins (RFC 1952). */
const GZIP = [0x1f, 0x8b] as const

/** A body as the file it carries: unpacked if it is gzip, by what was said of it or by how it begins. */
export async function unpacked(
  body: ReadableStream<Uint8Array>,
  isPacked: boolean,
): Promise<ReadableStream<Uint8Array>> {
  const reader = body.getReader()
  const begun: Uint8Array[] = []
  let length = 0
  while (length < GZIP.length) {
    const { value, done } = await reader.read()
    if (done) break
    begun.push(value)
    length += value.length
  }
  const [first, second] = begun.flatMap((chunk) => [...chunk.subarray(0, 2)])
  const whole = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = begun.shift()
      if (chunk !== undefined) return controller.enqueue(chunk)
      const { value, done } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
  const looksPacked = first === GZIP[0] && second === GZIP[1]
  return isPacked || looksPacked ? whole.pipeThrough(new DecompressionStream('gzip')) : whole
}
