declare const brand: unique symbol
type Id<Prefix extends string> = `${Prefix}_${string}` & { readonly [brand]: Prefix }

/** A person or a not yet known visitor. Names its shard: `prf_` + base32(region, shard, random). */
export type ProfileId = Id<'prf'>
/** A browser, derived from (workspace, deviceKey) by keyed hash; names its home shard. Public as `anonymousId`. */
export type DeviceId = Id<'dev'>
export type SegmentId = Id<'seg'>
export type EventId = Id<'evt'>
export type DestinationId = Id<'dst'>
export type ActivationId = Id<'act'>
export type DeliveryId = Id<'dlv'>
export type CapId = Id<'cap'>
export type ExperienceId = Id<'exp'>
export type ComputedTraitId = Id<'trt'>
export type WorkspaceId = Id<'ws'>
export type SourceId = Id<'src'>

/** Who tells of what the platform itself did to a person: no source of any workspace. */
export const OWN_SOURCE = 'src_prisme' as SourceId

/** Where a profile or device lives. `region` 0 is "wherever the first request came from". */
export interface ShardAddress {
  readonly region: number
  readonly shard: number
}
