const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const VALUES = new Map([...ALPHABET].map((digit, value) => [digit, value]))

/** The bits of a base64url text, from its front. Zeros follow its end. */
export class BitReader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  get isOver(): boolean {
    return this.#at >= this.#text.length * 6
  }

  skip(bits: number): void {
    this.#at += bits
  }

  /** The next so many bits as a number. */
  read(bits: number): number {
    let value = 0
    for (let left = bits; left > 0; left--) {
      const digit = VALUES.get(this.#text.charAt(Math.floor(this.#at / 6))) ?? 0
      value = value * 2 + ((digit >> (5 - (this.#at % 6))) & 1)
      this.#at++
    }
    return value
  }
}

/** The first so many bits of a base64url text, followed by zeros up to a length in characters. */
export function firstBits(text: string, bits: number, length: number): string {
  const whole = Math.floor(bits / 6)
  const rest = VALUES.get(text.charAt(whole)) ?? 0
  const last = ALPHABET.charAt(rest & (63 << (6 - (bits % 6))))
  return (text.slice(0, whole) + last).padEnd(length, ALPHABET.charAt(0))
}
