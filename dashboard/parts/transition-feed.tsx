import { Box, Card, Group, ScrollArea, Stack, Text, ThemeIcon, Title } from '@mantine/core'
import { IconArrowDownRight, IconArrowUpRight } from '@tabler/icons-react'
import { TextLink } from './link.tsx'
import { useLive } from './live-context.tsx'
import { useI18n } from './use-i18n.ts'
import { When } from './when.tsx'

/** Who entered and left which segment, as it happens. */
export function TransitionFeed({ names }: { readonly names: ReadonlyMap<string, string> }) {
  const { t } = useI18n()
  const { state } = useLive()
  return (
    <Card h="100%">
      <Title order={2} mb="md">
        {t('feed.title')}
      </Title>
      {state.transitions.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('feed.empty')}
        </Text>
      ) : (
        <ScrollArea.Autosize
          mah={430}
          viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('feed.title') }}
        >
          <Stack gap={4} role="log">
            {state.transitions.map(({ n, item }) => (
              <Group key={n} gap="sm" wrap="nowrap" py={5} px={4} className="arriving">
                <ThemeIcon
                  variant="light"
                  size={28}
                  radius="xl"
                  color={item.type === 'entered' ? 'teal' : 'gray'}
                  aria-hidden="true"
                >
                  {item.type === 'entered' ? (
                    <IconArrowUpRight size={16} />
                  ) : (
                    <IconArrowDownRight size={16} />
                  )}
                </ThemeIcon>
                <Box miw={0}>
                  <Text size="sm" lineClamp={1}>
                    {t(`feed.${item.type}`, {
                      segment: names.get(item.segment) ?? item.segment,
                    })}
                  </Text>
                  <Group gap={6} wrap="nowrap">
                    <TextLink
                      to="/profiles/$id"
                      params={{ id: item.profile }}
                      size="xs"
                      truncate
                      maw={150}
                    >
                      {item.profile}
                    </TextLink>
                    <When at={item.at} size="xs" c="dimmed" style={{ flexShrink: 0 }} />
                  </Group>
                </Box>
              </Group>
            ))}
          </Stack>
        </ScrollArea.Autosize>
      )}
    </Card>
  )
}
