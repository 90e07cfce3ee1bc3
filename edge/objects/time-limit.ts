import type { Millis } from '../protocol/time.ts'

/** The promise's value, or an error once `limit` has passed. What it began goes on unobserved. */
export async function withTimeLimit<T>(promise: Promise<T>, limit: Millis): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | null = null
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limit} ms`)), limit)
  })
  try {
    return await Promise.race([promise, expiry])
  } finally {
    clearTimeout(timer)
  }
}
