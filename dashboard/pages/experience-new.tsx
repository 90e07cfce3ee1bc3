import { useNavigate } from '@tanstack/react-router'
import { api } from '../parts/api.ts'
import { ExperienceForm } from '../parts/experience-form.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** A new experience. */
export default function ExperienceNew() {
  const { t } = useI18n()
  const navigate = useNavigate()
  return (
    <>
      <PageHead title={t('experiences.new')} about={t('experiences.newAbout')} />
      <ExperienceForm
        save={api.experiences.create}
        onSaved={() => void navigate({ to: '/experiences' })}
      />
    </>
  )
}
