/** One event on its way: `json` is the finished `TagEvent`, `device` the key it was collected under. */
export interface Entry {
  /** `timeKey` of the moment it was queued: the order of sending, and the key in storage. */
  readonly key: string
  readonly device: string
  readonly json: string
}

/** What an offline browser may keep: after that the oldest events go. */
export const MAX_ENTRIES = 500
export const MAX_QUEUE_LENGTH = 1024 * 1024

/** Browsers limit all requests that outlive a page to 64 KB together. */
export const MAX_REQUEST_BYTES = 60_000

/** Bytes of a text in UTF-8. */
export const byteLength = (text: string): number => new TextEncoder().encode(text).length

/** How many of the oldest entries must go so that the rest fits, given entries in order. */
export function excess(entries: readonly Entry[]): number {
  let length = 0
  let kept = 0
  for (let i = entries.length - 1; i >= 0; i -= 1) {
    length += (entries[i] as Entry).json.length
    if (kept === MAX_ENTRIES || length > MAX_QUEUE_LENGTH) break
    kept += 1
  }
  return entries.length - kept
}

/**
 * The first entries that make one request: of one device, at most `MAX_REQUEST_BYTES`. One that is larger goes alone
 * and leaves the verdict to the edge.
 */
export function nextBatch(entries: readonly Entry[]): readonly Entry[] {
  let bytes = 1_000 // the frame around the batch: key, placements, time
  let end = 0
  for (const { device, json } of entries) {
    bytes += byteLength(json) + 1
    if (end > 0 && (bytes > MAX_REQUEST_BYTES || device !== entries[0]?.device)) break
    end += 1
  }
  return entries.slice(0, end)
}
