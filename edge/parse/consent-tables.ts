import type { GcmState, Purpose } from '../protocol/consent.ts'

/**
 * What each purpose of TCF v2.3 is needed for. One of ours is granted when *all* that name it are, and denied when any
 * is not: half a consent is none. Legitimate interest is nobody's answer and does not count.
 */
export const TCF_PURPOSES: readonly (readonly [
  purpose: number,
  ours: readonly Purpose[],
  reason: string,
])[] = [
  [
    1,
    ['analytics', 'personalization', 'advertising'],
    'To know a browser again something is stored on it; nothing here works without',
  ],
  [2, ['advertising'], 'Ads chosen by limited data'],
  [3, ['advertising'], 'Segments that ads are chosen by are profiles for advertising'],
  [4, ['advertising'], 'Segments handed to ad platforms are the use of such profiles'],
  [5, ['personalization'], 'Segments that content is chosen by are profiles for content'],
  [6, ['personalization'], 'Decisions for placements are the use of such profiles'],
  [7, ['advertising'], 'Reactions to ads are counted'],
  [8, ['analytics'], 'Events say what content was seen and used'],
  [9, ['analytics'], 'Sizes and reports of segments are audience statistics'],
  [10, [], 'No data is collected to improve the service: models use what other purposes allow'],
]

/**
 * What Google's states are needed for; read like the table above, but a state nobody gave only keeps a purpose from
 * being granted.
 */
export const GCM_PURPOSES: readonly (readonly [
  state: GcmState,
  ours: readonly Purpose[],
  reason: string,
])[] = [
  ['analytics_storage', ['analytics'], 'Storage for measuring the visit'],
  ['ad_storage', ['advertising'], 'Storage for advertising'],
  ['ad_user_data', ['advertising'], "Telling ad platforms of the person, as of Google's v2"],
  ['ad_personalization', ['advertising'], "Choosing ads by what is known, as of Google's v2"],
  ['personalization_storage', ['personalization'], 'Storage for choosing content'],
  ['functionality_storage', [], 'What the page itself needs is necessary, which nobody denies'],
  ['security_storage', [], 'Likewise'],
]

export interface GppSection {
  readonly id: number
  readonly name: string
  readonly as: 'tcf' | 'canada' | 'us-privacy' | 'us'
}

/** National (7) and the states' (from 8 on). */
const US_SECTIONS =
  'usnat usca usva usco usut usct usfl usmt usor ustx usde usia usne usnh usnj ustn usmn usmd usin usky usri'

/** How sections of GPP strings are read. What is not in the table says nothing to us. */
export const GPP_SECTIONS: readonly GppSection[] = [
  // Europe's and Canada's purposes are those of TCF; Canada knows implied consent beside the express one.
  { id: 2, name: 'tcfeuv2', as: 'tcf' },
  { id: 5, name: 'tcfcav1', as: 'canada' },
  // `1YNN`: the third character is the opt-out of sale.
  { id: 6, name: 'uspv1', as: 'us-privacy' },
  // Opting out of sale, sharing or targeted ads denies advertising.
  ...US_SECTIONS.split(' ').map((name, index) => ({ id: 7 + index, name, as: 'us' as const })),
]

/** Of a US section: 1 is opted out, 2 had notice and did not, 0 does not apply. */
export const GPP_OPT_OUTS = ['SaleOptOut', 'SharingOptOut', 'TargetedAdvertisingOptOut'] as const
