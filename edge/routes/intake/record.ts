import type { WorkspaceKeys } from '../../crypto/workspace-keys.ts'
import { isDeviceId } from '../../domain/id.ts'
import { TOUCH_EVENT_NAMES } from '../../domain/score/touch-fact.ts'
import type { Message, ParseOptions } from '../../parse/event.ts'
import { isObject } from '../../parse/inspect.ts'
import type { EventRecord } from '../../protocol/event.ts'
import type { DeviceId } from '../../protocol/id.ts'
import type { ClaimedIdentifier } from '../../protocol/identifier.ts'
import type { JsonObject } from '../../protocol/json.ts'
import { NEVER, type Millis } from '../../protocol/time.ts'
import { addressHash, claimOf, hideAddresses, sealAddresses, type AddressHash } from './contacts.ts'
import type { Caller } from './source.ts'
import { verifyUserToken, type TokenClaims } from './user-token.ts'
import { contextOf, type Visitor } from './visitor.ts'

const TOUCH_NAMES: ReadonlySet<string> = new Set(TOUCH_EVENT_NAMES)

/** Turns the messages of one request into records: enriched, addresses hidden, claims weighed. */
export class Recorder {
  readonly #caller: Caller
  readonly #keys: WorkspaceKeys
  readonly #hashOf: AddressHash
  readonly #visitor: Visitor
  readonly #receivedAt: Millis
  readonly #isHistory: boolean
  readonly #proof: TokenClaims | undefined
  /** A token is the same for all events of a page: it is verified once a request. */
  readonly #tokens = new Map<string, Promise<TokenClaims | undefined>>()

  /** `proof`: what the token of an event that is replayed proved when it came. */
  constructor(
    caller: Caller,
    keys: WorkspaceKeys,
    visitor: Visitor,
    { receivedAt, retention }: Pick<ParseOptions, 'receivedAt' | 'retention'>,
    proof?: TokenClaims,
  ) {
    this.#caller = caller
    this.#keys = keys
    this.#hashOf = addressHash(keys)
    this.#visitor = visitor
    this.#receivedAt = receivedAt
    this.#isHistory = retention === NEVER
    this.#proof = proof
  }

  /** `device`: the browser that sent it. Its id is then no identifier among others. */
  async record(message: Message, device: DeviceId | undefined): Promise<EventRecord> {
    const { messageId, type, name, timestamp, group, properties, integrations } = message
    const { consent, consentSignals, consentSince, implied, purpose, carried } = message
    const dormant = await this.#dormant(message)
    const identifiers = await this.#claims(message)
    const isHearsay =
      this.#caller.grant.kind !== 'secret' &&
      TOUCH_NAMES.has(name) &&
      !identifiers.some(({ proven }) => proven)
    const traits =
      message.traits === undefined ? undefined : await hideAddresses(this.#hashOf, message.traits)
    const sealed =
      type === 'group' && message.traits !== undefined
        ? await sealAddresses(this.#keys, message.traits)
        : undefined
    return {
      messageId,
      type,
      name,
      timestamp,
      receivedAt: this.#receivedAt,
      ...(message.index > 0 && { position: message.index }),
      source: this.#caller.source.id,
      ...(device !== undefined && { device }),
      identifiers,
      ...(dormant.length > 0 && { dormant }),
      properties,
      ...(group !== undefined && { group }),
      ...(traits !== undefined && { traits }),
      ...(sealed !== undefined && { sealed }),
      context:
        message.withdrawal === true
          ? {}
          : {
              ...contextOf(message.context, this.#visitor, this.#caller.source.kind),
              ...(integrations !== undefined && { integrations }),
            },
      ...(consent !== undefined && { consent }),
      ...(consentSignals !== undefined && { consentSignals }),
      ...(consentSince !== undefined && { consentSince }),
      ...(implied !== undefined && { implied }),
      ...(purpose !== undefined && { purpose }),
      ...(carried !== undefined && { carried }),
      ...(isHearsay && { hearsay: true as const }),
      ...(this.#isHistory && { imported: true as const }),
    }
  }

  /** A secret key proves all it says; a user token proves its own subject and e-mail address. */
  async #claims(message: Message): Promise<readonly ClaimedIdentifier[]> {
    const secret = this.#caller.grant.kind === 'secret'
    const token = secret ? undefined : (this.#proof ?? (await this.#claimsOf(message.userToken)))
    const claims = await Promise.all(
      message.identifiers
        // A browser of ours is whose the message is, never one that a message merely names.
        .filter(({ kind, value }) => kind !== 'anonymousId' || !isDeviceId(value))
        .map((identifier) =>
          claimOf(
            this.#keys,
            this.#hashOf,
            identifier,
            ({ kind, value }) =>
              secret ||
              (kind === 'userId' && value === token?.userId) ||
              (kind === 'email' && value === token?.email),
          ),
        ),
    )
    // A signed-in page proves who it is with every event, whether or not the event says so.
    if (token === undefined || claims.some(({ kind }) => kind === 'userId')) return claims
    return [{ kind: 'userId', value: token.userId, proven: true }, ...claims]
  }

  /** Addresses among them by their hash alone: nobody is reached by what identifies no one. */
  async #dormant({ dormant = [] }: Message): Promise<readonly ClaimedIdentifier[]> {
    const secret = this.#caller.grant.kind === 'secret'
    return Promise.all(
      dormant
        .filter(({ kind, value }) => kind !== 'anonymousId' || !isDeviceId(value))
        .map(async (identifier) => {
          const { kind, value, proven } = await claimOf(
            this.#keys,
            this.#hashOf,
            identifier,
            () => secret,
          )
          return { kind, value, proven }
        }),
    )
  }

  /** What the user token of an event that cannot be recorded proves. */
  proofIn({ context }: JsonObject): Promise<TokenClaims | undefined> {
    const token = isObject(context) ? context['userToken'] : undefined
    return this.#claimsOf(typeof token === 'string' ? token : undefined)
  }

  #claimsOf(token: string | undefined): Promise<TokenClaims | undefined> {
    if (token === undefined) return Promise.resolve(undefined)
    const known = this.#tokens.get(token)
    if (known !== undefined) return known
    const claims = verifyUserToken(token, this.#caller.source, this.#keys, this.#receivedAt)
    this.#tokens.set(token, claims)
    return claims
  }
}
