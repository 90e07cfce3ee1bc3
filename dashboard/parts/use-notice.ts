import { notifications } from '@mantine/notifications'
import { useI18n } from './use-i18n.ts'

/** Says in a corner of the page that something was done. */
export function useNotice(): (message: string) => void {
  const { t } = useI18n()
  return (message) => {
    const closeButtonProps = { 'aria-label': t('confirm.close') }
    notifications.show({ message, color: 'teal', closeButtonProps })
  }
}
