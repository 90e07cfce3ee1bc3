import type { ConsentAnswers, ConsentMode } from '../edge/protocol/consent.ts'

/** Purposes the tag itself depends on; both are granted where consent is implied. */
type TagPurpose = 'analytics' | 'personalization'

/** Whether something may be done for a purpose: yes, no, or not before an answer (undefined). */
export const permits = (
  mode: ConsentMode,
  answers: ConsentAnswers,
  purpose: TagPurpose,
): boolean | undefined => answers[purpose] ?? (mode === 'implied' || undefined)

/** Answers from outside, reduced to purposes that were answered yes or no. Of lapsed ones only a no still stands. */
export const readAnswers = (value: unknown, lapsed?: boolean): ConsentAnswers =>
  Object.fromEntries(
    Object.entries(value ?? {}).filter(
      ([, answer]) => answer === false || (answer === true && !lapsed),
    ),
  )

/** Global Privacy Control is an answer too: it denies advertising, whatever was stored before. */
export const withBrowserSignal = (answers: ConsentAnswers, signal: unknown): ConsentAnswers =>
  signal ? { ...answers, advertising: false } : answers
