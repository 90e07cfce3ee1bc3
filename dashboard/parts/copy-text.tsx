import { ActionIcon, Box, Button, Code, CopyButton, Group } from '@mantine/core'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useI18n } from './use-i18n.ts'

/** Text to be copied whole: a snippet, a key, a secret. */
export function CopyText(props: { readonly text: string; readonly label: string }) {
  const { t } = useI18n()
  const block = props.text.includes('\n')
  return (
    <CopyButton value={props.text} timeout={2_000}>
      {({ copied, copy }) =>
        block ? (
          <Box>
            <Code block tabIndex={0} role="region" aria-label={props.label}>
              {props.text}
            </Code>
            <Button
              mt="sm"
              variant="light"
              leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              onClick={copy}
            >
              {copied ? t('copy.done') : t('copy.copy')}
            </Button>
          </Box>
        ) : (
          <Group gap="xs" wrap="nowrap">
            <Code className="breakable" fz="sm">
              {props.text}
            </Code>
            <ActionIcon
              variant="subtle"
              color={copied ? 'teal' : 'gray'}
              aria-label={copied ? t('copy.done') : t('copy.what', { what: props.label })}
              onClick={copy}
            >
              {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            </ActionIcon>
          </Group>
        )
      }
    </CopyButton>
  )
}
