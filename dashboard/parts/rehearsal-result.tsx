import { Badge, Box, Card, Group, Progress, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { MissingIdentifier, RehearsalResult } from '../../edge/protocol/rehearsal.ts'
import { TextLink } from './link.tsx'
import { ShareBars } from './share-bars.tsx'
import { useI18n } from './use-i18n.ts'

const HASHED: ReadonlySet<string> = new Set(['email', 'phone'])
const SHORT_HASH = 8
/** Rows of a list; the figures above count all. */
const SHOWN = 20

/** What a switch would change: people, segments, and the values that do it. */
export function RehearsalResultView({ result }: { readonly result: RehearsalResult }) {
  const { t, format } = useI18n()
  const { people, merged, split, unchanged } = result
  const resized = result.segments.filter(({ now, after }) => now !== after)
  return (
    <Stack gap="lg">
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card>
          <Title order={3}>{t('identity.people')}</Title>
          <Compared name={t('identity.people')} now={people.now} after={people.after} />
        </Card>
        <Card>
          <Title order={3} mb="md">
            {t('identity.becoming')}
          </Title>
          <ShareBars
            parts={[
              { label: t('identity.unchanged'), color: 'teal.6', value: unchanged },
              { label: t('identity.mergedShort'), color: 'iris.5', value: merged.people },
              { label: t('identity.splitShort'), color: 'orange.6', value: split },
            ]}
            empty={t('identity.none')}
          />
        </Card>
      </SimpleGrid>
      <Card>
        <Title order={3}>{t('identity.sizes')}</Title>
        {resized.length === 0 && <Nothing>{t('identity.sizesNone')}</Nothing>}
        <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
          {resized.map(({ id, name, now, after }) => (
            <Box key={id}>
              <TextLink to="/segments/$id" params={{ id }} size="sm" className="breakable">
                {name}
              </TextLink>
              <Compared name={name} now={now} after={after} />
            </Box>
          ))}
        </SimpleGrid>
        {result.traits.length > 0 && (
          <Text size="sm" mt="md" className="breakable">
            {t('identity.changedTraits', { names: result.traits.join(', ') })}
          </Text>
        )}
      </Card>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card>
          <Title order={3}>{t('identity.merges')}</Title>
          {result.merges.length === 0 && <Nothing>{t('identity.mergesNone')}</Nothing>}
          <Stack component="ul" gap="sm" p={0} m={0} mt="sm" style={{ listStyle: 'none' }}>
            {result.merges.slice(0, SHOWN).map(({ people: count, profiles }) => (
              <li key={profiles.join()}>
                <Text size="sm" fw={650}>
                  {t('identity.mergeOf', { count, shown: format.number(count) })}
                </Text>
                <ProfileLinks profiles={profiles} count={count} />
              </li>
            ))}
          </Stack>
          <Left of={merged.groups} shown={Math.min(result.merges.length, SHOWN)} />
        </Card>
        <Card>
          <Title order={3}>{t('identity.splits')}</Title>
          {result.splits.length === 0 && <Nothing>{t('identity.splitsNone')}</Nothing>}
          <Stack component="ul" gap="sm" p={0} m={0} mt="sm" style={{ listStyle: 'none' }}>
            {result.splits.slice(0, SHOWN).map(({ profile, people: count, parts }) => (
              <li key={profile}>
                <ProfileLinks profiles={[profile]} count={1} />
                <Text size="sm" fw={650}>
                  {t('identity.splitOf', { count, shown: format.number(count) })}
                </Text>
                {parts.map((part) => (
                  <Text
                    key={part.map(({ kind, value }) => `${kind} ${value}`).join('\n')}
                    size="sm"
                    c="dimmed"
                    className="breakable"
                  >
                    <Identifiers part={part} />
                  </Text>
                ))}
              </li>
            ))}
          </Stack>
          <Left of={split} shown={Math.min(result.splits.length, SHOWN)} />
        </Card>
      </SimpleGrid>
      <Card>
        <Title order={3}>{t('identity.gluing')}</Title>
        {result.gluing.length === 0 && <Nothing>{t('identity.gluingNone')}</Nothing>}
        <Stack component="ul" gap="xs" p={0} m={0} mt="sm" style={{ listStyle: 'none' }}>
          {result.gluing.map(({ kind, value, people: count, ignored }) => (
            <Group key={`${kind} ${value}`} component="li" justify="space-between" gap="xs">
              <Group gap="xs" flex={1} miw={160}>
                <Badge variant="light">{kind}</Badge>
                <Text size="sm" className="breakable">
                  <Value kind={kind} value={value} />
                </Text>
              </Group>
              <Text size="sm">
                {ignored === true
                  ? t('identity.ignored')
                  : t('identity.glues', { count, shown: format.number(count) })}
              </Text>
            </Group>
          ))}
        </Stack>
      </Card>
    </Stack>
  )
}

function Nothing({ children }: { readonly children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed" mt="xs">
      {children}
    </Text>
  )
}

/** Two bars on one scale; the words say the same. */
function Compared(props: { readonly name: string; readonly now: number; readonly after: number }) {
  const { t, format } = useI18n()
  const { name, now, after } = props
  const most = Math.max(now, after, 1)
  const [shownNow, shownAfter] = [format.number(now), format.number(after)]
  return (
    <Box
      mt="xs"
      role="img"
      aria-label={t('identity.difference', { name, now: shownNow, after: shownAfter })}
    >
      {(
        [
          [t('identity.now'), now, shownNow, 'gray.5'],
          [t('identity.after'), after, shownAfter, 'iris.5'],
        ] as const
      ).map(([label, value, shown, color]) => (
        <Group key={label} gap="sm" wrap="nowrap">
          <Text size="sm" w={90}>
            {label}
          </Text>
          <Progress.Root size={12} radius="xl" flex={1}>
            <Progress.Section value={(value / most) * 100} color={color} withAria={false} />
          </Progress.Root>
          <Text size="sm" fw={650} className="figure" w={64} ta="right">
            {shown}
          </Text>
        </Group>
      ))}
    </Box>
  )
}

function ProfileLinks(props: { readonly profiles: readonly string[]; readonly count: number }) {
  const { t, format } = useI18n()
  const shown = props.profiles.slice(0, 5)
  const more = props.count - shown.length
  return (
    <Group gap="xs">
      {shown.map((id) => (
        <TextLink key={id} to="/profiles/$id" params={{ id }} size="sm" className="breakable">
          {id}
        </TextLink>
      ))}
      {more > 0 && (
        <Text size="sm" c="dimmed">
          {t('identity.more', { count: more, shown: format.number(more) })}
        </Text>
      )}
    </Group>
  )
}

function Left(props: { readonly of: number; readonly shown: number }) {
  const { t, format } = useI18n()
  const count = props.of - props.shown
  return count > 0 ? (
    <Text size="sm" c="dimmed" mt="sm">
      {t('identity.more', { count, shown: format.number(count) })}
    </Text>
  ) : null
}

function Identifiers({ part }: { readonly part: readonly MissingIdentifier[] }) {
  const { t } = useI18n()
  if (part.length === 0) return t('identity.nothing')
  return part.map(({ kind, value }, at) => (
    <span key={`${kind} ${value}`}>
      {at > 0 && ', '}
      {kind} <Value kind={kind} value={value} />
    </span>
  ))
}

/** Addresses are known by their hash alone. */
function Value({ kind, value }: MissingIdentifier) {
  const { t } = useI18n()
  return HASHED.has(kind) ? t('identity.hash', { value: value.slice(0, SHORT_HASH) }) : value
}
