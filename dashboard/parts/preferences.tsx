import { ActionIcon, Group, Menu, useMantineColorScheme } from '@mantine/core'
import { IconDeviceDesktop, IconLanguage, IconMoon, IconSun } from '@tabler/icons-react'
import { changeLanguage, LANGUAGES } from './i18n.ts'
import { useI18n } from './use-i18n.ts'

const SCHEMES = [
  { scheme: 'auto', icon: IconDeviceDesktop },
  { scheme: 'light', icon: IconSun },
  { scheme: 'dark', icon: IconMoon },
] as const

/** Each language is named in itself. */
const LANGUAGE_NAMES = { en: 'English', fr: 'Français' } as const

/** Colour scheme and language. */
export function Preferences() {
  const { t, language } = useI18n()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const Current = SCHEMES.find(({ scheme }) => scheme === colorScheme)?.icon ?? IconDeviceDesktop
  return (
    <Group gap={4} wrap="nowrap">
      <Menu position="top-start">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('shell.scheme')}>
            <Current size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {SCHEMES.map(({ scheme, icon: Icon }) => (
            <Menu.Item
              key={scheme}
              leftSection={<Icon size={16} />}
              fw={scheme === colorScheme ? 700 : 400}
              onClick={() => setColorScheme(scheme)}
            >
              {t(`shell.schemes.${scheme}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Menu position="top-start">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('shell.language')}>
            <IconLanguage size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {LANGUAGES.map((item) => (
            <Menu.Item
              key={item}
              lang={item}
              fw={item === language ? 700 : 400}
              onClick={() => void changeLanguage(item)}
            >
              {LANGUAGE_NAMES[item]}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Group>
  )
}
