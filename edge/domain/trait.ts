import type { EventRecord } from '../protocol/event.ts'
import type { SourceId } from '../protocol/id.ts'
import type { TraitPolicy } from '../protocol/identifier.ts'
import type { Json } from '../protocol/json.ts'
import type { Millis } from '../protocol/time.ts'
import { deviceKeyOf } from './graph.ts'
import { identifierKey } from './identity.ts'

/** Of traits that do not simply take their latest value. */
export interface TraitPolicies {
  readonly [trait: string]: TraitPolicy
}

/** What one identifier brought for a trait. */
export interface TraitPart {
  readonly value: Json
  readonly at: Millis
  readonly source: SourceId
  /** Key of the identifier, or device, that brought it. */
  readonly by: string
}

/** A trait as it stands. `parts`: what each identifier brought last, of a trait that is made of them. */
export interface Trait extends TraitPart {
  readonly parts?: readonly TraitPart[]
}

/** Identifiers whose values of one trait are kept apart; beyond, the oldest go. */
const MAX_PARTS = 50
/** Values of a union. */
const MAX_UNION = 100

/**
 * A trait after an event said its value; null takes a value away. By event time, so the order of arrival changes
 * nothing; at equal times the one that arrived last counts. The same object if nothing changes.
 */
export function withValue(
  known: Trait | undefined,
  value: Json,
  { timestamp: at, source, identifiers, device }: EventRecord,
  policy: TraitPolicy = 'most-recent',
): Trait | undefined {
  const [first] = identifiers
  const by = first !== undefined ? identifierKey(first) : device ? deviceKeyOf(device) : ''
  const part: TraitPart = { value, at, source, by }
  // A value that was taken away stays as null, or one that was set before and arrives later would come back.
  if (policy === 'most-recent') return known !== undefined && known.at > at ? known : part
  if (policy === 'oldest') return known !== undefined && known.at <= at ? known : part
  const before = known?.parts ?? (known === undefined ? [] : [{ ...known }])
  const own = before.find((one) => one.by === by)
  if (own !== undefined && own.at > at) return known
  const parts = [...before.filter((one) => one.by !== by), ...(value === null ? [] : [part])]
    .sort((a, b) => b.at - a.at)
    .slice(0, MAX_PARTS)
  return combine(parts, policy)
}

function combine(parts: readonly TraitPart[], policy: 'sum' | 'union' | 'max'): Trait | undefined {
  const [latest] = parts
  if (latest === undefined) return undefined
  if (policy === 'union') {
    const values = parts
      .toReversed()
      .flatMap(({ value }) => (Array.isArray(value) ? value : [value]))
    const distinct = new Map(values.map((value) => [JSON.stringify(value), value]))
    return { ...latest, value: [...distinct.values()].slice(0, MAX_UNION), parts }
  }
  const numbers = parts.flatMap(({ value }) => (typeof value === 'number' ? [value] : []))
  // Nothing that could be added up or compared: the latest is as good as any.
  if (numbers.length === 0) return { ...latest, parts }
  const value = policy === 'sum' ? numbers.reduce((sum, one) => sum + one, 0) : Math.max(...numbers)
  return { ...latest, value, parts }
}
