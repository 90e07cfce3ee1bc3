import { Button, Card, Group, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ConfirmButton } from './confirm.tsx'
import { FormModal } from './form-modal.tsx'

/** Something that is defined here: what it is, with the buttons that change it and let it go. */
export function DefinitionCard(props: {
  readonly name: string
  /** Beside the name. */
  readonly badges?: ReactNode
  readonly about: ReactNode
  readonly edit: string
  readonly form: (close: () => void) => ReactNode
  readonly formSize?: 'lg'
  readonly remove: {
    readonly label: string
    readonly title: string
    readonly about: string
    readonly act: () => Promise<unknown>
    /** Of the query that lists it. */
    readonly queryKey: readonly string[]
  }
  /** Below all that. */
  readonly children?: ReactNode
}) {
  const { name, remove, formSize } = props
  const client = useQueryClient()
  const [opened, { open, close }] = useDisclosure()
  return (
    <Card component="article" aria-label={name}>
      <Group justify="space-between" align="flex-start">
        {/* Where the screen is narrow the buttons go below, and the text keeps its width. */}
        <div style={{ minWidth: 0, flex: '1 1 240px' }}>
          <Group gap="xs">
            <Title order={2} className="breakable">
              {name}
            </Title>
            {props.badges}
          </Group>
          {props.about}
        </div>
        <Group gap="xs">
          <Button variant="subtle" onClick={open}>
            {props.edit}
          </Button>
          <ConfirmButton
            label={remove.label}
            title={remove.title}
            act={remove.act}
            onDone={() => void client.invalidateQueries({ queryKey: remove.queryKey })}
          >
            {remove.about}
          </ConfirmButton>
        </Group>
      </Group>
      {props.children}
      <FormModal
        title={name}
        opened={opened}
        onClose={close}
        {...(formSize !== undefined && { size: formSize })}
      >
        {props.form(close)}
      </FormModal>
    </Card>
  )
}
