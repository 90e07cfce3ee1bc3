import { createHash } from 'node:crypto'
import type { BuiltMessage } from '../../parse/import-message.ts'
import type { Json } from '../../protocol/json.ts'

/** Digits of a hexadecimal number of 128 bits. */
const ID_LENGTH = 32

/**
 * Messages with ids made of what they say: the same row in another file, or in the same file sent again, is the same
 * message. 128 bits of SHA-256, so that two different rows never meet.
 */
export const withIds = (built: readonly BuiltMessage[]): readonly Json[] =>
  built.map(({ message, identity }) => {
    const digest = createHash('sha256').update(identity).digest('hex')
    return { ...message, messageId: `import-${digest.slice(0, ID_LENGTH)}` }
  })
