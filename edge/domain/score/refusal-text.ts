import type { TouchRefusal } from '../../protocol/touch.ts'

/** A refusal as people read it, in one sentence. */
export function refusalText({ name, cap, most, pressure, weight, freeAt }: TouchRefusal): string {
  const rule = `Cap “${name}” (${cap})`
  if (most === 0) return `${rule} allows none`
  const stands = `allows ${most}: ${pressure} stand, and this weighs ${weight}`
  const free =
    freeAt === undefined ? 'there will be no room' : `free at ${new Date(freeAt).toISOString()}`
  return `${rule} ${stands}; ${free}`
}
