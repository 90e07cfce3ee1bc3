import type { ActivationDefinition, DestinationDefinition } from '../protocol/delivery.ts'
import type { Transition } from '../protocol/membership.ts'
import type { Millis } from '../protocol/time.ts'
import type { Reach } from './channels.ts'
import type { CompiledCatalog } from './compiled-catalog.ts'
import { grants } from './consent.ts'
import type { Profile } from './profile.ts'

/** Something to be sent, to be written with the state it follows from. */
export interface Effect {
  readonly activation: ActivationDefinition
  readonly destination: DestinationDefinition
  readonly transition: Transition
}

/** A destination that names no purpose receives nothing: closed by default. */
export const permits = (
  profile: Profile,
  { purposes, enabled }: DestinationDefinition,
  now: Millis,
): boolean =>
  enabled &&
  purposes.length > 0 &&
  purposes.every((purpose) => grants(profile.consent, profile.consentMode, purpose, now))

/**
 * What the activations make of a profile's transitions. `reach`: which destinations the events behind them let be told
 * of an entry. An exit is told in any case, or they would keep somebody who is gone.
 */
export function effectsOf(
  profile: Profile,
  transitions: readonly Transition[],
  { catalog, destinations }: CompiledCatalog,
  now: Millis,
  reach: Reach = () => true,
): Effect[] {
  const effects: Effect[] = []
  for (const transition of transitions) {
    for (const activation of catalog.activations) {
      if (!applies(activation, transition, profile)) continue
      if (activation.frequency === 'once' && transition.type === 'entered') {
        profile.used.add(activation.id)
      }
      for (const id of activation.destinations) {
        const destination = destinations.get(id)
        if (destination === undefined || !permits(profile, destination, now)) continue
        if (isHeldBack(transition, destination, reach)) continue
        effects.push({ activation, destination, transition })
      }
    }
  }
  return effects
}

const isHeldBack = (
  { type, cause }: Transition,
  { name }: DestinationDefinition,
  reach: Reach,
): boolean => type === 'entered' && cause.type === 'event' && !reach(name)

function applies(
  { enabled, segment, on, exclude, frequency, id }: ActivationDefinition,
  transition: Transition,
  profile: Profile,
): boolean {
  if (!enabled || segment !== transition.segment || !on.includes(transition.type)) return false
  // An exclusion keeps people from entering; who entered is told of the exit whatever else they are in by then.
  if (transition.type === 'exited') return true
  if (exclude.some((other) => profile.memberships.has(other))) return false
  return frequency !== 'once' || !profile.used.has(id)
}
