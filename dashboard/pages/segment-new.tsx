import { useNavigate } from '@tanstack/react-router'
import { api } from '../parts/api.ts'
import { PageHead } from '../parts/page-head.tsx'
import { SegmentForm } from '../parts/segment-form.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** A new segment. */
export default function SegmentNew() {
  const { t } = useI18n()
  const navigate = useNavigate()
  return (
    <>
      <PageHead title={t('segments.new')} about={t('segments.newAbout')} />
      <SegmentForm
        save={api.segments.create}
        onSaved={({ id }) => void navigate({ to: '/segments/$id', params: { id } })}
      />
    </>
  )
}
