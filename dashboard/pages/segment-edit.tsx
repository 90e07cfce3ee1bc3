import { Card, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import type { ApiSegment, SegmentInput } from '../../edge/protocol/api-segment.ts'
import { api } from '../parts/api.ts'
import { PageHead } from '../parts/page-head.tsx'
import { activationsQuery, experiencesQuery } from '../parts/queries.ts'
import { SegmentForm } from '../parts/segment-form.tsx'
import { Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** An existing segment with, if one is beside it, what its new version says. */
async function read(id: string): Promise<ApiSegment> {
  const segment = await api.segments.get(id)
  if (!segment.candidate) return segment
  const { condition, purposes } = await api.segments.candidate.get(id)
  return { ...segment, condition, purposes }
}

/** An existing segment, changed: beside the version in force if anybody depends on that, else at once. */
export default function SegmentEdit() {
  const { t } = useI18n()
  const { id } = useParams({ from: '/segments/$id/edit' })
  const segment = useQuery({
    queryKey: ['segments', id, 'edit'],
    queryFn: () => read(id),
    // What is being edited does not change under the hand.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
  })
  return (
    <Loaded query={segment}>
      {(initial) => (
        <>
          <PageHead
            title={t('segments.edit', { name: initial.name })}
            about={t('segments.editAbout')}
          />
          <Edit key={`${initial.version} ${initial.candidate}`} initial={initial} />
        </>
      )}
    </Loaded>
  )
}

function Edit({ initial }: { readonly initial: ApiSegment }) {
  const { t } = useI18n()
  const navigate = useNavigate()
  const [isBeside, setBeside] = useState(true)
  const isUsed = useIsUsed(initial.id)
  const inUse = initial.size > 0 || initial.candidate || isUsed
  const { id } = initial
  return (
    <SegmentForm
      initial={initial}
      save={(input) =>
        inUse && isBeside ? saveBeside(initial, input) : api.segments.replace(id, input)
      }
      onSaved={() => void navigate({ to: '/segments/$id', params: { id } })}
      options={
        inUse && (
          <Card>
            <Switch
              label={t('segment.beside')}
              description={t('segment.besideAbout')}
              checked={isBeside}
              onChange={(event) => setBeside(event.currentTarget.checked)}
            />
          </Card>
        )
      }
    />
  )
}

/** Whether something shows or sends by the segment. */
function useIsUsed(id: string): boolean {
  const experiences = useQuery(experiencesQuery)
  const activations = useQuery(activationsQuery)
  return (
    experiences.data?.some(({ segment }) => segment === id) === true ||
    activations.data?.some(({ segment, exclude }) => segment === id || exclude.includes(id)) ===
      true
  )
}

/** What decides who is in it stands beside; a name, a key and visibility move nobody, and hold at once. */
async function saveBeside(initial: ApiSegment, input: SegmentInput): Promise<ApiSegment> {
  const { id } = initial
  const inForce = await api.segments.get(id)
  const { condition, purposes = [], minimumStay } = input
  const isRenamed =
    input.name !== inForce.name ||
    (input.key !== undefined && input.key !== inForce.key) ||
    input.public !== inForce.public
  if (isRenamed) {
    const { condition: former, purposes: needed, minimumStay: stay } = inForce
    const { minimumStay: _, examples: __, ...rest } = input
    await api.segments.replace(id, {
      ...rest,
      condition: former,
      purposes: needed,
      ...(stay !== undefined && { minimumStay: stay }),
    })
  }
  const judged = { condition, purposes, ...(minimumStay !== undefined && { minimumStay }) }
  const { examples } = input
  const isOther = !isSame(judged, initial)
  if (isOther) {
    await api.segments.candidate.save(id, { ...judged, ...(examples && { examples }) })
  } else if (JSON.stringify(examples) !== JSON.stringify(initial.examples)) {
    await api.segments.replace(id, input)
  }
  return api.segments.get(id)
}

const isSame = (
  one: Pick<SegmentInput, 'condition' | 'purposes' | 'minimumStay'>,
  other: Pick<ApiSegment, 'condition' | 'purposes' | 'minimumStay'>,
): boolean =>
  JSON.stringify([one.condition, one.purposes, one.minimumStay]) ===
  JSON.stringify([other.condition, other.purposes, other.minimumStay])
