import type { ProfileId } from '../../protocol/id.ts'
import type { Transition } from '../../protocol/membership.ts'
import { groupBy } from '../group-by.ts'
import { insertRows } from '../insert-rows.ts'
import { MembershipStore } from '../membership-store.ts'
import { NotedList, type BulkPart } from './bulk-part.ts'

type Noted = Transition & { readonly profile: ProfileId }

/** Many enter a segment at once; whoever leaves one is noted by themselves, in their turn. */
export class BulkMembershipStore extends MembershipStore implements BulkPart {
  readonly #sql: SqlStorage
  readonly #noted = new NotedList<Noted>()

  constructor(sql: SqlStorage) {
    super(sql)
    this.#sql = sql
  }

  override record(profile: ProfileId, transitions: readonly Transition[]): void {
    for (const transition of transitions) this.#noted.add({ ...transition, profile })
  }

  mark(): () => void {
    return this.#noted.mark()
  }

  flush(): void {
    let entered: Noted[] = []
    for (const noted of this.#noted.take()) {
      if (noted.type === 'entered') {
        entered.push(noted)
        continue
      }
      this.#enter(entered)
      entered = []
      super.record(noted.profile, [noted])
    }
    this.#enter(entered)
  }

  #enter(noted: readonly Noted[]): void {
    for (const [segment, some] of groupBy(noted, ({ segment }) => segment)) {
      const written = insertRows(
        this.#sql,
        'INSERT OR IGNORE INTO membership (segment, profile, entered_at)',
        ['?1', '?2', '?3'],
        some.map(({ profile, at }) => [segment, profile, at]),
      )
      this.resize(segment, written, some.at(-1)?.decidedAt ?? 0, true)
    }
  }

  forget(): void {
    this.#noted.take()
  }
}
