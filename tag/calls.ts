import type { TagEvent } from '../edge/protocol/collect.ts'
import type { JsonObject } from '../edge/protocol/json.ts'

/** What a call says, before the tag adds id, time and context. Undefined fields never reach the wire. */
export type Message = { readonly type: TagEvent['type']; readonly userToken?: unknown } & {
  readonly [field in keyof TagEvent]?: unknown
}

/** Where the first argument of a call goes (text), and the second (an object). */
const FIELDS: ReadonlyMap<unknown, readonly [string, string]> = new Map([
  ['track', ['event', 'properties']],
  ['page', ['name', 'properties']],
  ['identify', ['userId', 'traits']],
  ['group', ['groupId', 'traits']],
])

/**
 * A call of the page, `[type, text?, object?, { userToken }?]`, as a message; undefined: no such call. Values are
 * copied, so that the page may go on changing them. Throws for what JSON cannot say.
 */
export function messageOf(call: readonly unknown[]): Message | undefined {
  const [type, ...args] = JSON.parse(JSON.stringify(call))
  const fields = FIELDS.get(type)
  if (!fields) return undefined
  if (isObject(args[0])) args.unshift(undefined) // `identify({ … })`, `page({ … })`: without the text
  const [text, facts, options] = args
  return {
    type,
    [fields[0]]: text == null ? undefined : String(text),
    [fields[1]]: facts ?? undefined,
    userToken: options?.userToken,
  }
}

const isObject = (value: unknown): value is JsonObject => value != null && typeof value === 'object'
