import { Badge, Group, Stack, Text } from '@mantine/core'
import type { ApiProfileAppetence, ProfileChannel } from '../../edge/protocol/profile-appetence.ts'
import { TextLink } from './link.tsx'
import { channelName } from './score-sentence.ts'
import { useI18n } from './use-i18n.ts'
import { When } from './when.tsx'

/** How likely a person reacts to messages, by channel, and what that was made of. */
export function AppetencePart({ appetence }: { readonly appetence: ApiProfileAppetence }) {
  const { t } = useI18n()
  const { channels, best } = appetence
  const shown = channels.filter(
    ({ messages, isReachable, isConsented }) => messages > 0 || (isReachable && isConsented),
  )
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" align="baseline">
        <Text fw={600} size="sm">
          <TextLink to="/appetence">{t('appetence.title')}</TextLink>
        </Text>
        {best !== undefined && (
          <Badge variant="default">
            {t('appetence.best', { channel: channelName(best.channel, t) })}
          </Badge>
        )}
      </Group>
      <Text size="xs" c="dimmed">
        {best === undefined ? t('appetence.noBest') : t(`appetence.why.${best.why}`)}
      </Text>
      <Stack gap="xs" mt={4}>
        {shown.map((channel) => (
          <Channel key={channel.channel} channel={channel} />
        ))}
      </Stack>
    </div>
  )
}

type Shown = Omit<ProfileChannel, 'reactedAt'> & { readonly reactedAt?: string }

function Channel({ channel }: { readonly channel: Shown }) {
  const { t, format } = useI18n()
  const { probability, low = 0, high = 1, messages, reacted, population, above } = channel
  const { notEnough, bands, reactedAt, isConsented, isReachable } = channel
  const tried = bands.filter((one) => one.messages > 0 && one.probability !== undefined)
  const counts = t('appetence.counts', {
    count: messages,
    shown: format.number(messages),
    reacted: format.number(reacted),
  })
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" align="baseline">
        <Text size="sm">{channelName(channel.channel, t)}</Text>
        <Text size="sm" className="figure" fw={600} ta="right">
          {probability === undefined
            ? '–'
            : `${format.percent(probability)} (${format.percent(low)} – ${format.percent(high)})`}
        </Text>
      </Group>
      <Text size="xs" c="dimmed" component="div">
        {counts}
        {reactedAt !== undefined && (
          <>
            {' '}
            {t('appetence.lastReaction')} <When at={reactedAt} span />.
          </>
        )}
        {population !== undefined &&
          ` ${t('appetence.compared', { mean: format.percent(population) })}`}
        {above !== undefined &&
          above > 0 &&
          ` ${t('appetence.above', { share: format.percent(above) })}`}
      </Text>
      {notEnough !== undefined && (
        <Text size="xs" c="dimmed">
          {t('appetence.notEnough', {
            known: format.number(notEnough.known),
            needed: format.number(notEnough.needed),
          })}
        </Text>
      )}
      {!(isConsented && isReachable) && (
        <Text size="xs" c="dimmed">
          {isConsented ? t('appetence.unreachable') : t('appetence.unconsented')}
        </Text>
      )}
      {tried.length > 0 && (
        <Text size="xs" c="dimmed">
          {tried
            .map((one) =>
              t('appetence.inBand', {
                band: t(`appetence.band.${one.band}`),
                share: format.percent(one.probability ?? 0),
                messages: format.number(one.messages),
              }),
            )
            .join(' · ')}
        </Text>
      )}
    </div>
  )
}
