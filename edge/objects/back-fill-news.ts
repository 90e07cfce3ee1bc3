import { encodeAddition } from '../domain/addition.ts'
import { judgeNews, type Found } from '../domain/judge-news.ts'
import type { News } from '../domain/news.ts'
import type { Counted } from '../domain/profile.ts'
import type { ProfileId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'
import type { AdditionRow } from '../storage/addition-store.ts'
import type { BulkStores } from '../storage/bulk/bulk-stores.ts'
import type { Shard } from './shard.ts'

/**
 * Adds what is new in the catalog to some people of whom nothing else can be otherwise, beside their states: these are
 * neither made nor written anew. Their histories have been read. Answers those who are to be brought to the catalog's
 * version as a whole.
 */
export function addNews(
  view: Shard,
  stores: BulkStores,
  news: News,
  ids: readonly ProfileId[],
): readonly ProfileId[] {
  const now = view.now()
  const rows: AdditionRow[] = []
  const { version } = news.since.catalog
  const people = stores.profiles.counted(ids, [version, news.of.catalog.version])
  stores.timers.read(people.keys())
  const others = ids.filter((id) => {
    const known = people.get(id)
    if (known?.version !== version || !isOf(known.person, news)) return true
    const found = foundOf(stores, news, known.person, now)
    if (found === 'undecided') return true
    if (found === 'nothing') return false
    const { addition, transitions, due } = found
    rows.push({ profile: id, version: addition.version, data: encodeAddition(addition) })
    if (transitions.length > 0) view.record(id, transitions)
    stores.timers.set(id, due)
    return false
  })
  stores.profiles.additions.add(rows)
  return others
}

/** Whether what a state holds was counted as it was when everybody had last been looked at. */
const isOf = ({ version, fingerprint }: Counted, { since }: News): boolean =>
  version < since.catalog.version || fingerprint === since.fingerprint

/** One who cannot be judged is tried as a whole, and alone. */
function foundOf(
  { history }: BulkStores,
  news: News,
  person: Counted,
  now: Millis,
): Found | 'nothing' | 'undecided' {
  try {
    const events = history.chunksOf(person.id).flatMap((chunk) => [...chunk.events(news.names)])
    return judgeNews(news, person, events, now)
  } catch {
    return 'undecided'
  }
}
