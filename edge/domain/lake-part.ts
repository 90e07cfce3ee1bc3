import type { ShardAddress, WorkspaceId } from '../protocol/id.ts'
import type { Millis } from '../protocol/time.ts'

/** Events of one shard that were received on one day and waited in its rows `from` to `to`: an object of the lake. */
export interface LakePart {
  readonly workspace: WorkspaceId
  /** `YYYY-MM-DD`, in UTC. */
  readonly day: string
  readonly address: ShardAddress
  readonly from: number
  readonly to: number
}

/** Names sort as their numbers do. */
const DIGITS = 12

const FILE = /^(\d+)-(\d+)-(\d{12})-(\d{12})\.parquet$/

export const dayOf = (at: Millis): string => new Date(at).toISOString().slice(0, 10)

/** Folder of one workspace's days; with a day, of that day's files. */
export const lakeFolder = (workspace: WorkspaceId, day?: string): string =>
  `events/workspace=${workspace}/${day === undefined ? '' : `day=${day}/`}`

/** The same rows always have the same name: an object that is written twice is there once. */
export function lakeKey({ workspace, day, address, from, to }: LakePart): string {
  const [first, last] = [from, to].map((row) => String(row).padStart(DIGITS, '0'))
  return `${lakeFolder(workspace, day)}${address.region}-${address.shard}-${first}-${last}.parquet`
}

/** Undefined for a file that is none of ours. */
export function lakePartOf(workspace: WorkspaceId, day: string, key: string): LakePart | undefined {
  const folder = lakeFolder(workspace, day)
  const [, region, shard, from, to] =
    (key.startsWith(folder) && FILE.exec(key.slice(folder.length))) || []
  if (region === undefined || shard === undefined) return undefined
  const address = { region: Number(region), shard: Number(shard) }
  return { workspace, day, address, from: Number(from), to: Number(to) }
}
