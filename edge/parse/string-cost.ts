import { BitReader } from './bit-reader.ts'

/**
 * What it would cost to decode a consent string, told before it is done: decoders make a list of every vendor of every
 * range, so that a text of a hundred characters could keep a Worker busy for seconds, or take all its memory.
 */

/** The longest strings of platforms have about 2,000 characters. */
const MAX_LENGTH = 8_192
/** Three lists of the 4,200 ids there are, and restrictions of each purpose to all of them. */
const MAX_IDS = 60_000

/** Bits of the core of a TC string before its lists of vendors. */
const TCF_HEADER = 213
const DISCLOSED = 1
const ALLOWED = 2

/** Whether a TC string costs no more than those of platforms do. */
export function isAffordableTcf(text: string): boolean {
  if (text.length > MAX_LENGTH) return false
  let ids = 0
  for (const segment of text.split('.')) {
    const bits = new BitReader(segment)
    const type = new BitReader(segment).read(3)
    if (type === DISCLOSED || type === ALLOWED) {
      bits.skip(3)
      ids += vendorsIn(bits)
    } else if (type === 0) {
      bits.skip(TCF_HEADER)
      ids += vendorsIn(bits) + vendorsIn(bits) + restrictedIn(bits)
    }
    if (ids > MAX_IDS) return false
  }
  return true
}

/** A list of vendors: their highest id, then a flag for each, or ranges. */
function vendorsIn(bits: BitReader): number {
  const highest = bits.read(16)
  if (bits.read(1) === 1) return idsOfRanges(bits)
  bits.skip(highest)
  return 0
}

function restrictedIn(bits: BitReader): number {
  let ids = 0
  for (let left = bits.read(12); left > 0 && !bits.isOver; left--) {
    bits.skip(8) // purpose and kind of restriction
    ids += idsOfRanges(bits)
  }
  return ids
}

function idsOfRanges(bits: BitReader): number {
  let ids = 0
  for (let left = bits.read(12); left > 0 && !bits.isOver; left--) {
    const isRange = bits.read(1) === 1
    const first = bits.read(16)
    ids += isRange ? Math.max(0, bits.read(16) - first + 1) : 1
  }
  return ids
}

/** More than any section's id has, in the coding by Fibonacci's numbers that the header uses. */
const MAX_ID_BITS = 12

/**
 * The ids of the sections of a GPP string in their order, by its header. Undefined: they are not as many as `sections`,
 * or the header is none.
 */
export function sectionIds(header: string, sections: number): readonly number[] | undefined {
  const bits = new BitReader(header)
  if (header.length > MAX_LENGTH || bits.read(6) !== 3) return undefined
  bits.skip(6) // its version
  const ids: number[] = []
  let last = 0
  for (let left = bits.read(12); left > 0; left--) {
    const isRange = bits.read(1) === 1
    const first = last + fibonacci(bits)
    last = isRange ? first + fibonacci(bits) : first
    // Not a number: a code that goes on too long.
    if (!(ids.length + last - first < sections)) return undefined
    for (let id = first; id <= last; id++) ids.push(id)
  }
  return ids.length === sections ? ids : undefined
}

/** A number as a sum of Fibonacci's, the lowest first, which ends with two ones. */
function fibonacci(bits: BitReader): number {
  let value = 0
  let [one, next] = [1, 2]
  let before = 0
  for (let place = 0; place < MAX_ID_BITS; place++) {
    const bit = bits.read(1)
    if (bit === 1 && before === 1) return value
    value += bit * one
    ;[one, next] = [next, one + next]
    before = bit
  }
  return Number.NaN
}
