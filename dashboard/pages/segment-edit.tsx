import { Card, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useState } from 'react'
import type { ApiSegment, SegmentInput } from '../../edge/protocol/api-segment.ts'
import { EXAMPLE_LIMITS, type ExamplePerson } from '../../edge/protocol/example.ts'
import { api } from '../parts/api.ts'
import { freeName } from '../parts/example-edit.ts'
import { exampleFrom } from '../parts/example-from-profile.ts'
import { PageHead } from '../parts/page-head.tsx'
import { activationsQuery, experiencesQuery } from '../parts/queries.ts'
import { SegmentForm } from '../parts/segment-form.tsx'
import { Loaded } from '../parts/states.tsx'
import { readHistory } from '../parts/take-history.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** An existing segment with, if one is beside it, what its new version says. */
async function readSegment(id: string): Promise<ApiSegment> {
  const segment = await api.segments.get(id)
  if (!segment.candidate) return segment
  const { condition, purposes } = await api.segments.candidate.get(id)
  return { ...segment, condition, purposes }
}

/** With it, if a profile is named, that person's history as one more example: they are to stay what they are. */
async function read(id: string, person: string | undefined, name: (number: number) => string) {
  const segment = await readSegment(id)
  const { examples = [] } = segment
  if (person === undefined || examples.length >= EXAMPLE_LIMITS.people) return { segment }
  const profile = await api.profiles.get(person)
  const isMember = profile.segments.some((one) => one.id === id)
  const at = new Date().toISOString()
  const taken = await readHistory(profile)
  return { segment, added: exampleFrom(taken, freeName(name, examples), isMember, at) }
}

/** An existing segment, changed: beside the version in force if anybody depends on that, else at once. */
export default function SegmentEdit() {
  const { t } = useI18n()
  const { id } = useParams({ from: '/segments/$id/edit' })
  const { person } = useSearch({ from: '/segments/$id/edit' })
  const segment = useQuery({
    queryKey: ['segments', id, 'edit', person],
    queryFn: () => read(id, person, (number) => t('examples.takenName', { number })),
    // What is being edited does not change under the hand.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
  })
  return (
    <Loaded query={segment}>
      {({ segment: initial, added }) => (
        <>
          <PageHead
            title={t('segments.edit', { name: initial.name })}
            about={t('segments.editAbout')}
          />
          <Edit
            key={`${initial.version} ${initial.candidate}`}
            initial={initial}
            {...(added && { added })}
          />
        </>
      )}
    </Loaded>
  )
}

function Edit(props: { readonly initial: ApiSegment; readonly added?: ExamplePerson }) {
  const { initial, added } = props
  const { t } = useI18n()
  const navigate = useNavigate()
  const [isBeside, setBeside] = useState(true)
  const isUsed = useIsUsed(initial.id)
  const inUse = initial.size > 0 || initial.candidate || isUsed
  const { id } = initial
  return (
    <SegmentForm
      initial={initial}
      {...(added && { added })}
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
    input.public !== inForce.public ||
    (input.onDevice ?? false) !== inForce.onDevice
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
