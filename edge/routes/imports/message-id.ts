import type { BuiltMessage } from '../../parse/import-message.ts'
import type { Json } from '../../protocol/json.ts'

/**
 * Messages with ids made of what they say: the same row in another file, or in the same file sent again, is the same
 * message. 128 bits of SHA-256, so that two different rows never meet.
 */
export const withIds = (built: readonly BuiltMessage[]): Promise<readonly Json[]> =>
  Promise.all(
    built.map(async ({ message, identity }) => {
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(identity))
      const id = [...new Uint8Array(digest, 0, 16)]
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join('')
      return { ...message, messageId: `import-${id}` }
    }),
  )
