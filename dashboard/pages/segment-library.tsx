import { Accordion, Button, Card, Chip, Group, Stack, Text, TextInput } from '@mantine/core'
import { IconSearch, IconSearchOff } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { TRADES, type ApiReadySegment } from '../../edge/protocol/ready-segment.ts'
import { PageHead } from '../parts/page-head.tsx'
import { ReadySegmentPanel } from '../parts/ready-segment-panel.tsx'
import { isAbout, readySegmentsQuery } from '../parts/ready-segments.ts'
import { Empty, Loaded } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'

/** Segments to start from, by trade. */
export default function SegmentLibrary() {
  const { t, language } = useI18n()
  const ready = useQuery(readySegmentsQuery(language))
  return (
    <>
      <PageHead title={t('library.title')} about={t('library.about')} />
      <Loaded query={ready}>{(items) => <Library items={items} />}</Loaded>
    </>
  )
}

function Library({ items }: { readonly items: readonly ApiReadySegment[] }) {
  const { t } = useI18n()
  const [trade, setTrade] = useState('all')
  const [text, setText] = useState('')
  const shown = items.filter(
    (one) => (trade === 'all' || one.trade === trade) && isAbout(one, text.trim()),
  )
  return (
    <Stack gap="lg">
      <Card>
        <Group gap="lg" align="flex-end">
          <TextInput
            type="search"
            label={t('library.search')}
            placeholder={t('library.searchHint')}
            leftSection={<IconSearch size={16} />}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            miw={240}
            flex={1}
          />
          <Chip.Group value={trade} onChange={setTrade}>
            <Group gap="xs" role="radiogroup" aria-label={t('library.trade')}>
              {['all', ...TRADES].map((one) => (
                <Chip key={one} value={one}>
                  {t(`library.trades.${one}` as 'library.trades.all')}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </Group>
        <Text size="sm" c="dimmed" mt="sm" aria-live="polite">
          {t('library.found', { count: shown.length })}
        </Text>
      </Card>
      {shown.length === 0 ? (
        <Card>
          <Empty
            icon={IconSearchOff}
            title={t('library.noneTitle')}
            action={
              <Button
                variant="light"
                onClick={() => {
                  setText('')
                  setTrade('all')
                }}
              >
                {t('library.showAll')}
              </Button>
            }
          >
            {t('library.none')}
          </Empty>
        </Card>
      ) : (
        <Accordion variant="separated" order={2}>
          {shown.map((one) => (
            <Accordion.Item key={one.key} value={one.key}>
              <Accordion.Control>
                <Text component="span" fw={600} display="block">
                  {one.name}
                </Text>
                <Text component="span" size="sm" c="dimmed" display="block">
                  {one.purpose}
                </Text>
              </Accordion.Control>
              <Accordion.Panel>
                <ReadySegmentPanel ready={one} library={items} />
              </Accordion.Panel>
            </Accordion.Item>
          ))}
        </Accordion>
      )}
    </Stack>
  )
}
