import type { PropertyTest } from '../protocol/condition.ts'
import type { Json } from '../protocol/json.ts'
import type { CountedEvent } from './counted-event.ts'
import type { Feature } from './feature.ts'
import { valueAt } from './operator.ts'

type Scalar = string | number | boolean

/** Features that want one of a property's values, by the value. */
interface Property {
  readonly path: readonly string[]
  readonly wanted: Map<Scalar, Feature[]>
}

/**
 * Features of one name of events. Those that want a property to be some value are found by that value: a thousand of
 * them that want other values cost an event nothing.
 */
export class FeatureIndex {
  readonly #unconditional: Feature[] = []
  readonly #byProperty = new Map<string, Property>()

  add(feature: Feature, where: readonly PropertyTest[]): void {
    for (const { property, operator, value, ignoreCase = false } of where) {
      const list = operator === 'equals' ? [value] : operator === 'in' ? value : undefined
      if (ignoreCase || !Array.isArray(list) || !list.every(isScalar)) continue
      const known = this.#byProperty.get(property)
      const { wanted } = known ?? { wanted: new Map<Scalar, Feature[]>() }
      if (known === undefined) {
        this.#byProperty.set(property, { path: property.split('.'), wanted })
      }
      for (const one of new Set(list.map(nameOf))) {
        const features = wanted.get(one)
        if (features === undefined) wanted.set(one, [feature])
        else features.push(feature)
      }
      return
    }
    this.#unconditional.push(feature)
  }

  /** Adds those whose predicate may match an event, each once. */
  collect(event: CountedEvent, found: Feature[]): void {
    for (const feature of this.#unconditional) found.push(feature)
    for (const { path, wanted } of this.#byProperty.values()) {
      const value = valueAt(event.properties, path)
      if (Array.isArray(value)) {
        const any = new Set<Feature>()
        for (const one of value) {
          if (isScalar(one)) for (const feature of wanted.get(nameOf(one)) ?? []) any.add(feature)
        }
        found.push(...any)
      } else if (isScalar(value)) {
        for (const feature of wanted.get(nameOf(value)) ?? []) found.push(feature)
      }
    }
  }
}

const isScalar = (value: Json | undefined): value is Scalar =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** Text compares after NFC, as `operator.ts` has it. */
const nameOf = (value: Scalar): Scalar =>
  typeof value === 'string' ? value.normalize('NFC') : value
