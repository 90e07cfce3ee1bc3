import { sql } from 'kysely'
import type { SourceDefinition } from '../protocol/catalog.ts'
import type { Millis } from '../protocol/time.ts'
import type { Change, Conflict } from './change.ts'
import { commit } from './change.ts'
import type { NewKey } from './key-store.ts'

/** A new workspace with all it needs to work. */
export interface Birth {
  readonly name: string
  readonly slug: string
  readonly owner: {
    readonly id: string
    readonly email: string
    /** As better-auth hashes it. */
    readonly passwordHash: string
  }
  readonly shards: number
  readonly retention: Millis
  readonly timezone: string
  readonly sources: readonly {
    readonly definition: SourceDefinition
    /** The source that secret keys write to. Exactly one. */
    readonly own: boolean
    readonly keys: readonly NewKey[]
  }[]
}

/**
 * Makes a workspace and its owner in one transaction. `first`: only while there is no user at all, so that of two
 * people who set a deployment up at once one succeeds. `taken`: e-mail, name, key or id exist already.
 */
export async function bearWorkspace(
  db: D1Database,
  change: Change,
  birth: Birth,
  { first }: { readonly first: boolean },
): Promise<boolean | Conflict> {
  const { workspace, at } = change
  const now = new Date(at).toISOString()
  const { owner } = birth
  return commit(db, change, (database) => [
    database
      .insertInto('user')
      .columns(['id', 'name', 'email', 'emailVerified', 'createdAt', 'updatedAt'])
      .expression(
        database
          .selectNoFrom((eb) => [
            eb.val(owner.id).as('id'),
            eb.val(owner.email).as('name'),
            eb.val(owner.email).as('email'),
            eb.val(0).as('emailVerified'),
            eb.val(now).as('createdAt'),
            eb.val(now).as('updatedAt'),
          ])
          .where(first ? sql<boolean>`not exists (select 1 from "user")` : sql<boolean>`true`),
      ),
    // Without its user this row breaks a foreign key, which undoes everything.
    database.insertInto('account').values({
      id: `${owner.id}-credential`,
      accountId: owner.id,
      providerId: 'credential',
      userId: owner.id,
      password: owner.passwordHash,
      createdAt: now,
      updatedAt: now,
    }),
    database
      .insertInto('organization')
      .values({ id: workspace, name: birth.name, slug: birth.slug, createdAt: now }),
    database.insertInto('member').values({
      id: `${owner.id}-owner`,
      organizationId: workspace,
      userId: owner.id,
      role: 'owner',
      createdAt: now,
    }),
    database.insertInto('workspace').values({
      id: workspace,
      shards: birth.shards,
      retention: birth.retention,
      timezone: birth.timezone,
      revision: 0,
      settled: -1,
      identity: null,
      consent: null,
      scores: null,
      createdAt: at,
    }),
    ...birth.sources.flatMap(({ definition, own, keys }, place) => [
      database.insertInto('source').values({
        id: definition.id,
        workspace,
        name: definition.name,
        kind: definition.kind,
        consent: definition.consent,
        purposes: JSON.stringify(definition.purposes ?? []),
        tokenKeys: JSON.stringify(definition.tokenKeys),
        pressure: definition.pressure === true ? 1 : 0,
        own: own ? 1 : 0,
        // Listed by age: in the order given.
        createdAt: at + place,
        updatedAt: at,
      }),
      ...keys.map((key) =>
        database
          .insertInto('key')
          .values({ ...key, workspace, source: definition.id, createdAt: at }),
      ),
    ]),
  ])
}
