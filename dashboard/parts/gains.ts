import type { CalibrationPoint } from '../../edge/protocol/appetence.ts'

/** Share of all reactions that are reached with so large a share of messages, the likeliest first. */
export function gainsOf(
  points: readonly CalibrationPoint[],
): readonly { readonly share: number; readonly actual: number }[] {
  const all = points.reduce((sum, { messages }) => sum + messages, 0)
  const reactions = points.reduce((sum, { messages, actual }) => sum + messages * actual, 0)
  let [sent, reached] = [0, 0]
  const gains = points.toReversed().map(({ messages, actual }) => {
    sent += messages
    reached += messages * actual
    return { share: sent / all, actual: reactions > 0 ? reached / reactions : sent / all }
  })
  return [{ share: 0, actual: 0 }, ...gains]
}
