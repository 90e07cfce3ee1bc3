import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { IdentityForm } from '../parts/identity-form.tsx'
import { ButtonLink } from '../parts/link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { identityQuery } from '../parts/queries.ts'
import { RehearsalRun } from '../parts/rehearsal-run.tsx'
import { Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** Who is one person: the rules, tried before they are switched to. */
export default function Identity() {
  const { t } = useI18n()
  const navigate = useNavigate()
  const { rehearsal } = useSearch({ from: '/settings/identity' })
  const settings = useQuery(identityQuery)
  return (
    <>
      <PageHead
        title={t('identity.title')}
        about={t('identity.about')}
        actions={
          <ButtonLink to="/settings" variant="subtle">
            {t('identity.back')}
          </ButtonLink>
        }
      />
      <Stack gap="lg">
        <Loaded query={settings}>
          {(known) => (
            <IdentityForm
              known={known}
              onRehearsal={(id) =>
                void navigate({ to: '/settings/identity', search: { rehearsal: id } })
              }
            />
          )}
        </Loaded>
        {rehearsal !== undefined && <RehearsalRun id={rehearsal} />}
      </Stack>
    </>
  )
}
