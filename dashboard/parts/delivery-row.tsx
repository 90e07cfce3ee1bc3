import { Badge, Button, Collapse, Group, Text, Timeline } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown } from '@tabler/icons-react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId } from 'react'
import type { ApiDelivery } from '../../edge/protocol/api.ts'
import type { ApiTouchRefusal } from '../../edge/protocol/api-touch.ts'
import { api } from './api.ts'
import { CopyText } from './copy-text.tsx'
import { DELIVERY_COLORS } from './delivery-states.tsx'
import { TextLink } from './link.tsx'
import { destinationsQuery, segmentsQuery } from './queries.ts'
import { channelName } from './score-sentence.ts'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'
import { Countdown, When } from './when.tsx'

/** One delivery; opened, its attempts one by one. */
export function DeliveryRow({ delivery }: { readonly delivery: ApiDelivery }) {
  const { t, format } = useI18n()
  const [opened, { toggle }] = useDisclosure()
  const id = useId()
  const segments = useQuery(segmentsQuery)
  const destinations = useQuery(destinationsQuery)
  const segment = segments.data?.find((item) => item.id === delivery.segment)?.name
  const destination = destinations.data?.find((item) => item.id === delivery.destination)?.name
  return (
    <div className="row">
      <Group justify="space-between" gap="sm" align="flex-start">
        <div style={{ minWidth: 'min(100%, 220px)', flex: 1 }}>
          <Group gap="xs">
            <Badge color={DELIVERY_COLORS[delivery.state]}>
              {t(`deliveryState.${delivery.state}`)}
            </Badge>
            <Text size="sm" fw={600} className="breakable">
              {t(`delivery.${delivery.type}`, { segment: segment ?? delivery.segment ?? '' })}
            </Text>
            <Text size="sm" c="dimmed" className="breakable">
              → {destination ?? delivery.destination}
            </Text>
          </Group>
          <Text size="xs" c="dimmed" mt={4} component="div" className="breakable">
            {delivery.choice !== undefined && (
              <>
                {t(`delivery.choice.${delivery.choice.why}`, {
                  channel: channelName(delivery.choice.channel, t),
                  share: format.percent(delivery.choice.probability ?? 0),
                })}{' '}
                ·{' '}
              </>
            )}
            <When at={delivery.createdAt} span /> ·{' '}
            <TextLink to="/profiles/$id" params={{ id: delivery.profile }} inherit>
              {delivery.profile}
            </TextLink>
            {delivery.nextAttemptAt && delivery.state === 'pending' && (
              <>
                {' '}
                · {t('delivery.next')} <Countdown until={delivery.nextAttemptAt} />
              </>
            )}
          </Text>
          {delivery.refusal && <RefusedBy refusal={delivery.refusal} />}
        </div>
        <Group gap="xs">
          {(delivery.state === 'parked' || delivery.state === 'refused') && (
            <ReplayButton id={delivery.id} />
          )}
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            aria-expanded={opened}
            aria-controls={id}
            rightSection={
              <IconChevronDown
                size={14}
                style={{ transform: opened ? 'rotate(180deg)' : 'none' }}
              />
            }
            onClick={toggle}
          >
            {t('delivery.attempts', {
              count: delivery.attempts.length,
              shown: format.number(delivery.attempts.length),
            })}
          </Button>
        </Group>
      </Group>
      <Collapse expanded={opened} id={id}>
        {opened && <Attempts delivery={delivery} />}
      </Collapse>
    </div>
  )
}

/** Which cap refused it, and when there will be room. */
function RefusedBy({ refusal }: { readonly refusal: ApiTouchRefusal }) {
  const { t, format } = useI18n()
  const { name, most, pressure, freeAt } = refusal
  const rule =
    most === 0
      ? t('delivery.cappedNone', { cap: name })
      : t('delivery.capped', {
          cap: name,
          pressure: format.number(pressure),
          most: format.number(most),
        })
  return (
    <Text size="xs" c="dimmed" mt={4} component="div" className="breakable">
      {rule}
      {freeAt !== null && (
        <>
          , {t('delivery.capFree')} <When at={freeAt} as="date-time" span />
        </>
      )}
    </Text>
  )
}

function Attempts({ delivery }: { readonly delivery: ApiDelivery }) {
  const { t, format } = useI18n()
  return (
    <div style={{ paddingTop: 16 }}>
      <CopyText text={delivery.id} label={t('delivery.id')} />
      <Text size="xs" c="dimmed" my="sm">
        {delivery.cause !== null && `${t(`cause.${delivery.cause.type}`)} · `}
        {t('delivery.due')} <When at={delivery.at} as="date-time" span />
      </Text>
      {delivery.attempts.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('delivery.noAttempt')}
        </Text>
      ) : (
        <Timeline bulletSize={14} lineWidth={2}>
          {delivery.attempts.map(({ at, duration, status, reason }, index) => {
            const success = status !== undefined && status >= 200 && status < 300
            return (
              <Timeline.Item
                key={at}
                color={success ? 'teal' : 'red'}
                title={
                  <Text size="sm" fw={600} span>
                    {t('delivery.attempt', { number: format.number(index + 1) })} ·{' '}
                    {status === undefined ? t('delivery.noAnswer') : `HTTP ${status}`}
                  </Text>
                }
              >
                <Text size="xs" c="dimmed" className="breakable" component="div">
                  <When at={at} as="date-time" span /> · {format.milliseconds(duration)}
                  {reason && ` · ${reason}`}
                </Text>
              </Timeline.Item>
            )
          })}
        </Timeline>
      )}
    </div>
  )
}

function ReplayButton({ id }: { readonly id: string }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const replay = useMutation({
    mutationFn: () => api.deliveries.replay(id),
    onSuccess: () => client.invalidateQueries({ queryKey: ['deliveries'] }),
  })
  if (replay.isError) return <Failure error={replay.error} />
  return (
    <Button
      variant="light"
      size="compact-sm"
      loading={replay.isPending}
      onClick={() => replay.mutate()}
    >
      {t('delivery.replay')}
    </Button>
  )
}
