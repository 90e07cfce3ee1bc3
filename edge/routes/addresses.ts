import { open } from '../crypto/seal.ts'
import type { WorkspaceKeys } from '../crypto/workspace-keys.ts'
import type { Json } from '../protocol/json.ts'

/** Traits with their addresses readable, for people who may read them; one that does not open stays a hash. */
export async function withAddresses(
  keys: WorkspaceKeys,
  traits: { readonly [trait: string]: Json },
  sealed: { readonly [trait: string]: string },
): Promise<{ readonly [trait: string]: Json }> {
  const opened = await Promise.all(
    Object.entries(sealed).map(async ([trait, text]): Promise<[string, Json] | undefined> => {
      const address = await open(keys, 'contact', text)
      return address === undefined ? undefined : [trait, address]
    }),
  )
  return { ...traits, ...Object.fromEntries(opened.filter((one) => one !== undefined)) }
}
