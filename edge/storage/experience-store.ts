import type { ExperienceDefinition, ExperienceTouch, Variation } from '../protocol/decision.ts'
import type { ExperienceId } from '../protocol/id.ts'
import { commit, type Change, type Conflict } from './change.ts'
import type { ExperienceRow } from './schema.ts'

export const readExperience = (row: ExperienceRow): ExperienceDefinition => ({
  id: row.id,
  key: row.key,
  name: row.name,
  placement: row.placement,
  ...(row.segment !== null && { segment: row.segment }),
  variations: JSON.parse(row.variations) as readonly Variation[],
  control: row.control,
  priority: row.priority,
  ...(row.touch !== null && { touch: JSON.parse(row.touch) as ExperienceTouch }),
  enabled: row.enabled === 1,
})

const columns = (experience: ExperienceDefinition) => ({
  key: experience.key,
  name: experience.name,
  placement: experience.placement,
  segment: experience.segment ?? null,
  variations: JSON.stringify(experience.variations),
  control: experience.control,
  priority: experience.priority,
  touch: experience.touch === undefined ? null : JSON.stringify(experience.touch),
  enabled: experience.enabled ? 1 : 0,
})

export const createExperience = (
  db: D1Database,
  change: Change,
  experience: ExperienceDefinition,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database.insertInto('experience').values({
      id: experience.id,
      workspace: change.workspace,
      ...columns(experience),
      createdAt: change.at,
      updatedAt: change.at,
    }),
  ])

export const replaceExperience = (
  db: D1Database,
  change: Change,
  experience: ExperienceDefinition,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .updateTable('experience')
      .set({ ...columns(experience), updatedAt: change.at })
      .where('workspace', '=', change.workspace)
      .where('id', '=', experience.id),
  ])

export const deleteExperience = (
  db: D1Database,
  change: Change,
  id: ExperienceId,
): Promise<boolean | Conflict> =>
  commit(db, change, (database) => [
    database
      .deleteFrom('experience')
      .where('workspace', '=', change.workspace)
      .where('id', '=', id),
  ])
