import { TextLink } from './link.tsx'

/** Names of segments in a line of text, each leading to its page. */
export function SegmentLinks(props: {
  readonly segments: readonly { readonly id: string; readonly name: string }[]
}) {
  return props.segments.map(({ id, name }, place) => (
    <span key={id}>
      {place > 0 && ', '}
      <TextLink to="/segments/$id" params={{ id }} inherit underline="always">
        {name}
      </TextLink>
    </span>
  ))
}
