import { MAX_FILE } from '../../protocol/import.ts'
import { Refusal } from '../problem.ts'
import { refuseFile } from './file-refusal.ts'
import { unpacked } from './unpacked.ts'

/** Bytes in memory at once: the bucket wants parts of one size, at least 5 MiB each. */
const PART = 8 * 1_024 * 1_024

/**
 * Streams a body into the bucket, part by part, counting as it goes. Nothing is kept of a body that is too large or
 * was broken off. `isPacked`: by gzip; a body that begins like gzip is, whatever was said of it.
 *
 * @returns the size, and the first bytes.
 * @throws Refusal 413, 400
 */
export async function storeFile(
  upload: R2MultipartUpload,
  body: ReadableStream<Uint8Array>,
  isPacked: boolean,
  headBytes: number,
): Promise<{ readonly size: number; readonly head: Uint8Array }> {
  const parts: R2UploadedPart[] = []
  const buffer = new Uint8Array(PART)
  let filled = 0
  let size = 0
  let head = new Uint8Array()
  const flush = async () => {
    if (parts.length === 0) head = buffer.slice(0, Math.min(filled, headBytes))
    parts.push(await upload.uploadPart(parts.length + 1, buffer.slice(0, filled)))
    filled = 0
  }
  try {
    for await (const chunk of await unpacked(body, isPacked)) {
      size += chunk.length
      if (size > MAX_FILE) throw new Refusal(413, `A file has at most ${MAX_FILE} bytes.`)
      for (let at = 0; at < chunk.length;) {
        const taken = Math.min(PART - filled, chunk.length - at)
        buffer.set(chunk.subarray(at, at + taken), filled)
        filled += taken
        at += taken
        if (filled === PART) await flush()
      }
    }
    if (filled > 0) await flush()
    if (size === 0) throw refuseFile('empty')
    await upload.complete(parts)
    return { size, head }
  } catch (error) {
    await upload.abort().catch(() => undefined)
    if (error instanceof Refusal) throw error
    throw new Refusal(400, 'The file did not arrive whole. Send it again.')
  }
}
