import type { ApiProfile } from '../../edge/protocol/api.ts'
import { DEMO } from '../demo/account.ts'

/** The events of the profile that an identifier leads to, as `type name`, sorted; empty if there is none. */
export async function timelineOf(
  edge: string,
  kind: string,
  value: string,
): Promise<readonly string[]> {
  const response = await fetch(`${edge}/api/profiles?${new URLSearchParams({ kind, value })}`, {
    headers: { authorization: `Bearer ${DEMO.secretKey}` },
  })
  if (response.status === 404) return []
  if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`)
  const profile = (await response.json()) as ApiProfile
  return profile.events.map(({ type, event }) => `${type} ${event}`).sort()
}
