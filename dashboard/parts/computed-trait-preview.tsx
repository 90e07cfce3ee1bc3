import { Box, Card, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { api, type ComputedTraitBy } from './api.ts'
import { ComputedValue } from './computed-value.tsx'
import { TextLink } from './link.tsx'
import { problemOf } from './problem.ts'
import { useI18n } from './use-i18n.ts'

/** Milliseconds without typing before people are asked for again. */
const PAUSE = 400

/** What a definition says of a few people now. */
export function ComputedTraitPreview({ by }: { readonly by: ComputedTraitBy }) {
  const { t, format } = useI18n()
  const [settled] = useDebouncedValue(JSON.stringify(by), PAUSE)
  const preview = useQuery({
    queryKey: ['computed-preview', settled],
    queryFn: () => api.computedTraits.preview(JSON.parse(settled) as ComputedTraitBy),
    placeholderData: keepPreviousData,
    retry: false,
  })
  const { data } = preview
  const problem = preview.isError ? problemOf(preview.error) : null
  return (
    <Card withBorder component="section" aria-labelledby="computed-preview">
      <Group justify="space-between" mb="xs">
        <Title order={3} id="computed-preview">
          {t('computedTraits.preview')}
        </Title>
        {preview.isFetching && <Loader size={16} role="status" aria-label={t('state.loading')} />}
      </Group>
      <Box aria-live="polite">
        {problem ? (
          <Text size="sm">
            {problem.status === 400
              ? t('computedTraits.incomplete')
              : t('computedTraits.previewFailed')}
          </Text>
        ) : (
          data && (
            <Stack gap="sm">
              <Text size="sm" c="dimmed">
                {data.known === 0
                  ? t('computedTraits.nobody', { shown: format.number(data.sampled) })
                  : t('computedTraits.known', {
                      known: format.number(data.known),
                      sampled: format.number(data.sampled),
                    })}
              </Text>
              {data.people.map(({ profile, ...told }) => (
                <div key={profile}>
                  <TextLink
                    to="/profiles/$id"
                    params={{ id: profile }}
                    size="xs"
                    className="breakable"
                  >
                    {profile}
                  </TextLink>
                  <ComputedValue told={told} />
                </div>
              ))}
            </Stack>
          )
        )}
      </Box>
    </Card>
  )
}
