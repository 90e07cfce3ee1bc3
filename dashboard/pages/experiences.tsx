import { Badge, Card, Group, Table, Text } from '@mantine/core'
import { IconPlus, IconSparkles } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { ButtonLink, TextLink } from '../parts/link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { experiencesQuery, segmentsQuery } from '../parts/queries.ts'
import { Empty, Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** What pages show to whom. */
export default function Experiences() {
  const { t, format } = useI18n()
  const experiences = useQuery(experiencesQuery)
  const segments = useQuery(segmentsQuery)
  const nameOf = (id: string | null) =>
    id === null
      ? t('experience.everybody')
      : (segments.data?.find((segment) => segment.id === id)?.name ?? id)
  const create = (
    <ButtonLink to="/experiences/new" leftSection={<IconPlus size={16} />}>
      {t('experiences.new')}
    </ButtonLink>
  )
  return (
    <>
      <PageHead title={t('experiences.title')} about={t('experiences.about')} actions={create} />
      <Loaded query={experiences}>
        {(items) => (
          <Card className="card-table">
            {items.length === 0 ? (
              <Empty icon={IconSparkles} title={t('experiences.emptyTitle')} action={create}>
                {t('experiences.empty')}
              </Empty>
            ) : (
              <Table highlightOnHover>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('experience.name')}</Table.Th>
                    <Table.Th visibleFrom="sm">{t('experience.placement')}</Table.Th>
                    <Table.Th visibleFrom="sm">{t('experience.segment')}</Table.Th>
                    <Table.Th>{t('experience.state')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((item) => (
                    <Table.Tr key={item.id}>
                      <Table.Td>
                        <TextLink
                          to="/experiences/$id"
                          params={{ id: item.id }}
                          fw={600}
                          c="var(--mantine-color-text)"
                          className="breakable"
                        >
                          {item.name}
                        </TextLink>
                        <Text size="sm" c="dimmed">
                          {t('experience.variationsShort', {
                            count: item.variations.length,
                            shown: format.number(item.variations.length),
                          })}
                          {item.control > 0 &&
                            ` · ${t('experience.controlShort', { share: format.percent(item.control) })}`}
                        </Text>
                      </Table.Td>
                      <Table.Td visibleFrom="sm">{item.placement}</Table.Td>
                      <Table.Td visibleFrom="sm">{nameOf(item.segment)}</Table.Td>
                      <Table.Td>
                        <Group gap="xs">
                          <Badge color={item.enabled ? 'teal' : 'gray'}>
                            {item.enabled ? t('experience.on') : t('experience.off')}
                          </Badge>
                        </Group>
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            )}
          </Card>
        )}
      </Loaded>
    </>
  )
}
