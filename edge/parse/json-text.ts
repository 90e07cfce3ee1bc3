import type { Json } from '../protocol/json.ts'

/** Where a text stops being JSON. Lines and columns count from 1, offsets from 0, all in UTF-16 units. */
export interface JsonFault {
  readonly offset: number
  readonly line: number
  readonly column: number
}

export type JsonText =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly fault: JsonFault }

/** `JSON.parse` that tells where it failed: V8's own message names the place for some faults only. */
export function parseJson(text: string): JsonText {
  try {
    const value: Json = JSON.parse(text)
    return { ok: true, value }
  } catch {
    const offset = faultOffset(text)
    const before = text.slice(0, offset)
    const lineStart = before.lastIndexOf('\n') + 1
    const line = before.split('\n').length
    return { ok: false, fault: { offset, line, column: offset - lineStart + 1 } }
  }
}

const LITERALS = ['true', 'false', 'null']
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
/** The longest text that could still become a number. */
const NUMBER_BEGUN = /-?(?:(?:0|[1-9]\d*)(?:\.(?:\d+(?:[eE][+-]?\d*)?)?|[eE][+-]?\d*)?)?/y
const SPACE = /[ \t\n\r]*/y

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

/** End of the string that begins at `at`; negative (−1 − offset of the fault) if it is not one. */
function stringEnd(text: string, at: number): number {
  for (let next = at + 1; next < text.length; next++) {
    const character = text[next] ?? ''
    if (character === '"') return next + 1
    if (character < ' ') return -1 - next
    if (character !== '\\') continue
    next++
    const escaped = text[next] ?? ''
    if (escaped === 'u') {
      for (let digit = 1; digit <= 4; digit++) {
        if (!/^[0-9a-fA-F]$/.test(text[next + digit] ?? '')) return -1 - (next + digit)
      }
      next += 4
    } else if (escaped === '' || !'"\\/bfnrt'.includes(escaped)) return -1 - next
  }
  return -1 - text.length
}

/** End of the literal or number that begins at `at`; negative (−1 − offset of the fault) if it is neither. */
function wordEnd(text: string, at: number): number {
  const literal = LITERALS.find((word) => word[0] === text[at])
  if (literal === undefined) {
    const begun = skip(NUMBER_BEGUN, text, at)
    return begun > at && skip(NUMBER, text, at) === begun ? begun : -1 - begun
  }
  for (let next = 0; next < literal.length; next++) {
    if (text[at + next] !== literal[next]) return -1 - (at + next)
  }
  return at + literal.length
}

/** Offset of the first character that cannot stand where it stands. Iterative: depth costs no stack. */
export function faultOffset(text: string): number {
  const open: ('{' | '[')[] = []
  let expect: 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'next' = 'value'
  let at = 0
  for (;;) {
    at = skip(SPACE, text, at)
    const character = text[at]
    if (expect === 'next' && open.length === 0) return at
    if (character === undefined) return at
    if (expect === 'next') {
      const inside = open.at(-1)
      if (character === ',') expect = inside === '{' ? 'key' : 'value'
      else if (character === (inside === '{' ? '}' : ']')) open.pop()
      else return at
      at++
    } else if (expect === 'colon') {
      if (character !== ':') return at
      expect = 'value'
      at++
    } else if (expect === 'key' || expect === 'key-or-end') {
      if (character === '}' && expect === 'key-or-end') {
        open.pop()
        expect = 'next'
        at++
        continue
      }
      if (character !== '"') return at
      const end = stringEnd(text, at)
      if (end < 0) return -1 - end
      at = end
      expect = 'colon'
    } else if (character === ']' && expect === 'value-or-end') {
      open.pop()
      expect = 'next'
      at++
    } else if (character === '{' || character === '[') {
      open.push(character)
      expect = character === '{' ? 'key-or-end' : 'value-or-end'
      at++
    } else {
      const end = character === '"' ? stringEnd(text, at) : wordEnd(text, at)
      if (end < 0) return -1 - end
      at = end
      expect = 'next'
    }
  }
}
