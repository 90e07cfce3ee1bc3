import type { SourceId } from '../protocol/id.ts'

/**
 * 64 bits of a message id, scoped to its source. Not cryptographic: it is looked up only among the messages of the same
 * device or identifier, so the only one who can suppress a message by a forged collision is its own sender.
 */
export const messageHash = (source: SourceId, messageId: string): readonly [number, number] =>
  textHash(`${source}/${messageId}`)

/** 64 bits of a text, as two numbers of 32 (cyrb53's two lanes without the final fold). Not cryptographic. */
export function textHash(text: string): readonly [number, number] {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    a = Math.imul(a ^ code, 2_654_435_761)
    b = Math.imul(b ^ code, 1_597_334_677)
  }
  a = Math.imul(a ^ (a >>> 16), 2_246_822_507) ^ Math.imul(b ^ (b >>> 13), 3_266_489_909)
  b = Math.imul(b ^ (b >>> 16), 2_246_822_507) ^ Math.imul(a ^ (a >>> 13), 3_266_489_909)
  return [a >>> 0, b >>> 0]
}
