import type { BestChannel } from '../../protocol/profile-appetence.ts'
import type { Millis } from '../../protocol/time.ts'
import { probabilityAt, reactedAtOf, type OnChannel } from './channel.ts'

/** Somebody agrees to messages on it, and can be reached. */
export const isOpen = ({ consent, isReachable }: OnChannel): boolean => consent.holds && isReachable

/** The likeliest, of equal ones the one that was reacted to last, then by name. Undefined: of none is anything known. */
export function bestOf(open: readonly OnChannel[], at: Millis): OnChannel | undefined {
  let best: { readonly one: OnChannel; readonly chance: number } | undefined
  for (const one of open) {
    const chance = probabilityAt(one, at)
    if (chance === undefined) continue
    const isBetter =
      best === undefined ||
      chance > best.chance ||
      (chance === best.chance && reactedAtOf(one) > reactedAtOf(best.one))
    if (isBetter) best = { one, chance }
  }
  return best?.one
}

/** Undefined: no channel is open, or of none is anything known. */
export function rankOpen(all: readonly OnChannel[], at: Millis): BestChannel | undefined {
  const open = all.filter(isOpen)
  const best = bestOf(open, at)
  if (best === undefined) return undefined
  const chance = probabilityAt(best, at)
  const isTied = open.some((one) => one !== best && probabilityAt(one, at) === chance)
  const why = open.length === 1 ? 'only' : isTied ? 'latest' : 'likeliest'
  return { channel: best.channel.name, why }
}
