import { sql } from 'kysely'
import { byOf, type By } from '../domain/computed/value.ts'
import { namesTrait } from '../domain/trait-links.ts'
import type { ComputedTraitDefinition } from '../protocol/computed-trait.ts'
import type { Condition } from '../protocol/condition.ts'
import type { ComputedTraitId, SegmentId, WorkspaceId } from '../protocol/id.ts'
import { commit, type Change, type Conflict } from './change.ts'
import { databaseOf } from './database.ts'
import type { ComputedTraitRow } from './schema.ts'

export const readComputedTrait = ({
  id,
  key,
  name,
  definition,
}: ComputedTraitRow): ComputedTraitDefinition => ({
  id,
  key,
  name,
  ...(JSON.parse(definition) as By),
})

const columns = (trait: ComputedTraitDefinition) => {
  const { key, name } = trait
  return { key, name, definition: JSON.stringify(byOf(trait)) }
}

/** All of a workspace. */
export async function computedTraitsOf(
  db: D1Database,
  workspace: WorkspaceId,
): Promise<readonly ComputedTraitDefinition[]> {
  const rows = await databaseOf(db)
    .selectFrom('computedTrait')
    .selectAll()
    .where('workspace', '=', workspace)
    .orderBy('id')
    .execute()
  return rows.map(readComputedTrait)
}

export const createComputedTrait = (
  db: D1Database,
  change: Change,
  trait: ComputedTraitDefinition,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database.insertInto('computedTrait').values({
      id: trait.id,
      workspace: change.workspace,
      ...columns(trait),
      createdAt: change.at,
      updatedAt: change.at,
    }),
  ])

export const replaceComputedTrait = (
  db: D1Database,
  change: Change,
  trait: ComputedTraitDefinition,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .updateTable('computedTrait')
      .set({ ...columns(trait), updatedAt: change.at })
      .where('workspace', '=', change.workspace)
      .where('id', '=', trait.id),
  ])

export const deleteComputedTrait = (
  db: D1Database,
  change: Change,
  id: ComputedTraitId,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .deleteFrom('computedTrait')
      .where('workspace', '=', change.workspace)
      .where('id', '=', id),
  ])

/** A segment whose condition asks for a trait, or whose new version does. */
export interface TraitUser {
  readonly id: SegmentId
  readonly name: string
}

/** The segments that ask for some traits, by the key of the trait. */
export async function usersOfTraits(
  db: D1Database,
  workspace: WorkspaceId,
  keys: readonly string[],
): Promise<ReadonlyMap<string, readonly TraitUser[]>> {
  if (keys.length === 0) return new Map()
  const rows = await databaseOf(db)
    .selectFrom('segment')
    .select(['id', 'name', 'condition', 'candidate'])
    .where('workspace', '=', workspace)
    .where((eb) => eb.or([mentionsTrait('condition'), mentionsTrait('candidate')]))
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
  const segments = rows.map(({ id, name, condition, candidate }) => ({
    id,
    name,
    conditions: [condition, candidate].flatMap((text) => (text === null ? [] : conditionIn(text))),
  }))
  return new Map(
    keys.map((key) => [
      key,
      segments
        .filter(({ conditions }) => conditions.some((one) => namesTrait(one, key)))
        .map(({ id, name }) => ({ id, name })),
    ]),
  )
}

const mentionsTrait = (column: 'condition' | 'candidate') =>
  sql<boolean>`instr(${sql.ref(column)}, '"trait"') > 0`

/** `text`: of a condition, or of what holds one. */
function conditionIn(text: string): Condition {
  const json = JSON.parse(text) as Condition | { readonly condition: Condition }
  return 'type' in json ? json : json.condition
}
