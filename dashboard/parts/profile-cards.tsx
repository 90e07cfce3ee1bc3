import { Badge, Card, Group, Stack, Text, Title } from '@mantine/core'
import {
  IconDeviceDesktop,
  IconDeviceMobile,
  IconDeviceTablet,
  IconDeviceUnknown,
  IconShieldCheck,
  type Icon,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import type { ApiProfile } from '../../edge/protocol/api.ts'
import { nameOf } from './account-name.ts'
import { TextLink } from './link.tsx'
import { TraitValue } from './trait-value.tsx'
import { useI18n } from './use-i18n.ts'
import { useSourceName } from './use-source-name.ts'
import { Countdown, When } from './when.tsx'

/** The others stand on the account's own page. */
const MAX_GROUP_TRAITS = 5

interface Props {
  readonly profile: ApiProfile
}

function Section(props: {
  readonly title: string
  readonly empty?: string | false
  readonly children?: ReactNode
}) {
  return (
    <Card>
      <Title order={2} mb="sm">
        {props.title}
      </Title>
      {props.empty ? (
        <Text size="sm" c="dimmed">
          {props.empty}
        </Text>
      ) : (
        <Stack gap="sm">{props.children}</Stack>
      )}
    </Card>
  )
}

export function SegmentsCard({ profile }: Props) {
  const { t } = useI18n()
  return (
    <Section
      title={t('profile.segments')}
      empty={profile.segments.length === 0 && t('profile.noSegments')}
    >
      {profile.segments.map(({ id, name, enteredAt, until }) => (
        <Group key={id} justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <TextLink to="/segments/$id" params={{ id }} fw={600} size="sm" className="breakable">
              {name}
            </TextLink>
            <Text size="xs" c="dimmed">
              {t('profile.entered')} <When at={enteredAt} span />
            </Text>
          </div>
          <Text size="xs" c="dimmed" ta="right" className="figure" style={{ flexShrink: 0 }}>
            {until ? <Countdown until={until} /> : t('members.stays')}
          </Text>
        </Group>
      ))}
    </Section>
  )
}

export function IdentifiersCard({ profile }: Props) {
  const { t } = useI18n()
  const nameOf = useSourceName()
  return (
    <Section
      title={t('profile.identifiers')}
      empty={profile.identifiers.length === 0 && t('profile.noIdentifiers')}
    >
      {profile.identifiers.map(({ kind, value, proven, firstSeen, lastSeen, source }) => (
        <div key={`${kind} ${value}`}>
          <Group gap={6} wrap="nowrap" align="flex-start">
            <Text size="sm" fw={600} className="breakable">
              {value}
            </Text>
            {proven && (
              <IconShieldCheck
                size={16}
                color="var(--mantine-color-teal-7)"
                role="img"
                aria-label={t('profile.proven')}
              >
                <title>{t('profile.proven')}</title>
              </IconShieldCheck>
            )}
          </Group>
          <Text size="xs" c="dimmed">
            {t(`kind.${kind}` as 'kind.email', { defaultValue: kind })} · {nameOf(source)} ·{' '}
            {t('profile.seenFirst')} <When at={firstSeen} as="date-time" span /> ·{' '}
            {t('profile.seenLast')} <When at={lastSeen} span />
          </Text>
        </div>
      ))}
    </Section>
  )
}

/** Traits of a person or an account, and where each came from. */
export function TraitsCard({
  profile,
  empty,
}: {
  readonly profile: Pick<ApiProfile, 'traits'> & {
    readonly provenance: {
      readonly [trait: string]: {
        readonly source: string
        readonly at: string
        readonly by?: string
      }
    }
  }
  readonly empty?: string
}) {
  const { t } = useI18n()
  const nameOf = useSourceName()
  const traits = Object.entries(profile.traits)
  return (
    <Section
      title={t('profile.traits')}
      empty={traits.length === 0 && (empty ?? t('profile.noTraits'))}
    >
      {traits.map(([name, value]) => {
        const from = profile.provenance[name]
        return (
          <Group key={name} justify="space-between" align="flex-start" wrap="nowrap">
            <div style={{ flex: 1, minWidth: 0 }}>
              <Text size="sm" c="dimmed" className="breakable">
                {name}
              </Text>
              {from && (
                <Text size="xs" c="dimmed">
                  {nameOf(from.source)}
                  {from.by !== undefined &&
                    ` · ${t('profile.by', { kind: t(`kind.${from.by}` as 'kind.email', { defaultValue: from.by }) })}`}{' '}
                  · <When at={from.at} span />
                </Text>
              )}
            </div>
            <Text
              size="sm"
              fw={600}
              ta="right"
              className="breakable"
              component="div"
              style={{ flex: 'none', maxWidth: '60%' }}
            >
              <TraitValue value={value} />
            </Text>
          </Group>
        )
      })}
    </Section>
  )
}

export function GroupsCard({ profile }: Props) {
  const { t } = useI18n()
  const sourceName = useSourceName()
  return (
    <Section
      title={t('profile.groups')}
      empty={profile.groups.length === 0 && t('profile.noGroups')}
    >
      {profile.groups.map(({ id, traits, firstSeen, source }) => (
        <div key={id}>
          <TextLink to="/accounts/$id" params={{ id }} fw={600} size="sm" className="breakable">
            {nameOf({ traits }) ?? id}
          </TextLink>
          {Object.entries(traits)
            .filter(([name]) => name !== 'name')
            .slice(0, MAX_GROUP_TRAITS)
            .map(([name, value]) => (
              <Group key={name} justify="space-between" align="flex-start" wrap="nowrap">
                <Text size="sm" c="dimmed" className="breakable">
                  {name}
                </Text>
                <Text size="sm" ta="right" className="breakable" component="div">
                  <TraitValue value={value} />
                </Text>
              </Group>
            ))}
          <Text size="xs" c="dimmed">
            {t('profile.memberSince')} <When at={firstSeen} span /> · {sourceName(source)}
          </Text>
        </div>
      ))}
    </Section>
  )
}

/** Changed answers shown; the interface has more. */
const MAX_CHANGES = 10

export function ConsentCard({ profile }: Props) {
  const { t } = useI18n()
  const answers = Object.entries(profile.consent)
  return (
    <Section title={t('profile.consent')} empty={answers.length === 0 && t('profile.noConsent')}>
      {answers.map(([purpose, { granted, at, until }]) => (
        <Group key={purpose} justify="space-between">
          <Text size="sm">
            {t(`purpose.${purpose}` as 'purpose.analytics', { defaultValue: purpose })}
          </Text>
          <Group gap="xs">
            <Text size="xs" c="dimmed">
              {at ? <When at={at} /> : t('profile.assumed')}
              {until && (
                <>
                  {' · '}
                  {t('profile.until')} <When at={until} as="date-time" />
                </>
              )}
            </Text>
            <Badge color={granted ? 'teal' : 'gray'}>
              {granted ? t('profile.granted') : t('profile.denied')}
            </Badge>
          </Group>
        </Group>
      ))}
      {profile.consentHistory.length > 0 && (
        <Text size="xs" fw={500} mt="xs">
          {t('profile.consentHistory')}
        </Text>
      )}
      {profile.consentHistory
        .slice(0, MAX_CHANGES)
        .map(({ purpose, granted, at, signal, messageId }) => (
          <Text key={`${messageId} ${purpose}`} size="xs" c="dimmed">
            <When at={at} /> ·{' '}
            {t(`purpose.${purpose}` as 'purpose.analytics', { defaultValue: purpose })} ·{' '}
            {granted ? t('profile.granted') : t('profile.denied')} · {t(`signal.${signal}`)}
          </Text>
        ))}
    </Section>
  )
}

const DEVICE_ICONS: { readonly [type: string]: Icon } = {
  desktop: IconDeviceDesktop,
  mobile: IconDeviceMobile,
  tablet: IconDeviceTablet,
}

export function DevicesCard({ profile }: Props) {
  const { t, format } = useI18n()
  return (
    <Section
      title={t('profile.devices', {
        count: profile.devices.length,
        shown: format.number(profile.devices.length),
      })}
      empty={profile.devices.length === 0 && t('profile.noDevices')}
    >
      {profile.devices.map((device) => {
        const DeviceIcon = DEVICE_ICONS[device.device ?? ''] ?? IconDeviceUnknown
        const what = [device.browser, device.os].filter((part) => part).join(' · ')
        const where = [device.city, device.country].filter((part) => part).join(', ')
        return (
          <Group key={device.id} wrap="nowrap" align="flex-start">
            <DeviceIcon size={26} stroke={1.5} aria-hidden="true" />
            <div style={{ minWidth: 0 }}>
              <Text size="sm" fw={600}>
                {what || t('profile.unknownDevice')}
              </Text>
              <Text size="xs" c="dimmed" className="breakable">
                {where !== '' && `${where} · `}
                <When at={device.lastSeen} span /> · {device.id}
              </Text>
            </div>
          </Group>
        )
      })}
    </Section>
  )
}
