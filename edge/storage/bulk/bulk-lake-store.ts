import type { LakeEntry } from '../../domain/lake-row.ts'
import type { EventRecord } from '../../protocol/event.ts'
import type { ProfileId } from '../../protocol/id.ts'
import type { Millis } from '../../protocol/time.ts'
import { LakeStore } from '../lake-store.ts'
import { NotedList, type BulkPart } from './bulk-part.ts'

/** Events of many people share rows on their way to the lake. */
export class BulkLakeStore extends LakeStore implements BulkPart {
  readonly #appended = new NotedList<LakeEntry>()
  #now: Millis = 0

  override append(profile: ProfileId, events: readonly EventRecord[], now: Millis): void {
    this.#now = now
    for (const event of events) this.#appended.add({ profile, event })
  }

  mark(): () => void {
    return this.#appended.mark()
  }

  flush(): void {
    this.appendAll(this.#appended.take(), this.#now)
  }

  forget(): void {
    this.#appended.take()
  }
}
