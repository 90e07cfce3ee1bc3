import type {
  ActivationDefinition,
  ChannelChoice,
  DestinationDefinition,
} from '../protocol/delivery.ts'
import type { Purpose } from '../protocol/consent.ts'
import type { Cause, Transition } from '../protocol/membership.ts'
import type { Millis } from '../protocol/time.ts'
import { chooseChannel } from './best-channel.ts'
import type { Reach } from './channels.ts'
import type { CompiledCatalog } from './compiled-catalog.ts'
import { grantLifetime, grants } from './consent.ts'
import type { Profile } from './profile.ts'

/** Something to be sent, to be written with the state it follows from. */
export interface Effect {
  readonly activation: ActivationDefinition
  readonly destination: DestinationDefinition
  readonly transition: Transition
  /** Why it is told on that channel. */
  readonly choice?: ChannelChoice
}

/**
 * Whether a person consents to a destination. One that names no purpose receives nothing: closed by default. An exit
 * because of consent is told to those who were told the entry under it, or they would keep somebody who is gone.
 */
export function permits(
  { consent, consentMode }: Profile,
  { purposes, enabled }: DestinationDefinition,
  { type, cause }: Pick<Transition, 'type' | 'cause'>,
  lifetime: Millis,
  now: Millis,
): boolean {
  const lost = type === 'exited' && cause.type === 'consent' ? cause.purposes : []
  return (
    enabled &&
    purposes.length > 0 &&
    purposes.every(
      (purpose) => lost.includes(purpose) || grants(consent, consentMode, purpose, lifetime, now),
    )
  )
}

/**
 * Exits for destinations that lose a purpose they need although the person stays in the segment: they must let go of
 * whom they were told of.
 */
export function farewells(
  profile: Profile,
  withdrawn: readonly Purpose[],
  { catalog, destinations }: CompiledCatalog,
  now: Millis,
): Effect[] {
  const effects: Effect[] = []
  for (const activation of catalog.activations) {
    if (!activation.enabled || !activation.on.includes('exited')) continue
    if (!profile.memberships.has(activation.segment)) continue
    const told = profile.chosen.get(activation.id)
    for (const id of activation.destinations) {
      if (activation.channel === 'best' && told?.includes(id) === false) continue
      const destination = destinations.get(id)
      const purposes = destination?.purposes.filter((purpose) => withdrawn.includes(purpose)) ?? []
      if (destination === undefined || purposes.length === 0) continue
      const cause: Cause = { type: 'consent', purposes }
      const { segment } = activation
      const transition = { type: 'exited', segment, at: now, decidedAt: now, cause } as const
      if (permits(profile, destination, transition, grantLifetime(catalog), now)) {
        effects.push({ activation, destination, transition })
      }
    }
  }
  return effects
}

/**
 * What the activations make of a profile's transitions. `reach`: which destinations the events behind them let be told
 * of an entry. An exit is told in any case, or they would keep somebody who is gone.
 */
export function effectsOf(
  profile: Profile,
  transitions: readonly Transition[],
  compiled: CompiledCatalog,
  now: Millis,
  reach: Reach = () => true,
): Effect[] {
  const { catalog, destinations, retired } = compiled
  const lifetime = grantLifetime(catalog)
  const effects: Effect[] = []
  for (const transition of transitions) {
    // Whoever was told that somebody entered a segment that is deleted by now is told of the exit all the same.
    const former = retired.find(({ id }) => id === transition.segment)
    for (const activation of former?.activations ?? catalog.activations) {
      if (!applies(activation, transition, profile)) continue
      if (activation.frequency === 'once' && transition.type === 'entered') {
        profile.used.add(activation.id)
      }
      const told: Effect[] = []
      for (const id of activation.destinations) {
        const destination = destinations.get(id)
        if (destination === undefined) continue
        if (!permits(profile, destination, transition, lifetime, now)) continue
        if (isHeldBack(transition, destination, reach)) continue
        told.push({ activation, destination, transition })
      }
      effects.push(
        ...(activation.channel === 'best'
          ? bestOf(profile, told, activation, transition, compiled, now)
          : told),
      )
    }
  }
  return effects
}

/** Of what could be sent, what is: on the channel that is chosen, or to whoever was told of the entry. */
function bestOf(
  profile: Profile,
  all: readonly Effect[],
  activation: ActivationDefinition,
  transition: Transition,
  compiled: CompiledCatalog,
  now: Millis,
): readonly Effect[] {
  const { id, on } = activation
  if (transition.type === 'exited' && on.includes('entered')) {
    const told = profile.chosen.get(id)
    profile.chosen.delete(id)
    // Who entered before the activation chose was told of everywhere.
    return told === undefined ? all : all.filter(({ destination }) => told.includes(destination.id))
  }
  const channels = new Set<string>(all.flatMap(({ destination }) => destination.channel ?? []))
  const choice = chooseChannel(profile, channels, activation, transition, compiled, now)
  const chosen = all.filter(
    ({ destination }) => choice !== undefined && destination.channel === choice.channel,
  )
  if (transition.type === 'entered' && on.includes('exited')) {
    profile.chosen.set(
      id,
      chosen.map(({ destination }) => destination.id),
    )
  }
  return choice === undefined ? [] : chosen.map((effect) => ({ ...effect, choice }))
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
