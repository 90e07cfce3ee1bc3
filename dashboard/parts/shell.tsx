import { AppShell, Box, Burger, Group, Stack, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import {
  IconActivityHeartbeat,
  IconBroadcast,
  IconBug,
  IconBuilding,
  IconBugOff,
  IconCode,
  IconCoin,
  IconFileImport,
  IconGridDots,
  IconHandStop,
  IconLogout2,
  IconMailHeart,
  IconPlugConnected,
  IconSend,
  IconSettings,
  IconSparkles,
  IconUser,
  IconUsersGroup,
  type Icon,
} from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useMatchRoute, useRouterState } from '@tanstack/react-router'
import { useEffect, type ReactNode } from 'react'
import type { ApiSession } from '../../edge/protocol/api.ts'
import { api } from './api.ts'
import { RailLink } from './link.tsx'
import { LiveBadge } from './live-badge.tsx'
import { Logo } from './logo.tsx'
import { Preferences } from './preferences.tsx'
import { sessionQuery } from './queries.ts'
import { useI18n } from './use-i18n.ts'

type Section = 'watch' | 'build' | 'send' | 'connect'
const RAIL = [
  { section: 'watch', name: 'overview', to: '/', icon: IconActivityHeartbeat },
  { section: 'watch', name: 'profiles', to: '/profiles', icon: IconUser },
  { section: 'watch', name: 'accounts', to: '/accounts', icon: IconBuilding },
  { section: 'watch', name: 'rfm', to: '/rfm', icon: IconGridDots },
  { section: 'watch', name: 'value', to: '/value', icon: IconCoin },
  { section: 'watch', name: 'appetence', to: '/appetence', icon: IconMailHeart },
  { section: 'watch', name: 'debugger', to: '/debugger', icon: IconBug },
  { section: 'watch', name: 'failedEvents', to: '/failed-events', icon: IconBugOff },
  { section: 'build', name: 'segments', to: '/segments', icon: IconUsersGroup },
  { section: 'build', name: 'experiences', to: '/experiences', icon: IconSparkles },
  { section: 'send', name: 'activations', to: '/activations', icon: IconBroadcast },
  { section: 'send', name: 'destinations', to: '/destinations', icon: IconPlugConnected },
  { section: 'send', name: 'caps', to: '/caps', icon: IconHandStop },
  { section: 'send', name: 'deliveries', to: '/deliveries', icon: IconSend },
  { section: 'connect', name: 'sources', to: '/sources', icon: IconCode },
  { section: 'connect', name: 'imports', to: '/imports', icon: IconFileImport },
  { section: 'connect', name: 'settings', to: '/settings', icon: IconSettings },
] as const satisfies readonly { section: Section; name: string; to: string; icon: Icon }[]
const SECTIONS: readonly Section[] = ['watch', 'build', 'send', 'connect']

/** Frame of every page: the rail, the live badge, preferences, and the page itself in `main`. */
export function Shell(props: { readonly session: ApiSession; readonly children: ReactNode }) {
  const { t } = useI18n()
  const [opened, { toggle, close }] = useDisclosure()
  const path = useRouterState({ select: ({ location }) => location.pathname })
  // On a small screen the open rail covers the page it leads to.
  useEffect(close, [path, close])
  return (
    <AppShell
      header={{ height: { base: 56, md: 0 } }}
      navbar={{ width: 248, breakpoint: 'md', collapsed: { mobile: !opened } }}
      padding={{ base: 'md', sm: 'xl' }}
    >
      <a className="skip-link" href="#page">
        {t('shell.skip')}
      </a>
      <AppShell.Header hiddenFrom="md" px="md" bg="var(--prisme-rail)">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger opened={opened} onClick={toggle} size="sm" aria-label={t('shell.menu')} />
            <Logo size={26} />
            <Text fw={700}>Prisme</Text>
          </Group>
          <LiveBadge />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar bg="var(--prisme-rail)" aria-label={t('shell.navigation')}>
        <Group gap={10} px="lg" pt="lg" pb="sm" wrap="nowrap" visibleFrom="md">
          <Logo />
          <Box miw={0}>
            <Text fw={700} lh={1.2} size="lg">
              Prisme
            </Text>
            <Text size="xs" c="dimmed" truncate>
              {props.session.workspace.name}
            </Text>
          </Box>
        </Group>
        <Rail />
        <Account session={props.session} />
      </AppShell.Navbar>
      <AppShell.Main id="page" tabIndex={-1} style={{ outline: 'none' }}>
        <Box maw={1240} mx="auto">
          {props.children}
        </Box>
      </AppShell.Main>
    </AppShell>
  )
}

function Rail() {
  const { t } = useI18n()
  const matches = useMatchRoute()
  return (
    <Stack gap="md" px="sm" py="sm" flex={1} style={{ overflowY: 'auto' }}>
      {SECTIONS.map((section) => (
        <div key={section}>
          <Text size="xs" fw={600} c="dimmed" px="sm" mb={4}>
            {t(`shell.sections.${section}`)}
          </Text>
          {RAIL.filter((item) => item.section === section).map(({ name, to, icon: Icon }) => {
            const active = matches({ to, fuzzy: to !== '/' }) !== false
            return (
              <RailLink
                key={name}
                to={to}
                label={t(`shell.pages.${name}`)}
                leftSection={<Icon size={18} stroke={1.7} />}
                active={active}
                {...(active && { 'aria-current': 'page' as const })}
                styles={{
                  root: { borderRadius: 8, padding: '7px 12px' },
                  label: { fontWeight: 500 },
                }}
              />
            )
          })}
        </div>
      ))}
    </Stack>
  )
}

function Account({ session }: { readonly session: ApiSession }) {
  const { t } = useI18n()
  const client = useQueryClient()
  const signOut = useMutation({
    mutationFn: api.signOut,
    onSuccess: () => {
      client.clear()
      client.setQueryData(sessionQuery.queryKey, null)
    },
  })
  return (
    <Box px="lg" py="md" style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
      <Group justify="space-between" wrap="nowrap" mb={6}>
        <LiveBadge />
        <Preferences />
      </Group>
      <Text size="xs" c="dimmed" truncate title={session.user.email}>
        {session.user.email}
      </Text>
      <UnstyledButton onClick={() => signOut.mutate()} disabled={signOut.isPending} mt={4}>
        <Group gap={6}>
          <IconLogout2 size={15} />
          <Text size="sm">{t('shell.signOut')}</Text>
        </Group>
      </UnstyledButton>
    </Box>
  )
}
