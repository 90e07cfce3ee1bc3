import type { ApiEvent, ApiProfile } from '../../edge/protocol/api.ts'
import { CONTEXT_FIELDS } from '../../edge/protocol/event.ts'
import {
  EXAMPLE_LIMITS,
  type ExampleEvent,
  type ExamplePerson,
} from '../../edge/protocol/example.ts'
import type { Json, JsonObject } from '../../edge/protocol/json.ts'
import { saidTraits } from './said-traits.ts'

/** Keys whose value is an address of a person, or names them. */
const NAMING =
  /e-?mail|phone|mobile|fax|telephone|address|street|avatar|photo|website|(first|last|full|user|given|family|middle|nick)_?-?name|^(ip|ssn|login|birthplace)$|(^|_)ip(_|$)|ipaddr|postal_?code|zip|token|password/i
const EMAIL = /[^\s@]+@[^\s@]+\.[^\s@]+/
const IP = /(^|\D)\d{1,3}(\.\d{1,3}){3}(\D|$)|(^|[^\w:])([\da-f]{0,4}:){3,7}[\da-f]{0,4}($|[^\w:])/i
/** As people write one: with a country's prefix, or a leading zero and ten digits at least. */
const PHONE = /^\s*(\+|00)\d[\d\s().-]{7,}$|^\s*0\d([\s.-]?\d){8,}\s*$/

/** Answers to what is asked of a profile. */
export interface Taken {
  readonly profile: ApiProfile
  /** Newest first, as timelines are. */
  readonly events: readonly ApiEvent[]
}

/**
 * A person's history as an example: what addresses or names them is left out, wherever it stands, and so is all but the
 * latest events.
 */
export function exampleFrom(
  { profile, events }: Taken,
  name: string,
  matches: boolean,
  at: string,
): ExamplePerson {
  const own = new Set(profile.identifiers.map(({ value }) => value))
  const strip = stripper(own)
  const consent = Object.entries(profile.consent).map(
    ([purpose, { granted }]) => [purpose, granted] as const,
  )
  return {
    name,
    matches,
    at,
    events: events
      .slice(0, EXAMPLE_LIMITS.events)
      .map((event): ExampleEvent => {
        const known = CONTEXT_FIELDS.filter((field) => field !== 'postalCode').flatMap((field) => {
          const value = event.context[field]
          return typeof value === 'string' && value !== '' ? [[field, value] as const] : []
        })
        const properties = strip(event.properties)
        return {
          event: event.event,
          timestamp: event.timestamp,
          ...(Object.keys(properties).length > 0 && { properties }),
          ...(known.length > 0 && { context: Object.fromEntries(known) }),
        }
      })
      .toReversed(),
    traits: nameless(strip(saidTraits(profile))),
    ...(profile.groups.length > 0 && {
      accounts: profile.groups
        .slice(0, EXAMPLE_LIMITS.accounts)
        .map(({ id, traits }) => ({ id, traits: nameless(strip(traits)) })),
    }),
    ...(consent.length > 0 && { consent: Object.fromEntries(consent) }),
  }
}

/** Of a person or a company it is theirs; of what they bought it is not. */
const nameless = (traits: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(traits).filter(([key]) => key !== 'name'))

/** `own`: identifiers of the person, which may stand under any name. */
function stripper(own: ReadonlySet<string>): (json: JsonObject) => JsonObject {
  const isAddress = (value: Json): boolean =>
    typeof value === 'string' &&
    (own.has(value) || EMAIL.test(value) || IP.test(value) || PHONE.test(value))
  const clean = (value: Json): Json | undefined => {
    if (isAddress(value)) return undefined
    if (Array.isArray(value)) {
      return (value as readonly Json[]).map(clean).filter((one) => one !== undefined)
    }
    return typeof value === 'object' && value !== null ? object(value as JsonObject) : value
  }
  const object = (json: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(json).flatMap(([key, value]) => {
        const kept = NAMING.test(key) || isAddress(key) ? undefined : clean(value)
        return kept === undefined ? [] : [[key, kept] as const]
      }),
    )
  return object
}
