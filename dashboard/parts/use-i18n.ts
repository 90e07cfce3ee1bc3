import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { formatFor, type Format } from './format.ts'
import { regionalTag, type Translate } from './i18n.ts'

/** Words and formats of the viewer's language. */
export function useI18n(): {
  readonly t: Translate
  readonly format: Format
  readonly language: string
} {
  const { t, i18n } = useTranslation()
  const format = useMemo(() => formatFor(regionalTag(i18n.language)), [i18n.language])
  return { t, format, language: i18n.language }
}
