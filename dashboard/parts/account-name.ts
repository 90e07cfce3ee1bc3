import type { Json } from '../../edge/protocol/json.ts'

/** What an account is called, if that was told. */
export function nameOf(account: {
  readonly traits: { readonly [trait: string]: Json }
}): string | undefined {
  const { name } = account.traits
  return typeof name === 'string' && name.trim() !== '' ? name : undefined
}
