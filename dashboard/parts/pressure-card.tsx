import { Badge, Card, Group, Progress, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ApiPressure, ApiTouch } from '../../edge/protocol/api-touch.ts'
import { CHANNELS, type Channel } from '../../edge/protocol/reaction.ts'
import { api } from './api.ts'
import { Failure } from './states.tsx'
import { useI18n } from './use-i18n.ts'
import { Countdown, When } from './when.tsx'

const SHOWN = 6

/** How each cap stands for a person, and which messages count. */
export function PressureCard({ profile }: { readonly profile: string }) {
  const { t } = useI18n()
  const touches = useQuery({
    queryKey: ['profiles', profile, 'touches'],
    queryFn: () => api.profiles.touches(profile),
    refetchInterval: 30_000,
  })
  if (touches.isError) return <Failure error={touches.error} />
  if (touches.data === undefined) return null
  const { items, pressure } = touches.data
  if (items.length === 0 && pressure.length === 0) return null
  return (
    <Card>
      <Title order={2} mb="sm">
        {t('pressure.title')}
      </Title>
      <Stack gap="md">
        {pressure.map((one) => (
          <CapLine key={one.cap} pressure={one} />
        ))}
        {items.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('pressure.nothing')}
          </Text>
        ) : (
          <Stack gap={6}>
            {items.slice(0, SHOWN).map((touch, index) => (
              <TouchLine key={touch.messageId ?? `${touch.at} ${index}`} touch={touch} />
            ))}
          </Stack>
        )}
      </Stack>
    </Card>
  )
}

function CapLine({
  pressure: { name, most, pressure, freeAt },
}: {
  readonly pressure: ApiPressure
}) {
  const { t, format } = useI18n()
  const isFull = freeAt !== undefined
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" align="baseline">
        <Text size="sm" fw={600} className="breakable">
          {name}
        </Text>
        <Text size="sm" className="figure" fw={600} ta="right">
          {most === 0
            ? t('pressure.noneAllowed')
            : t('pressure.of', { pressure: format.number(pressure), most: format.number(most) })}
        </Text>
      </Group>
      <Progress
        value={most === 0 ? 100 : Math.min((pressure / most) * 100, 100)}
        color={isFull ? 'red.5' : 'teal.5'}
        aria-hidden="true"
        my={4}
      />
      {isFull && most > 0 && (
        <Text size="xs" c="dimmed" component="div">
          {freeAt === null ? (
            t('pressure.neverFree')
          ) : (
            <>
              {t('pressure.free')} <Countdown until={freeAt} plain />
            </>
          )}
        </Text>
      )}
    </div>
  )
}

function TouchLine({ touch }: { readonly touch: ApiTouch }) {
  const { t, format } = useI18n()
  const { channel, weight, tags, at, state, counts } = touch
  const isKnown = (CHANNELS as readonly string[]).includes(channel)
  return (
    <Group gap="xs" wrap="wrap">
      <Badge color={state === 'planned' ? 'blue' : 'gray'}>
        {isKnown ? t(`channel.${channel as Channel}`) : channel || t('pressure.unknownChannel')}
      </Badge>
      <Text size="sm" className="breakable">
        {[
          state === 'planned' ? t('pressure.planned') : '',
          weight === 1 ? '' : t('pressure.weighs', { weight: format.number(weight) }),
          tags.join(', '),
          counts ? '' : t('pressure.doesNotCount'),
        ]
          .filter((part) => part !== '')
          .join(' · ')}
      </Text>
      <When at={at} size="xs" c="dimmed" as="date-time" />
    </Group>
  )
}
