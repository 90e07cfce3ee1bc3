import { settings } from './settings.ts'

/** Loads a part that not every page needs. */
export const load = (name: string) => {
  const { origin, writeKey, parts } = settings
  return import(`${origin}/t/${writeKey}/${parts[name]}`)
}
