import { Card, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { ImportMappingForm } from '../parts/import-mapping-form.tsx'
import { ImportProgress } from '../parts/import-progress.tsx'
import { ImportRemove } from '../parts/import-remove.tsx'
import { isActive } from '../parts/import-state.tsx'
import { ImportUnfinished } from '../parts/import-unfinished.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { importQuery } from '../parts/queries.ts'
import { Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** One file: what it means, how far it is, what was wrong. */
export default function Import() {
  const { t } = useI18n()
  const { id } = useParams({ from: '/imports/$id' })
  const navigate = useNavigate()
  const file = useQuery(importQuery(id))
  return (
    <Loaded query={file}>
      {(item) => (
        <>
          <PageHead
            title={item.name}
            about={t('imports.aboutOne')}
            actions={
              <ImportRemove file={item} onRemoved={() => void navigate({ to: '/imports' })} />
            }
          />
          <Stack gap="lg">
            {item.state === 'uploading' && (
              <Card>
                <ImportUnfinished file={item} />
              </Card>
            )}
            {item.startedAt !== undefined && <ImportProgress file={item} />}
            {!isActive(item.state) && item.sample !== undefined && (
              // Other columns are another mapping.
              <ImportMappingForm key={`${item.id} ${item.columns.join('\n')}`} file={item} />
            )}
          </Stack>
        </>
      )}
    </Loaded>
  )
}
