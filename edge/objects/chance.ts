import type { Draw } from '../domain/sample.ts'

/** Good enough to choose whom to look at: nothing secret follows from it. */
export const drawAtRandom: Draw = (below) => Math.floor(Math.random() * below)
