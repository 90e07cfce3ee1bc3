import { IconMapOff } from '@tabler/icons-react'
import { ButtonLink } from '../parts/link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { Empty } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** An address that leads nowhere. */
export default function NotFound() {
  const { t } = useI18n()
  return (
    <>
      <PageHead title={t('notFound.title')} />
      <Empty
        icon={IconMapOff}
        title={t('notFound.heading')}
        action={<ButtonLink to="/">{t('notFound.home')}</ButtonLink>}
      >
        {t('notFound.about')}
      </Empty>
    </>
  )
}
