import type { TagSettings } from '../edge/protocol/collect.ts'

/** The edge writes the source's settings here (`script` of the built bundle). */
declare const __PRISME_SETTINGS__: TagSettings

export const settings = __PRISME_SETTINGS__

/** Where the browser keeps what is of this source. */
export const STORAGE_NAME = `prisme.${settings.writeKey}`
