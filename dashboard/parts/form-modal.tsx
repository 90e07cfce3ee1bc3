import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useI18n } from './use-i18n.ts'

/** A form over the page it was called from. */
export function FormModal(props: {
  readonly title: string
  readonly opened: boolean
  readonly onClose: () => void
  readonly size?: 'lg'
  readonly children: ReactNode
}) {
  const { t } = useI18n()
  return (
    <Modal
      opened={props.opened}
      onClose={props.onClose}
      title={props.title}
      {...(props.size !== undefined && { size: props.size })}
      closeButtonProps={{ 'aria-label': t('confirm.close') }}
    >
      {props.children}
    </Modal>
  )
}
