import type { EventRecord } from '../protocol/event.ts'
import type { IdentifierKind, SharedDevice } from '../protocol/identifier.ts'
import type { ProfileId } from '../protocol/id.ts'
import { isRefusedKey, nameIn, starOf, type Graph, type Star } from './graph.ts'
import { isPersonal } from './identity.ts'
import { compareMoments, momentOf, type Moment } from './moment.ts'

interface SignIn extends Moment {
  readonly person: ProfileId
}

/** Tells whose an event is, among the people of one graph. */
export class Owners {
  readonly #graph: Graph
  readonly #kinds: readonly IdentifierKind[]
  readonly #sharedDevice: SharedDevice
  readonly #personOf = new Map<string, ProfileId>()
  readonly #signIns = new Map<string, SignIn[]>()

  constructor(graph: Graph, kinds: readonly IdentifierKind[], sharedDevice: SharedDevice) {
    this.#graph = graph
    this.#kinds = kinds
    this.#sharedDevice = sharedDevice
    for (const [id, keys] of graph.people) for (const key of keys) this.#personOf.set(key, id)
  }

  /** The bearer of an identifier. */
  bearer(key: string): ProfileId | undefined {
    return this.#personOf.get(key)
  }

  /** Learns who signed in where; to be told all events before it is asked whose one is. */
  learn(events: Iterable<EventRecord>): void {
    for (const event of events) {
      const star = this.#starOf(event)
      const person = this.#named(star)
      if (person === undefined) continue
      for (const { key, kind } of star) {
        if (isPersonal(this.#kinds, kind) || this.#graph.blocked.has(key)) continue
        if (this.#areSeparate(person, key)) continue
        const known = this.#signIns.get(key) ?? []
        known.push({ ...momentOf(event), person })
        this.#signIns.set(key, known)
      }
    }
    for (const known of this.#signIns.values()) known.sort(compareMoments)
  }

  /**
   * Whose an event is: whom it names; else of the latest sign-in on its device at or before it, or of the first one
   * after it; else the device's. Undefined: it names nobody of this graph.
   */
  of(event: EventRecord): ProfileId | undefined {
    const star = this.#starOf(event)
    const named = this.#named(star)
    if (named !== undefined) return named
    const device = star.find(({ kind }) => !isPersonal(this.#kinds, kind))
    if (device === undefined) {
      for (const { key } of star) {
        const person = this.#personOf.get(key)
        if (person !== undefined) return person
      }
      return undefined
    }
    const own = this.#personOf.get(device.key)
    if (this.#sharedDevice === 'nobody-owns' || this.#graph.blocked.has(device.key)) return own
    return this.#signedIn(device.key, event) ?? own
  }

  #signedIn(device: string, event: EventRecord): ProfileId | undefined {
    const known = this.#signIns.get(device) ?? []
    const moment = momentOf(event)
    let latest = known[0]
    for (const signIn of known) {
      if (compareMoments(signIn, moment) > 0) break
      latest = signIn
    }
    return latest?.person
  }

  #starOf(event: EventRecord): Star[] {
    return starOf(event, this.#kinds).filter(
      ({ key, proven }) => !isRefusedKey(this.#graph, key, proven),
    )
  }

  /** Whom a message names. Without proof only who the browser is taken for anyway. */
  #named(star: readonly Star[]): ProfileId | undefined {
    const linking = star.filter(({ key }) => !this.#graph.blocked.has(key))
    const name = nameIn(linking, this.#kinds)
    const person = name === undefined ? undefined : this.#personOf.get(name.key)
    if (name === undefined || person === undefined || name.proven) return person
    const device = star.find(({ kind }) => !isPersonal(this.#kinds, kind))
    return device === undefined || this.#personOf.get(device.key) === person ? person : undefined
  }

  #areSeparate(person: ProfileId, device: string): boolean {
    const keys = this.#graph.people.get(person) ?? []
    return this.#graph.separations.some(
      ({ pair: [one, other] }) =>
        (one === device && keys.includes(other)) || (other === device && keys.includes(one)),
    )
  }
}
