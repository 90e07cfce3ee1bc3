import type { Label, LabelOf } from '../storage/profile-store.ts'
import type { Shard } from './shard.ts'

/** The catalog that everybody here was last brought to. Undefined: no back-fill has come to an end yet. */
export const reachedBy = ({ meta }: Pick<Shard, 'meta'>): Label | undefined =>
  meta.get<Label>('reached')

/** Everybody was looked at, and who was found as they should be was not written. */
export const setReached = ({ meta }: Shard, label: Label): void => meta.set('reached', label)

/**
 * Under which catalog a state is right that was written under an older one: a back-fill that came past it left it as it
 * was, because nothing of it changed. What none could look at is of version 0.
 */
export function labelsOf(shard: Shard): LabelOf {
  const pass = shard.backFill()
  const reached = reachedBy(shard)
  return (id, version) => {
    if (version === 0) return undefined
    if (pass?.fingerprint !== undefined && id <= pass.cursor && version < pass.version) {
      return { version: pass.version, fingerprint: pass.fingerprint }
    }
    return reached !== undefined && version < reached.version ? reached : undefined
  }
}
