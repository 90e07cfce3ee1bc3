import type { ProfileId, ShardAddress, SourceId, WorkspaceId } from './id.ts'
import type { Json } from './json.ts'
import type { Millis } from './time.ts'

/** One trait of an account, and by which message it is so. */
export interface AccountTrait {
  /** Null: taken back. */
  readonly value: Json
  /** Of an address, whose value is its hash: the readable one, sealed. */
  readonly sealed?: string
  readonly at: Millis
  readonly source: SourceId
  /** Whoever said it had proven who they are, by a secret key or a signed token. */
  readonly proven: boolean
  readonly receivedAt: Millis
  readonly position: number
  readonly messageId: string
}

/** By name. */
export type AccountTraits = ReadonlyMap<string, AccountTrait>

/** What was said of an account: the `groupId` of Segment's `group` calls is its id. */
export interface AccountFacts {
  readonly account: string
  readonly traits: AccountTraits
}

/** An account as its shard knows it; the version grows with each change. */
export interface AccountState extends AccountFacts {
  readonly version: number
}

/** What an account's members in one profile shard are. */
export interface AccountMembers {
  readonly count: number
  /** A page of them, in the order of their ids. */
  readonly items: readonly {
    readonly profile: ProfileId
    readonly firstSeen: Millis
    readonly lastSeen: Millis
  }[]
}

export interface AccountShardCalls {
  /**
   * A profile shard says what its members' events told of accounts, and is told of each later change. Saying it again
   * changes nothing. Answers the accounts as they are by now, in the order asked.
   */
  tell(request: {
    readonly workspace: WorkspaceId
    readonly shard: ShardAddress
    readonly facts: readonly AccountFacts[]
  }): Promise<readonly AccountState[]>
  /** With the profile shards where its members live; null: nobody ever told of it. */
  find(request: { readonly account: string }): Promise<{
    readonly state: AccountState
    readonly shards: readonly ShardAddress[]
  } | null>
  /** In the order of their ids, from after one. */
  list(request: {
    readonly after: string
    readonly limit: number
  }): Promise<readonly AccountState[]>
  /** The sweeper's call: sets the alarm anew if anything is due. */
  wake(): Promise<void>
}
