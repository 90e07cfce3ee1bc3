import type { Context } from 'hono'
import { capsNamed, hasLinks, linkSegments } from '../domain/segment-links.ts'
import type { Condition } from '../protocol/condition.ts'
import type { SegmentId } from '../protocol/id.ts'
import { capsOfWorkspace } from '../storage/cap-store.ts'
import { linkableSegments } from '../storage/segment-store.ts'
import type { AccessEnv } from './access.ts'
import { INVALID, Refusal } from './problem.ts'

/**
 * A condition with the ids of the segments and caps that it names. `own`: the segment that is to have it, if there is one.
 *
 * @throws Refusal 400 that names the field, and the way of a segment that would be made of itself.
 */
export async function linked(
  c: Context<AccessEnv>,
  condition: Condition,
  own?: { readonly id: SegmentId; readonly key: string },
): Promise<Condition> {
  if (!hasLinks(condition) && capsNamed(condition).length === 0) return condition
  const { workspace } = c.get('access')
  const segments = await linkableSegments(c.env.DB, workspace)
  const result = linkSegments(condition, own, segments, await capsOfWorkspace(c.env.DB, workspace))
  if (!result.ok) throw new Refusal(400, INVALID, result.errors)
  return result.value
}
