import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { api } from '../parts/api.ts'
import { ConfirmButton } from '../parts/confirm.tsx'
import { ExperienceForm } from '../parts/experience-form.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** One experience: read, changed, switched off, deleted. */
export default function Experience() {
  const { t } = useI18n()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { id } = useParams({ from: '/experiences/$id' })
  const experience = useQuery({
    queryKey: ['experiences', id],
    queryFn: () => api.experiences.get(id),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnMount: 'always',
  })
  return (
    <Loaded query={experience}>
      {(initial) => (
        <>
          <PageHead
            title={initial.name}
            about={t('experiences.editAbout')}
            actions={
              <ConfirmButton
                label={t('experience.delete')}
                title={t('experience.deleteTitle', { name: initial.name })}
                act={() => api.experiences.remove(id)}
                onDone={() => {
                  void client.invalidateQueries({ queryKey: ['experiences'] })
                  void navigate({ to: '/experiences' })
                }}
              >
                {t('experience.deleteAbout')}
              </ConfirmButton>
            }
          />
          <ExperienceForm
            key={initial.updatedAt}
            initial={initial}
            save={(input) => api.experiences.replace(id, input)}
            onSaved={() => void navigate({ to: '/experiences' })}
          />
        </>
      )}
    </Loaded>
  )
}
