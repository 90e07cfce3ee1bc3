import { RANDOM_BYTES } from '../domain/id.ts'

/** As many as an id holds, which nobody can guess. */
export const randomBytes = (): Uint8Array => crypto.getRandomValues(new Uint8Array(RANDOM_BYTES))
