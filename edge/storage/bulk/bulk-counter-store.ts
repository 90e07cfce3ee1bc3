import type { SourceId } from '../../protocol/id.ts'
import type { Verdict } from '../../protocol/verdict.ts'
import { CounterStore } from '../counter-store.ts'
import { groupBy } from '../group-by.ts'
import { NotedList, type BulkPart } from './bulk-part.ts'

/** Counts all events of a transaction at once. */
export class BulkCounterStore extends CounterStore implements BulkPart {
  readonly #added = new NotedList<readonly [SourceId, readonly Verdict['status'][]]>()

  override add(source: SourceId, statuses: Iterable<Verdict['status']>): void {
    this.#added.add([source, [...statuses]])
  }

  mark(): () => void {
    return this.#added.mark()
  }

  flush(): void {
    for (const [source, some] of groupBy(this.#added.take(), (one) => one[0])) {
      super.add(
        source,
        some.flatMap(([, statuses]) => statuses),
      )
    }
  }

  forget(): void {
    this.#added.take()
  }
}
