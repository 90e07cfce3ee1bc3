import { identifierKey } from '../../edge/domain/identity.ts'
import type { Identifier, IdentifierKind } from '../../edge/protocol/identifier.ts'

/** A worked case: kinds in order of trust, messages in order of time, the people that result. */
export interface Case {
  readonly name: string
  readonly kinds: readonly IdentifierKind[]
  readonly messages: readonly (readonly Identifier[])[]
  readonly people: readonly (readonly Identifier[])[]
}

/** People as sorted lists of `identifierKey`, whatever the order they are told in. */
export const keysOf = (people: readonly (readonly Identifier[])[]): string[][] =>
  people.map((person) => person.map(identifierKey).sort()).sort((a, b) => (a[0]! < b[0]! ? -1 : 1))

/** Every order of some things. */
export function* permutations<T>(items: readonly T[]): Generator<readonly T[]> {
  if (items.length < 2) {
    yield items
    return
  }
  for (const [index, item] of items.entries()) {
    const others = [...items.slice(0, index), ...items.slice(index + 1)]
    for (const rest of permutations(others)) yield [item, ...rest]
  }
}
