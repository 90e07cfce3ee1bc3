import { capsNamed } from '../domain/segment-links.ts'
import type { NamedSegment } from '../domain/cap-links.ts'
import type { CapId, WorkspaceId } from '../protocol/id.ts'
import { readCandidate } from './candidate-store.ts'
import { databaseOf } from './database.ts'
import { readSegment } from './segment-store.ts'

/** The conditions that a workspace's segments have, and those of their new versions. */
export async function everyCondition(
  db: D1Database,
  workspace: WorkspaceId,
): Promise<readonly NamedSegment[]> {
  const rows = await databaseOf(db)
    .selectFrom('segment')
    .selectAll()
    .where('workspace', '=', workspace)
    .orderBy('createdAt')
    .orderBy('id')
    .execute()
  return rows.flatMap((row) => {
    const segment = readSegment(row)
    const candidate = readCandidate(row)
    return candidate === undefined
      ? [segment]
      : [segment, { ...segment, condition: candidate.condition }]
  })
}

/** The names of the segments that ask for the budget of a cap, each once. */
export const usersOfCap = (cap: CapId, segments: readonly NamedSegment[]): readonly string[] => {
  const users = segments.filter(({ condition }) => capsNamed(condition).includes(cap))
  return [...new Map(users.map(({ id, name }) => [id, name])).values()]
}
