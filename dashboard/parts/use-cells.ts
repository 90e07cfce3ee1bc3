import { useQuery } from '@tanstack/react-query'
import { scoreSettingsQuery } from './queries.ts'
import { cellName } from './score-sentence.ts'
import { useI18n } from './use-i18n.ts'

/** What a cell is called, what it says of those who are in it, and what to do about it. */
export interface CellTexts {
  readonly name: string
  readonly meaning: string
  readonly action: string
}

/** The texts of cells by key: those of the workspace, or else the built-in ones. */
export function useCells(): (key: string) => CellTexts {
  const { t } = useI18n()
  const { data } = useQuery(scoreSettingsQuery)
  return (key) => {
    const own = data?.rfm.cells.find((cell) => cell.key === key)
    const text = { defaultValue: '' }
    return {
      name: own?.name ?? cellName(key, t),
      meaning:
        own?.meaning ?? t(`score.cell.${key}.meaning` as 'score.cell.champions.meaning', text),
      action: own?.action ?? t(`score.cell.${key}.action` as 'score.cell.champions.action', text),
    }
  }
}
