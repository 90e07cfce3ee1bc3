import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import type { ApiProfileScores } from '../../edge/protocol/profile-scores.ts'
import { AppetencePart } from './appetence-part.tsx'
import { TextLink } from './link.tsx'
import { useCells } from './use-cells.ts'
import { useI18n } from './use-i18n.ts'
import { useMoney } from './use-money.ts'
import { Countdown, When } from './when.tsx'

/** What a person scores, what that was made of, and how they compare with all customers. */
export function ScoresCard({ profile: { scores } }: { readonly profile: ApiProfile }) {
  const { t, format } = useI18n()
  if (scores === undefined) return null
  const { population, orders } = scores
  return (
    <Card>
      <Title order={2} mb="sm">
        {t('scores.title')}
      </Title>
      <Stack gap="md">
        {orders.count === 0 ? (
          <Text size="sm" c="dimmed">
            {t('scores.noOrders')}
          </Text>
        ) : (
          <>
            <RfmPart scores={scores} />
            <ValuePart scores={scores} />
          </>
        )}
        <EngagementPart scores={scores} />
        <AppetencePart appetence={scores.appetence} />
        <Text size="xs" c="dimmed">
          {population === undefined ? (
            t('scores.notLooked')
          ) : (
            <>
              {t('scores.compared', {
                version: population.version,
                customers: format.number(population.customers),
              })}{' '}
              <When at={population.at} as="date-time" span />
            </>
          )}
        </Text>
      </Stack>
    </Card>
  )
}

interface Props {
  readonly scores: ApiProfileScores
}

function Part(props: {
  readonly name: ReactNode
  readonly figure?: ReactNode
  readonly children?: ReactNode
}) {
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" align="baseline">
        <Text fw={600} size="sm">
          {props.name}
        </Text>
        <Text size="sm" className="figure" fw={600} ta="right">
          {props.figure}
        </Text>
      </Group>
      {props.children}
    </div>
  )
}

const Why = ({ children }: { readonly children: ReactNode }) => (
  <Text size="xs" c="dimmed" component="div">
    {children}
  </Text>
)

function RfmPart({ scores: { rfm, orders } }: Props) {
  const { t, format } = useI18n()
  const cellOf = useCells()
  const money = useMoney(orders.currency)
  const made = t('scores.ofOrders', {
    count: orders.count,
    shown: format.number(orders.count),
    revenue: money(orders.revenue),
  })
  const uncounted = Object.values(orders.faults).reduce((sum, count) => sum + count, 0)
  return (
    <Part
      name={
        <TextLink to="/rfm">
          {rfm === undefined ? t('scores.orders') : cellOf(rfm.cell).name}
        </TextLink>
      }
      figure={
        rfm !== undefined && (
          <Group gap={4} wrap="nowrap">
            {(['recency', 'frequency', 'monetary'] as const).map((axis) => (
              <Badge
                key={axis}
                variant="default"
                role="img"
                aria-label={t(`scores.bin.${axis}`, { bin: rfm.scores[axis], bins: rfm.bins })}
                title={t(`scores.bin.${axis}`, { bin: rfm.scores[axis], bins: rfm.bins })}
              >
                {t(`scores.short.${axis}`, { bin: rfm.scores[axis] })}
              </Badge>
            ))}
          </Group>
        )
      }
    >
      <Why>
        {made}
        {orders.last !== undefined && (
          <>
            {' '}
            {t('scores.last')} <When at={orders.last} span />.
          </>
        )}
      </Why>
      {rfm !== undefined && (
        <Why>
          {t('scores.scoredBy', {
            recency: format.number(rfm.values.recency),
            frequency: format.number(rfm.values.frequency),
            monetary: money(rfm.values.monetary),
          })}
        </Why>
      )}
      {uncounted > 0 && (
        <Why>{t('scores.uncounted', { count: uncounted, shown: format.number(uncounted) })}</Why>
      )}
      {rfm?.recencyUntil !== undefined && (
        <Why>
          {t('scores.falls')} <Countdown until={rfm.recencyUntil} plain />
        </Why>
      )}
    </Part>
  )
}

function ValuePart({ scores: { value, orders } }: Props) {
  const { t, format } = useI18n()
  const money = useMoney(orders.currency)
  if (value === undefined) return null
  const { clv, above, likelier, alive, repeats, observed, lastAt, mean, expected } = value
  return (
    <Part
      name={<TextLink to="/value">{t('scores.value')}</TextLink>}
      figure={clv === undefined ? undefined : money(clv)}
    >
      {above !== undefined && <Why>{t('scores.above', { share: format.percent(above) })}</Why>}
      <Why>
        {t('scores.alive', { share: format.percent(alive) })}
        {likelier !== undefined && ` ${t('scores.likelier', { share: format.percent(likelier) })}`}
      </Why>
      <Why>
        {t('scores.expected')}{' '}
        {expected
          .map(({ days, orders: count }) =>
            t('scores.within', { days, orders: format.number(Math.round(count * 100) / 100) }),
          )
          .join(' · ')}
      </Why>
      <Why>
        {t('scores.bought', { count: repeats, shown: format.number(repeats), lastAt, observed })}
        {mean !== undefined && ` ${t('scores.mean', { mean: money(mean) })}`}
      </Why>
    </Part>
  )
}

function EngagementPart({ scores: { engagement } }: Props) {
  const { t, format } = useI18n()
  const shown = (value: number) => format.number(Math.round(value * 10) / 10)
  return (
    <Part name={t('scores.engagement')} figure={shown(engagement.value)}>
      {engagement.above !== undefined && (
        <Why>
          {t('scores.more', {
            share: format.percent(engagement.above.share),
            sampled: format.number(engagement.above.sampled),
          })}
        </Why>
      )}
      <Why>
        {engagement.parts.length === 0
          ? t('scores.notEngaged')
          : engagement.parts
              .map(({ event, count, value }) =>
                t('scores.part', { event, count: format.number(count), value: shown(value) }),
              )
              .join(' · ')}
      </Why>
    </Part>
  )
}
