import { lakeKey } from '../domain/lake-part.ts'
import { lakeRow, type LakeRow } from '../domain/lake-row.ts'
import { MINUTE, SECOND, type Millis } from '../protocol/time.ts'
import type { LakeIntent } from '../storage/lake-store.ts'
import { LAKE_FILE, writeLakeFile } from './lake-file.ts'
import type { Shard } from './shard.ts'
import { withTimeLimit } from './time-limit.ts'

const PUT_LIMIT: Millis = 30 * SECOND
/** A write that nobody heard of is begun again then; each further one waits twice as long. */
const RETRY: Millis = MINUTE
const MAX_DOUBLINGS = 5

/**
 * Brings accepted events to the lake, a file at a time. Which rows make the file is stored before it is written, and
 * names it: whatever breaks off is done again and ends as the same object.
 */
export class LakeFlush {
  readonly #shard: Shard
  #running: Promise<void> | undefined

  constructor(shard: Shard) {
    this.#shard = shard
  }

  /** Writes a file if one is due, un-awaited: a store that hangs must not delay anybody's exit. */
  release(): void {
    if (this.#running !== undefined) return
    if (this.#shard.lake.earliest() > this.#shard.now()) return
    // Stored as an intent: whatever breaks off is tried again.
    this.#running = this.#write()
      .catch(() => undefined)
      .finally(() => {
        this.#running = undefined
      })
  }

  async #write(): Promise<void> {
    const shard = this.#shard
    const intent = await shard.commit.run(() => {
      const now = shard.now()
      const begun = shard.lake.begin(
        now,
        (tries) => now + RETRY * 2 ** Math.min(tries - 1, MAX_DOUBLINGS),
      )
      shard.arm()
      return begun
    })
    if (intent === undefined) return
    const { workspace, address } = shard
    const key = lakeKey({ workspace, address, ...intent })
    const file = await writeLakeFile(this.#rows(intent))
    const put = shard.env.LAKE.put(key, file, { httpMetadata: LAKE_FILE })
    await withTimeLimit(put, PUT_LIMIT)
    await shard.commit.run(() => {
      shard.lake.end(intent)
      shard.arm()
    })
  }

  *#rows(intent: LakeIntent): Generator<LakeRow> {
    const { lake, workspace } = this.#shard
    for (const entry of lake.entries(intent)) yield lakeRow(entry, workspace)
  }
}
