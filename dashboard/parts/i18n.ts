import i18next, { changeLanguage as switchTo, use, type TFunction } from 'i18next'
import { initReactI18next } from 'react-i18next'
import type en from '../locales/en.json'

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en }
  }
}

export const LANGUAGES = ['en', 'fr'] as const
export type Language = (typeof LANGUAGES)[number]
export type Translate = TFunction

const STORED = 'prisme-language'

/** The language chosen before, else the browser's first one that we speak, else English. */
export function preferredLanguage(): Language {
  const wanted = [storedLanguage(), ...navigator.languages]
  for (const tag of wanted) {
    const found = LANGUAGES.find((language) => tag?.toLowerCase().startsWith(language))
    if (found) return found
  }
  return 'en'
}

function storedLanguage(): string | null {
  try {
    return localStorage.getItem(STORED)
  } catch {
    // Storage is closed to us: the browser's language it is.
    return null
  }
}

/** The viewer's own regional form of the language, e.g. `en-GB`: it decides how dates and numbers look. */
export function regionalTag(language: string): string {
  return navigator.languages.find((tag) => tag.startsWith(`${language}-`)) ?? language
}

async function load(language: Language): Promise<typeof en> {
  // One language is one chunk: nobody loads the other.
  const module =
    language === 'fr' ? await import('../locales/fr.json') : await import('../locales/en.json')
  return module.default as typeof en
}

export async function startI18n(): Promise<void> {
  const language = preferredLanguage()
  await use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation: await load(language) } },
    // React escapes what it renders.
    interpolation: { escapeValue: false },
  })
  document.documentElement.lang = language
}

export async function changeLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation')) {
    i18next.addResourceBundle(language, 'translation', await load(language))
  }
  await switchTo(language)
  document.documentElement.lang = language
  try {
    localStorage.setItem(STORED, language)
  } catch {
    // The choice then lasts as long as the page.
  }
}
