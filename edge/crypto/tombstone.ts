import { identifierHash } from './identifier-hash.ts'
import type { WorkspaceKeys } from './workspace-keys.ts'

/** No kind of identifier has a space: what stands for a name here stands for nothing else anywhere. */
const USE = 'prisme tombstone'

/**
 * The keyed hash that is left of somebody who was erased: of an identifier or device by its `identifierKey`, of a
 * profile by its id. It tells that a name comes back, and nobody what the name was.
 */
export const tombstoneOf = (keys: WorkspaceKeys, name: string): Promise<string> =>
  identifierHash(keys, USE, name)
