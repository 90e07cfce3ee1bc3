import type { EventRecord } from '../protocol/event.ts'
import type { Told } from './read-line.ts'

/**
 * Gathers the events of a file by person: by profile if they were exported with one, else by `userId`; what has an
 * `anonymousId` alone goes to the one user that the file names together with it, and stays by itself where there is
 * none or are several.
 */
export class People {
  readonly #events = new Map<string, EventRecord[]>()
  readonly #usersOf = new Map<string, Set<string>>()

  add({ event, person: { profile, userId, anonymousId } }: Told): void {
    if (userId !== undefined && anonymousId !== undefined) {
      const users = this.#usersOf.get(anonymousId) ?? new Set()
      this.#usersOf.set(anonymousId, users.add(userId))
    }
    const key = keyOf(profile ?? userId, anonymousId)
    const known = this.#events.get(key)
    if (known === undefined) this.#events.set(key, [event])
    else known.push(event)
  }

  /** In the order in which the file names them. */
  *all(): Generator<readonly [name: string, events: readonly EventRecord[]]> {
    const joined = new Map<string, EventRecord[]>()
    for (const [key, events] of this.#events) {
      const [kind, name] = JSON.parse(key) as [string, string]
      const [user, another] = kind === 'anonymous' ? (this.#usersOf.get(name) ?? []) : []
      const owner = user !== undefined && another === undefined ? user : name
      joined.set(owner, [...(joined.get(owner) ?? []), ...events])
    }
    yield* joined
  }
}

const keyOf = (known: string | undefined, anonymousId: string | undefined): string =>
  JSON.stringify(known === undefined ? ['anonymous', anonymousId ?? ''] : ['known', known])
