import { PART_SIZE } from '../../protocol/import.ts'
import type { ImportUpload, ReceivedPart } from '../../storage/import-store.ts'
import { Refusal } from '../problem.ts'

export const partCount = (size: number): number => Math.ceil(size / PART_SIZE)

/** Bytes of a part, which counts from 1. */
export const sizeOfPart = (size: number, part: number): number =>
  Math.min(PART_SIZE, size - (part - 1) * PART_SIZE)

/**
 * Streams one part into the bucket as it arrives: no more of it is in memory than what is on its way.
 *
 * @throws Refusal 400: the part has another size; 503: it did not arrive whole.
 */
export async function storePart(
  bucket: R2Bucket,
  { key, upload, size }: ImportUpload,
  part: number,
  { body, headers }: Request,
): Promise<ReceivedPart> {
  const expected = sizeOfPart(size, part)
  const said = headers.get('content-length')
  if (body === null || (said !== null && Number(said) !== expected)) {
    throw new Refusal(400, `Part ${part} of this file has ${expected} bytes.`)
  }
  try {
    // Refuses a byte more or less than that, whatever the header said.
    const exact = body.pipeThrough(new FixedLengthStream(expected))
    const { partNumber, etag } = await bucket
      .resumeMultipartUpload(key, upload)
      .uploadPart(part, exact)
    return { partNumber, etag }
  } catch {
    throw new Refusal(503, `Part ${part} did not arrive with its ${expected} bytes. Send it again.`)
  }
}
