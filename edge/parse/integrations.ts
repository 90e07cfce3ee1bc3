import type { Channels } from '../protocol/event.ts'
import type { Json } from '../protocol/json.ts'
import { isObject, textBytes } from './inspect.ts'

/** More destinations than a workspace has. */
const MAX_NAMES = 50
const MAX_NAME_LENGTH = 200

/**
 * The `integrations` of a batch and of its event, which wins: destinations by name, switched on or off. Settings of a
 * destination, an object in its place, mean on. Undefined: nothing was said.
 */
export function channelsOf(...said: readonly (Json | undefined)[]): Channels | undefined {
  const names = new Map<string, boolean>()
  for (const integrations of said) {
    if (!isObject(integrations)) continue
    for (const [name, value] of Object.entries(integrations)) {
      const on = isObject(value) ? true : value
      if (typeof on !== 'boolean' || name.length > MAX_NAME_LENGTH || textBytes(name) < 0) continue
      if (names.has(name) || names.size < MAX_NAMES) names.set(name, on)
    }
  }
  return names.size === 0 ? undefined : Object.fromEntries(names)
}
