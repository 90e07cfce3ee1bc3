import { Card } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { linkSegments } from '../../edge/domain/segment-links.ts'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import type { SegmentId } from '../../edge/protocol/id.ts'
import type { ApiReadySegment } from '../../edge/protocol/ready-segment.ts'
import { api } from '../parts/api.ts'
import { ButtonLink } from '../parts/link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { segmentsQuery } from '../parts/queries.ts'
import { NeedsFirst } from '../parts/ready-segment-panel.tsx'
import { readySegmentsQuery } from '../parts/ready-segments.ts'
import { SegmentForm, type SegmentDraft } from '../parts/segment-form.tsx'
import { Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** A new segment, from nothing or from a ready one. */
export default function SegmentNew() {
  const { t } = useI18n()
  const { from } = useSearch({ from: '/segments/new' })
  return (
    <>
      <PageHead
        title={t('segments.new')}
        about={t(from === undefined ? 'segments.newAbout' : 'library.newAbout')}
        actions={
          <ButtonLink to="/segments/library" variant="default">
            {t('library.open')}
          </ButtonLink>
        }
      />
      {from === undefined ? <Form /> : <FromReady key={from} name={from} />}
    </>
  )
}

function Form({ draft }: { readonly draft?: SegmentDraft }) {
  const navigate = useNavigate()
  return (
    <SegmentForm
      {...(draft && { draft })}
      save={api.segments.create}
      onSaved={({ id }) => void navigate({ to: '/segments/$id', params: { id } })}
    />
  )
}

function FromReady({ name }: { readonly name: string }) {
  const { language } = useI18n()
  const ready = useQuery(readySegmentsQuery(language))
  const own = useQuery(segmentsQuery)
  return (
    <Loaded query={ready}>
      {(library) => (
        <Loaded query={own}>
          {(known) => <Start name={name} library={library} known={known} />}
        </Loaded>
      )}
    </Loaded>
  )
}

function Start(props: {
  readonly name: string
  readonly library: readonly ApiReadySegment[]
  readonly known: readonly ApiSegment[]
}) {
  const { library, known } = props
  const ready = library.find(({ key }) => key === props.name)
  if (ready === undefined) return <Form />
  const missing = ready.needs.segments.find((key) => !known.some((one) => one.key === key))
  if (missing !== undefined) {
    const name = library.find(({ key }) => key === missing)?.name ?? missing
    return (
      <Card>
        <NeedsFirst segment={missing} name={name} />
      </Card>
    )
  }
  const linked = linkSegments(
    ready.condition,
    undefined,
    known.map((one) => ({ ...one, id: one.id as SegmentId })),
  )
  const { key, name, examples } = ready
  const draft = {
    name,
    // Others are made of it by this key.
    ...(!known.some((one) => one.key === key) && { key }),
    condition: linked.ok ? linked.value : ready.condition,
    examples,
  }
  return <Form draft={draft} />
}
