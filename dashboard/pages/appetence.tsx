import { Alert, Card, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconMailQuestion } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useState } from 'react'
import type { ApiAppetenceReport, ApiChannel } from '../../edge/protocol/api-score.ts'
import { focusable } from '../parts/focusable.ts'
import { gainsOf } from '../parts/gains.ts'
import { ButtonLink, TextLink } from '../parts/link.tsx'
import { PageHead } from '../parts/page-head.tsx'
import { appetenceQuery } from '../parts/queries.ts'
import { AsOf } from '../parts/report-head.tsx'
import { channelName } from '../parts/score-sentence.ts'
import { Empty, Loaded, Loading } from '../parts/states.tsx'
import { useI18n } from '../parts/use-i18n.ts'
import { When } from '../parts/when.tsx'

const FitChart = lazy(() => import('../parts/fit-chart.tsx'))
/** Off by more, what is foretold is no better than a guess. */
const MOST_OFF = 0.05
/** What is set right by less is not worth a word. */
const NOTICED = 0.005
/** With less the likeliest messages are hardly likelier than any. */
const LEAST_LIFT = 1.2

/** How likely people react to messages, by channel, and how far that can be believed. */
export default function Appetence() {
  const { t } = useI18n()
  const [day, setDay] = useState('')
  const report = useQuery(appetenceQuery(day))
  return (
    <>
      <PageHead title={t('appetence.title')} about={t('appetence.about')} />
      <AsOf day={day} onDay={setDay} />
      <Loaded query={report}>{(found) => <Report report={found} />}</Loaded>
    </>
  )
}

function Report({ report }: { readonly report: ApiAppetenceReport }) {
  const { t } = useI18n()
  const { channels, reactions, asOf, version } = report
  const used = channels.filter(({ messages }) => messages > 0)
  const names = reactions.map((kind) => t(`reaction.${kind}` as 'reaction.opened'))
  return (
    <Stack gap="lg">
      <Text size="sm" c="dimmed">
        {t('appetence.counted', { reactions: names.join(', ') })}{' '}
        <TextLink to="/settings" underline="always">
          {t('appetence.settings')}
        </TextLink>{' '}
        · {t('scoreReport.found')} <When at={asOf} as="date-time" span />
        {version !== null && ` · ${t('scoreReport.version', { version })}`}
      </Text>
      {used.length === 0 ? (
        <Card>
          <Empty
            icon={IconMailQuestion}
            title={t('appetence.nothing')}
            action={
              <ButtonLink to="/imports" variant="light">
                {t('appetence.toImports')}
              </ButtonLink>
            }
          >
            {t('appetence.nothingAbout')}
          </Empty>
        </Card>
      ) : (
        used.map((channel) => <Channel key={channel.channel} channel={channel} />)
      )}
    </Stack>
  )
}

function Channel({ channel }: { readonly channel: ApiChannel }) {
  const { t, format } = useI18n()
  const {
    people,
    messages,
    reacted,
    notEnough,
    prior,
    meant = [],
    histogram,
    calibration,
  } = channel
  const name = channelName(channel.channel, t)
  const tiles = [
    [t('appetence.people'), format.number(people)],
    [t('appetence.messages'), format.number(messages)],
    [t('appetence.reacted'), messages === 0 ? '–' : format.percent(reacted / messages)],
  ] as const
  const corrected = meant.filter((one) => Math.abs(one.meant - one.said) >= NOTICED)
  const examples = corrected.map((one) =>
    t('appetence.setRightOne', {
      said: format.percent(one.said),
      meant: format.percent(one.meant),
    }),
  )
  const setRight =
    reacted === 0 || examples.length === 0
      ? ''
      : t('appetence.setRight', { examples: examples.join(', ') })
  return (
    <Stack gap="md" component="section" aria-label={name}>
      <Title order={2}>{name}</Title>
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="lg">
        {tiles.map(([label, value]) => (
          <Card key={label}>
            <Text size="sm" c="dimmed">
              {label}
            </Text>
            <Text size="xl" fw={650} className="figure">
              {value}
            </Text>
          </Card>
        ))}
      </SimpleGrid>
      {notEnough !== undefined && (
        <Alert color="yellow" variant="outline" icon={<IconAlertTriangle />}>
          {t('appetence.notEnough', {
            known: format.number(notEnough.known),
            needed: format.number(notEnough.needed),
          })}
        </Alert>
      )}
      {notEnough === undefined && reacted === 0 && (
        <Alert color="yellow" variant="outline" icon={<IconAlertTriangle />}>
          {t('appetence.silent')}
        </Alert>
      )}
      {notEnough === undefined && (
        <Suspense fallback={<Loading />}>
          <FitChart
            title={t('appetence.spread')}
            about={
              prior === undefined
                ? t('appetence.spreadAbout')
                : `${t('appetence.spreadAbout')} ${t('appetence.prior', {
                    mean: format.percent(prior.mean),
                    weight: format.number(Math.round((prior.reacted + prior.ignored) * 10) / 10),
                  })} ${setRight}`
            }
            kind="bar"
            heading={t('appetence.probability')}
            labels={{ actual: t('appetence.people') }}
            points={histogram.map((count, place) => ({
              name: format.percent(place / histogram.length),
              actual: count,
            }))}
          />
          <Calibration channel={channel} />
        </Suspense>
      )}
      {calibration.notEnough === undefined && <Bands channel={channel} />}
    </Stack>
  )
}

function Calibration({ channel: { calibration } }: { readonly channel: ApiChannel }) {
  const { t, format } = useI18n()
  const { points, error = 0, lift = 1, from, notEnough } = calibration
  if (notEnough !== undefined) {
    return (
      <Card>
        <Title order={3}>{t('appetence.calibration')}</Title>
        <Text size="sm" c="dimmed">
          {t('appetence.notCompared', {
            known: format.number(notEnough.known),
            needed: format.number(notEnough.needed),
          })}
        </Text>
      </Card>
    )
  }
  const shown = (value: number) => format.percent(value)
  const off = format.number(Math.round(error * 1_000) / 10)
  const since = format.date(Date.parse(from))
  return (
    <>
      {(error > MOST_OFF || lift < LEAST_LIFT) && (
        <Alert color="yellow" variant="outline" icon={<IconAlertTriangle />}>
          {error > MOST_OFF ? t('appetence.off', { error: off }) : t('appetence.flat')}
        </Alert>
      )}
      <FitChart
        title={t('appetence.calibration')}
        about={t('appetence.calibrationAbout', {
          since,
          error: off,
        })}
        kind="bar"
        heading={t('appetence.tenth')}
        labels={{ actual: t('appetence.observed'), expected: t('appetence.foretold') }}
        shown={shown}
        points={points.map((point, place) => ({ ...point, name: `${place + 1}` }))}
      />
      <FitChart
        title={t('appetence.gains')}
        about={t('appetence.gainsAbout', { lift: format.number(Math.round(lift * 10) / 10) })}
        kind="line"
        heading={t('appetence.share')}
        labels={{ actual: t('appetence.likeliestFirst'), expected: t('appetence.byChance') }}
        shown={shown}
        points={gainsOf(points).map(({ share, actual }) => ({
          name: shown(share),
          place: share,
          actual,
          expected: share,
        }))}
      />
    </>
  )
}

/** What the hour of sending changes. */
function Bands({ channel: { bands } }: { readonly channel: ApiChannel }) {
  const { t, format } = useI18n()
  return (
    <Card className="card-table">
      <Stack gap={0} m="md">
        <Title order={3}>{t('appetence.bands')}</Title>
        <Text size="sm" c="dimmed">
          {t('appetence.bandsAbout')}
        </Text>
      </Stack>
      <Table.ScrollContainer minWidth={320} scrollAreaProps={focusable(t('appetence.bands'))}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('appetence.hour')}</Table.Th>
              <Table.Th ta="right">{t('appetence.weighed')}</Table.Th>
              <Table.Th ta="right">{t('appetence.reacted')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {bands.map(({ band, messages, reacted }) => (
              <Table.Tr key={band}>
                <Table.Td>{t(`appetence.band.${band}`)}</Table.Td>
                <Table.Td ta="right">{format.number(Math.round(messages))}</Table.Td>
                <Table.Td ta="right">
                  {messages < 0.5 ? '–' : format.percent(reacted / messages)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Card>
  )
}
