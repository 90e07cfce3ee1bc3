import type { BlockedValue, IdentitySettings } from '../protocol/identifier.ts'
import type { IdentityRules } from '../protocol/rehearsal.ts'
import { identifierHash } from './identifier-hash.ts'
import type { WorkspaceKeys } from './workspace-keys.ts'

const ADDRESS_KINDS = ['email', 'phone']

/** Settings as shards apply them, who know addresses by their keyed hash alone. */
export async function identityRules(
  keys: WorkspaceKeys,
  { kinds, sharedDevice, blocked, traits }: IdentitySettings,
  remake: boolean,
): Promise<IdentityRules> {
  const hashed = await Promise.all(blocked.map((entry) => hashedForms(keys, entry)))
  return { kinds, sharedDevice, blocked: hashed.flat(), traits, remake }
}

/** A value of any kind may be an address of each kind. */
async function hashedForms(keys: WorkspaceKeys, entry: BlockedValue): Promise<BlockedValue[]> {
  const { kind, value } = entry
  const kinds = ADDRESS_KINDS.filter((one) => kind === undefined || kind === one)
  const hashed = kinds.map(async (one) => ({
    kind: one,
    value: await identifierHash(keys, one, value),
  }))
  const isAddress = kind !== undefined && ADDRESS_KINDS.includes(kind)
  return [...(isAddress ? [] : [entry]), ...(await Promise.all(hashed))]
}
