import { Badge, Button, Card, Group, SimpleGrid, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconHandStop, IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { capsNamed } from '../../edge/domain/segment-links.ts'
import type { ApiCap, ApiPressureReport } from '../../edge/protocol/api-touch.ts'
import { PRESSURE_LEVELS } from '../../edge/protocol/touch.ts'
import { api } from '../parts/api.ts'
import { CapForm } from '../parts/cap-form.tsx'
import { capSentence, thresholdSentences } from '../parts/cap-sentence.ts'
import { DefinitionCard } from '../parts/definition-card.tsx'
import { FormModal } from '../parts/form-modal.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { capsQuery, pressureQuery, segmentsQuery } from '../parts/queries.ts'
import { SegmentLinks } from '../parts/segment-links.tsx'
import { ShareBars } from '../parts/share-bars.tsx'
import { Empty, Failure, Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

const COLORS = { none: 'gray.4', low: 'teal.5', high: 'yellow.5', full: 'red.5' } as const

/** How often people may be reached, and what became of that. */
export default function Caps() {
  const { t } = useI18n()
  const caps = useQuery(capsQuery)
  const report = useQuery(pressureQuery)
  const [opened, { open, close }] = useDisclosure()
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={open}>
      {t('caps.new')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('caps.title')} about={t('caps.about')} actions={create} />
      {report.isError && <Failure error={report.error} />}
      <Loaded query={caps}>
        {(items) =>
          items.length === 0 ? (
            <Card>
              <Empty icon={IconHandStop} title={t('caps.emptyTitle')} action={create}>
                {t('caps.empty')}
              </Empty>
            </Card>
          ) : (
            <Stack gap="lg">
              {items.map((cap) => (
                <CapCard key={cap.id} cap={cap} report={report.data} />
              ))}
            </Stack>
          )
        }
      </Loaded>
      <FormModal title={t('caps.new')} opened={opened} onClose={close}>
        <CapForm save={api.caps.create} onSaved={close} />
      </FormModal>
    </>
  )
}

function CapCard(props: { readonly cap: ApiCap; readonly report: ApiPressureReport | undefined }) {
  const { cap, report } = props
  const i18n = useI18n()
  const { t } = i18n
  const segments = useQuery(segmentsQuery)
  const users = (segments.data ?? []).filter(({ condition }) =>
    capsNamed(condition).includes(cap.id),
  )
  const nameOf = (id: string) => segments.data?.find((segment) => segment.id === id)?.name ?? id
  return (
    <DefinitionCard
      name={cap.name}
      badges={
        <>
          <Badge color={cap.enabled ? 'teal' : 'gray'}>
            {cap.enabled ? t('cap.on') : t('cap.off')}
          </Badge>
          {cap.most === 0 && <Badge color="orange">{t('cap.none')}</Badge>}
        </>
      }
      about={
        <>
          <Text size="sm" mt={4} className="breakable">
            {capSentence(cap, i18n)}
          </Text>
          {users.length > 0 && (
            <Text size="sm" c="dimmed" className="breakable">
              {t('cap.usedBy')} <SegmentLinks segments={users} />
            </Text>
          )}
          {thresholdSentences(cap, nameOf, i18n).map((line) => (
            <Text key={line} size="sm" c="dimmed" className="breakable">
              {line}
            </Text>
          ))}
        </>
      }
      edit={t('cap.edit')}
      form={(close) => (
        <CapForm initial={cap} save={(input) => api.caps.replace(cap.id, input)} onSaved={close} />
      )}
      remove={{
        label: t('cap.delete'),
        title: t('cap.deleteTitle', { name: cap.name }),
        about: t('cap.deleteAbout'),
        act: () => api.caps.remove(cap.id),
        queryKey: ['caps'],
      }}
    >
      {report !== undefined && <Outcome cap={cap} report={report} />}
    </DefinitionCard>
  )
}

/** What a cap did, and how full it is for whom. */
function Outcome(props: { readonly cap: ApiCap; readonly report: ApiPressureReport }) {
  const { t, format } = useI18n()
  const { cap, report } = props
  const own = report.caps.find(({ id }) => id === cap.id)
  if (own === undefined) return null
  const figures = [
    [t('cap.allowed'), own.allowed],
    [t('cap.refused'), own.refused],
  ] as const
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }} mt="md" spacing="lg">
      <div>
        <Text size="sm" fw={600} mb="xs">
          {t('cap.outcome', { count: report.days, shown: format.number(report.days) })}
        </Text>
        {figures.map(([label, value]) => (
          <Group key={label} justify="space-between">
            <Text size="sm">{label}</Text>
            <Text size="sm" fw={650} className="figure">
              {format.number(value)}
            </Text>
          </Group>
        ))}
      </div>
      {own.people !== null && cap.most > 0 && (
        <div>
          <Text size="sm" fw={600} mb="xs">
            {t('cap.people')}
          </Text>
          <ShareBars
            parts={PRESSURE_LEVELS.map((level) => ({
              label: t(`cap.level.${level}`),
              color: COLORS[level],
              value: own.people?.[level] ?? 0,
            }))}
            empty={t('cap.nobody')}
          />
          {report.sampled < report.population && (
            <Text size="xs" c="dimmed" mt="xs">
              {t('cap.sampled', { count: report.sampled, shown: format.number(report.sampled) })}
            </Text>
          )}
        </div>
      )}
    </SimpleGrid>
  )
}
