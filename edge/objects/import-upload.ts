import { DAY, type Millis } from '../protocol/time.ts'
import type { ImportStore, ImportUpload, ReceivedPart } from '../storage/import-store.ts'
import { forgetImport } from '../storage/import-list.ts'
import { clock } from './clock.ts'
import type { Env } from './env.ts'

/** How long the next part is waited for: over a weekend, and less than the bucket itself waits (7 days). */
const PATIENCE: Millis = 3 * DAY

/** What an upload says of itself when it begins. */
export type NewUpload = Omit<ImportUpload, 'state' | 'parts' | 'expiresAt'>

/** A file that arrives in parts: which of them are there, and what becomes of it if no more come. */
export class UploadInParts {
  readonly #env: Env
  readonly #store: ImportStore

  constructor(env: Env, store: ImportStore) {
    this.#env = env
    this.#store = store
  }

  begin(upload: NewUpload): ImportUpload {
    const expiresAt = clock.now() + PATIENCE
    const begun = { ...upload, state: 'uploading' as const, parts: [], expiresAt }
    this.#store.reserve(upload.key)
    this.#store.saveUpload(begun)
    return begun
  }

  /** A part that comes again takes the place of the one before, as it does in the bucket. */
  receive(part: ReceivedPart): ImportUpload | undefined {
    const upload = this.#store.upload()
    if (upload === undefined) return undefined
    const others = upload.parts.filter(({ partNumber }) => partNumber !== part.partNumber)
    const parts = [...others, part].sort((one, other) => one.partNumber - other.partNumber)
    const next = { ...upload, parts, expiresAt: clock.now() + PATIENCE }
    this.#store.saveUpload(next)
    return next
  }

  /** Nobody went on with it: what arrived leaves the bucket, the import leaves the list. */
  async expire({ workspace, id, key, upload }: ImportUpload): Promise<void> {
    await this.abort({ key, upload })
    await forgetImport(this.#env.DB, workspace, id)
  }

  /** Whatever the bucket has of it is gone afterwards, joined already or not. */
  async abort({ key, upload }: Pick<ImportUpload, 'key' | 'upload'>): Promise<void> {
    try {
      await this.#env.LAKE.resumeMultipartUpload(key, upload).abort()
    } catch {
      // It was joined, or aborted before: then there is no such upload.
    }
    await this.#env.LAKE.delete(key)
  }
}
