import { Badge, Card, Group, Table, Text } from '@mantine/core'
import { IconPlus, IconUsersGroup } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ApiSegment } from '../../edge/protocol/api-segment.ts'
import { PausedNotice } from '../parts/hold-button.tsx'
import { ButtonLink, TextLink } from '../parts/link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { segmentsQuery } from '../parts/queries.ts'
import { SegmentState, useSegmentSize } from '../parts/segment-size.tsx'
import { Empty, Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'
import { useSentence } from '../parts/use-sentence.ts'

/** All segments, with their size as it moves. */
export default function Segments() {
  const { t } = useI18n()
  const segments = useQuery(segmentsQuery)
  const create = (
    <Group gap="sm" justify="center">
      <ButtonLink to="/segments/library" variant="default">
        {t('library.open')}
      </ButtonLink>
      <ButtonLink to="/segments/new" leftSection={<IconPlus size={16} />}>
        {t('segments.new')}
      </ButtonLink>
    </Group>
  )
  return (
    <>
      <PageHead title={t('segments.title')} about={t('segments.about')} actions={create} />
      <PausedNotice />
      <Loaded query={segments}>
        {(items) => (
          <Card className="card-table">
            {items.length === 0 ? (
              <Empty icon={IconUsersGroup} title={t('segments.emptyTitle')} action={create}>
                {t('segments.empty')}
              </Empty>
            ) : (
              <Table highlightOnHover>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t('segment.name')}</Table.Th>
                    <Table.Th visibleFrom="sm">{t('segment.state')}</Table.Th>
                    <Table.Th ta="right">{t('segment.size')}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {items.map((segment) => (
                    <Row key={segment.id} segment={segment} />
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

function Row({ segment }: { readonly segment: ApiSegment }) {
  const { t, format } = useI18n()
  const sentenceOf = useSentence()
  const size = useSegmentSize(segment)
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <TextLink
            to="/segments/$id"
            params={{ id: segment.id }}
            fw={600}
            c="var(--mantine-color-text)"
            className="breakable"
          >
            {segment.name}
          </TextLink>
          {segment.public && <Badge color="cyan">{t('segment.publicBadge')}</Badge>}
        </Group>
        <Text size="sm" c="dimmed" lineClamp={2} className="breakable">
          {sentenceOf(segment.condition)}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <SegmentState segment={segment} />
      </Table.Td>
      <Table.Td ta="right">
        <Text className="figure" fw={650} fz="lg">
          {format.number(size)}
        </Text>
      </Table.Td>
    </Table.Tr>
  )
}
