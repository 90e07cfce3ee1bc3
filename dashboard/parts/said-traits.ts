import type { ApiProfile } from '../../edge/protocol/api.ts'

/** The traits that were said of a person, without those that follow from what they did. */
export const saidTraits = ({
  traits,
  computedTraits,
}: Pick<ApiProfile, 'traits' | 'computedTraits'>): ApiProfile['traits'] =>
  Object.fromEntries(
    Object.entries(traits).filter(([name]) => !computedTraits.some(({ key }) => key === name)),
  )
