import type { AccountFacts, AccountTrait, AccountTraits } from '../protocol/account.ts'
import type { EventRecord } from '../protocol/event.ts'
import type { Json } from '../protocol/json.ts'
import type { Millis } from '../protocol/time.ts'
import { compareMoments, momentOf } from './moment.ts'

/** An account is one row, and travels whole. Of more traits the first by name are kept, whatever order they came in. */
const MAX_TRAITS = 300
const MAX_TRAIT_CHARACTERS = 1_200
/** Account shards of a workspace at most: accounts are few beside people. */
export const MAX_ACCOUNT_SHARDS = 16

export const NO_TRAITS: AccountTraits = new Map()

/** How many account shards a workspace of so many profile shards has. */
export const accountShardsOf = (shards: number): number => Math.min(shards, MAX_ACCOUNT_SHARDS)

/** The traits of an account, as far as they are known; undefined: it was never told of. */
export type AccountLookup = (account: string) => AccountTraits | undefined

/** What an event tells of the account it names. Undefined: it names none. */
export function factsOfEvent(event: EventRecord): AccountFacts | undefined {
  if (event.group === undefined) return undefined
  const { at, ...moment } = momentOf(event)
  const proven = event.identifiers.some((identifier) => identifier.proven)
  const traits = new Map<string, AccountTrait>()
  // The traits of an identify are the person's.
  const said = event.type === 'group' ? event.traits : undefined
  for (const [name, value] of Object.entries(said ?? {})) {
    if (JSON.stringify(value).length > MAX_TRAIT_CHARACTERS) continue
    const sealed = event.sealed?.[name]
    const address = sealed !== undefined && { sealed }
    traits.set(name, { value, ...address, at, source: event.source, proven, ...moment })
  }
  return { account: event.group, traits: bounded(traits) }
}

/**
 * What two know of an account, together: of each trait what the later message said, where what was proven stands above
 * what anybody could have said with a public key. Order and repetition change nothing. Undefined: `more` adds nothing.
 */
export function join(known: AccountTraits, more: AccountTraits): AccountTraits | undefined {
  const joined = new Map(known)
  for (const [name, trait] of more) {
    const present = joined.get(name)
    if (present === undefined || isLater(trait, present)) joined.set(name, trait)
  }
  const kept = bounded(joined)
  return changesOf(known, kept).length === 0 ? undefined : kept
}

/** Traits of `after` that `before` has otherwise or not at all. */
const changesOf = (before: AccountTraits, after: AccountTraits): AccountTrait[] =>
  [...after].flatMap(([name, trait]) => {
    const present = before.get(name)
    return present === undefined || isLater(trait, present) ? [trait] : []
  })

/** When the latest of what is new in `after` was so. */
export const changedAt = (before: AccountTraits, after: AccountTraits): Millis =>
  changesOf(before, after).reduce(
    (latest, { at }) => Math.max(latest, at),
    Number.NEGATIVE_INFINITY,
  )

function isLater(one: AccountTrait, other: AccountTrait): boolean {
  if (one.proven !== other.proven) return one.proven
  return compareMoments(one, other) > 0
}

function bounded(traits: Map<string, AccountTrait>): Map<string, AccountTrait> {
  if (traits.size <= MAX_TRAITS) return traits
  const names = [...traits.keys()].sort().slice(0, MAX_TRAITS)
  return new Map(names.map((name) => [name, traits.get(name) as AccountTrait]))
}

/** The value of a trait by its whole name; `id` is the account's own. */
export function accountValue(
  account: string,
  traits: AccountTraits,
  name: string,
): Json | undefined {
  return name === 'id' ? account : (traits.get(name)?.value ?? undefined)
}

/** What is told of an account to people, as plain values. */
export const valuesOf = (traits: AccountTraits): { readonly [trait: string]: Json } =>
  Object.fromEntries(
    [...traits].flatMap(([name, { value }]) => (value === null ? [] : [[name, value]])),
  )

/** The readable addresses among the traits, still sealed. */
export const sealedOf = (traits: AccountTraits): { readonly [trait: string]: string } =>
  Object.fromEntries(
    [...traits].flatMap(([name, { sealed }]) => (sealed === undefined ? [] : [[name, sealed]])),
  )

/** Accounts as some events alone tell of them. */
export class ToldAccounts {
  readonly #traits = new Map<string, AccountTraits>()

  hear(event: EventRecord): void {
    const facts = factsOfEvent(event)
    if (facts === undefined) return
    const known = this.#traits.get(facts.account) ?? NO_TRAITS
    this.#traits.set(facts.account, join(known, facts.traits) ?? known)
  }

  readonly lookup: AccountLookup = (account) => this.#traits.get(account)
}
