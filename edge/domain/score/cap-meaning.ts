import type { CapDefinition } from '../../protocol/touch.ts'

/** What a cap comes to, in one sentence: one that allows none says so. */
export function capMeaning({ channel, tag, window, most, enabled }: CapDefinition): string {
  const what = `on ${channel ?? 'any channel'}${tag === undefined ? '' : ` tagged “${tag}”`}`
  const rule =
    most === 0
      ? `No message ${what} is allowed`
      : `Messages ${what} may weigh at most ${most} together in any ${window}`
  return enabled ? `${rule}.` : `${rule}, once this cap is switched on.`
}
