import { Box, Group, Text, Title } from '@mantine/core'
import { useDocumentTitle } from '@mantine/hooks'
import type { ReactNode } from 'react'

/** The page's one `h1`, what it is for, and what can be done on it. */
export function PageHead(props: {
  readonly title: string
  readonly about?: ReactNode
  readonly actions?: ReactNode
}) {
  useDocumentTitle(`${props.title} · Prisme`)
  return (
    <Group justify="space-between" align="flex-end" gap="md" mb="lg">
      <Box flex={1} miw={220}>
        <Title order={1} className="breakable">
          {props.title}
        </Title>
        {props.about && (
          <Text c="dimmed" size="sm" mt={4} maw={680} component="div">
            {props.about}
          </Text>
        )}
      </Box>
      {props.actions && <Group gap="sm">{props.actions}</Group>}
    </Group>
  )
}
