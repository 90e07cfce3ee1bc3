import {
  Alert,
  AppShell,
  Badge,
  Button,
  Card,
  createTheme,
  Modal,
  Paper,
  Table,
  Tooltip,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core'

/** Prisme's own violet. Shade 6 on white and white on 6 both exceed 4.5 : 1. */
const IRIS: MantineColorsTuple = [
  '#f1f1fe',
  '#e2e2fb',
  '#c3c3f5',
  '#a1a1ee',
  '#8585e6',
  '#6c6cde',
  '#5b5bd6',
  '#4b4bbd',
  '#3e3ea1',
  '#313180',
]

/** The dark surfaces lean to the same violet. 0 is text, 7 the page, 6 a card. */
const DARK: MantineColorsTuple = [
  '#dcdce6',
  '#b5b5c4',
  '#a0a0b2',
  '#6b6b7e',
  '#3a3a48',
  '#2c2c38',
  '#1e1e27',
  '#15151c',
  '#101016',
  '#0a0a0f',
]

export const theme = createTheme({
  primaryColor: 'iris',
  primaryShade: { light: 6, dark: 6 },
  colors: { iris: IRIS, dark: DARK },
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamily:
    "Inter, ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif",
  fontFamilyMonospace:
    "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, 'Liberation Mono', monospace",
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: '1.625rem', lineHeight: '1.25' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.4' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  components: {
    AppShell: AppShell.extend({ defaultProps: { transitionDuration: 150 } }),
    Card: Card.extend({ defaultProps: { withBorder: true, padding: 'lg', radius: 'lg' } }),
    Paper: Paper.extend({ defaultProps: { radius: 'lg' } }),
    Modal: Modal.extend({ defaultProps: { centered: true, radius: 'lg' } }),
    // A header within a page that has one: not a landmark of its own.
    ModalHeader: { defaultProps: { role: 'presentation' } },
    Badge: Badge.extend({ defaultProps: { variant: 'light', radius: 'sm', tt: 'none', fw: 600 } }),
    Button: Button.extend({ defaultProps: { fw: 600 } }),
    Alert: Alert.extend({ defaultProps: { radius: 'lg' } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'sm', horizontalSpacing: 'lg' } }),
    Tooltip: Tooltip.extend({ defaultProps: { withArrow: true, openDelay: 250 } }),
  },
})

/** Surfaces, and secondary and tinted text dark enough to read (4.5 : 1 on whatever they stand). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#ffffff',
    '--mantine-color-text': '#1d1d28',
    '--mantine-color-dimmed': '#62626f',
    '--mantine-color-placeholder': '#6d6d7a',
    '--mantine-color-default-border': '#e4e4ec',
    '--mantine-color-error': '#c62a2f',
    '--mantine-color-teal-light-color': '#066b4d',
    '--mantine-color-orange-light-color': '#9c3608',
    '--mantine-color-red-light-color': '#a82020',
    '--mantine-color-cyan-light-color': '#0a5d6e',
    '--prisme-page': '#f7f7fb',
    '--prisme-rail': '#ffffff',
    '--prisme-track': '#ededf3',
  },
  dark: {
    '--mantine-color-body': DARK[6],
    '--mantine-color-text': DARK[0],
    '--mantine-color-dimmed': DARK[2],
    '--mantine-color-placeholder': '#8b8b9c',
    '--mantine-color-default-border': DARK[5],
    '--mantine-color-error': '#ff8b8b',
    '--mantine-color-anchor': '#a1a1ee',
    '--prisme-page': DARK[7],
    '--prisme-rail': DARK[8],
    '--prisme-track': DARK[5],
  },
})

/** Order of the series in charts: far apart in hue and in lightness, so that they differ without colour sight too. */
export const SERIES_COLORS = ['iris.6', 'teal.7', 'orange.7', 'pink.7', 'cyan.8', 'lime.8'] as const
