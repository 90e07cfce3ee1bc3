import { Button, Group, Modal, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'

/** A button that asks before it does what cannot be undone. */
export function ConfirmButton<Result>(props: {
  readonly label: string
  readonly title: string
  readonly children: ReactNode
  readonly act: () => Promise<Result>
  readonly onDone: (result: Result) => void
  readonly compact?: boolean
  /** What the page is for, not what it can do without. */
  readonly primary?: boolean
}) {
  const { t } = useI18n()
  const [opened, { open, close }] = useDisclosure()
  const action = useMutation({
    mutationFn: props.act,
    onSuccess: (result) => {
      close()
      props.onDone(result)
    },
  })
  return (
    <>
      <Button
        {...(!props.primary && { variant: 'subtle', color: 'red' })}
        size={props.compact ? 'compact-sm' : 'sm'}
        onClick={open}
      >
        {props.label}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={props.title}
        closeButtonProps={{ 'aria-label': t('confirm.close') }}
      >
        <Stack>
          <Text size="sm">{props.children}</Text>
          {action.isError && <Failure error={action.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              {t('confirm.cancel')}
            </Button>
            <Button
              {...(!props.primary && { color: 'red.8' })}
              loading={action.isPending}
              onClick={() => action.mutate()}
            >
              {props.label}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}
