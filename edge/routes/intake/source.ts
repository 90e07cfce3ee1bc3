import { workspaceObject } from '../../objects/address.ts'
import type { Env } from '../../objects/env.ts'
import type { Catalog, KeyGrant, SourceDefinition } from '../../protocol/catalog.ts'
import type { WorkspaceId } from '../../protocol/id.ts'
import type { WorkspaceCalls } from '../../protocol/objects.ts'
import { MINUTE, SECOND, type Millis } from '../../protocol/time.ts'
import { BoundedCache } from './bounded-cache.ts'

/** Shards know newer catalogs by themselves; the edge needs sources, kinds and settings, which change rarely. */
const FRESH_FOR = 3 * SECOND
const CACHE_SIZE = 200

const catalogs = new BoundedCache<Catalog>(CACHE_SIZE)
/** Versions this isolate has published: what is older is not taken from the cache any more. */
const published = new BoundedCache<number>(CACHE_SIZE)
/** As long as the cache may go on with an older one: Workers KV promises a minute. */
const CACHE_LAG = 2 * MINUTE

/** What was just changed here holds here at once, and within seconds everywhere. */
export function notePublished(workspace: WorkspaceId, version: number, now: Millis): void {
  published.set(workspace, version, now + CACHE_LAG)
}

/** The newest version this isolate has published lately; 0: none. */
export const publishedVersion = (workspace: WorkspaceId, now: Millis): number =>
  published.get(workspace, now) ?? 0

/** Who is asking: a source of a workspace, by which key, under which catalog. */
export interface Caller {
  readonly grant: KeyGrant
  readonly catalog: Catalog
  readonly source: SourceDefinition
}

/** Undefined if the workspace or the source is gone although its key was still known. */
export async function findCaller(
  env: Env,
  grant: KeyGrant,
  now: Millis,
): Promise<Caller | undefined> {
  for (const read of [cachedCatalog, ownCatalog]) {
    const catalog = await read(env, grant.workspace, now)
    const source = catalog?.sources.find(({ id }) => id === grant.source)
    if (catalog !== undefined && source !== undefined) return { grant, catalog, source }
  }
  return undefined
}

async function cachedCatalog(
  env: Env,
  workspace: WorkspaceId,
  now: Millis,
): Promise<Catalog | undefined> {
  const least = published.get(workspace, now) ?? 0
  const known = catalogs.get(workspace, now)
  if (known !== undefined && known.version >= least) return known
  try {
    const catalog = await env.CACHE.get<Catalog>(`catalog:${workspace}`, 'json')
    if (catalog === null || catalog.version < least) return undefined
    catalogs.set(workspace, catalog, now + FRESH_FOR)
    return catalog
  } catch {
    // The read cache's absence stops nothing.
    return undefined
  }
}

/** From the Workspace object itself: for a catalog the cache does not have, or not yet. */
async function ownCatalog(
  env: Env,
  workspace: WorkspaceId,
  now: Millis,
): Promise<Catalog | undefined> {
  const object = workspaceObject(env, workspace) as unknown as WorkspaceCalls
  const catalog = await object.catalog({ workspace })
  if (catalog !== null) catalogs.set(workspace, catalog, now + FRESH_FOR)
  return catalog ?? undefined
}
