import { base32, RANDOM_BYTES } from '../domain/id.ts'
import type {
  ActivationId,
  ComputedTraitId,
  CapId,
  DeliveryId,
  DestinationId,
  EventId,
  ExperienceId,
  SegmentId,
  SourceId,
  WorkspaceId,
} from '../protocol/id.ts'

interface Ids {
  readonly act: ActivationId
  readonly aud: string
  readonly cap: CapId
  /** Of a segment's candidate, which is judged like a segment. */
  readonly cnd: SegmentId
  readonly cnt: string
  readonly dlv: DeliveryId
  readonly dst: DestinationId
  readonly ers: string
  readonly evt: EventId
  readonly exp: ExperienceId
  readonly imp: string
  readonly key: string
  readonly map: string
  readonly reh: string
  readonly seg: SegmentId
  readonly src: SourceId
  readonly trt: ComputedTraitId
  readonly usr: string
  readonly ws: WorkspaceId
}

/** An id nobody can guess: `seg_` + base32 of 80 random bits. */
export const newId = <Prefix extends keyof Ids>(prefix: Prefix): Ids[Prefix] =>
  `${prefix}_${base32(crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)))}` as Ids[Prefix]
