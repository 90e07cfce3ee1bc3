import type { EventRecord } from '../protocol/event.ts'

/** Whether events let a destination of this name be told what they caused. */
export type Reach = (destination: string) => boolean

/**
 * What the `integrations` of events that were taken in together say: one that switches a destination off speaks for
 * all, since what they caused cannot be told apart.
 */
export const reachOf =
  (events: readonly EventRecord[]): Reach =>
  (destination) =>
    events.every(({ context: { integrations: said = {} } }) => {
      const name = [destination, 'All'].find((key) => Object.hasOwn(said, key))
      return name === undefined || said[name] === true
    })
