import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { api } from '../parts/api.ts'
import { PageHead } from '../parts/page-head.tsx'
import { SegmentForm } from '../parts/segment-form.tsx'
import { Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** An existing segment, changed: people are counted anew over their whole history. */
export default function SegmentEdit() {
  const { t } = useI18n()
  const navigate = useNavigate()
  const { id } = useParams({ from: '/segments/$id/edit' })
  const segment = useQuery({
    queryKey: ['segments', id],
    queryFn: () => api.segments.get(id),
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
          <SegmentForm
            key={initial.version}
            initial={initial}
            save={(input) => api.segments.replace(id, input)}
            onSaved={() => void navigate({ to: '/segments/$id', params: { id } })}
          />
        </>
      )}
    </Loaded>
  )
}
