import { DAY, HOUR, MINUTE, SECOND } from '../../protocol/time.ts'
import {
  adapt,
  all,
  atLeast,
  did,
  each,
  habit,
  inside,
  iso,
  latest,
  not,
  outside,
  unless,
  UTC,
  type ReadySegment,
} from './build.ts'

const READ = 'Article Viewed'
const DAYS = (...counts: readonly number[]) => counts.map((count) => count * DAY)
const MINUTES = (...counts: readonly number[]) => counts.map((count) => count * MINUTE)
const media = (segment: Omit<ReadySegment, 'trade'>): ReadySegment => ({
  trade: 'media',
  ...segment,
})
const SUBSCRIBER = {
  type: 'trait',
  trait: 'subscription',
  operator: 'equals',
  value: 'active',
} as const
const active = () => ({ subscription: 'active' })

/** What publishers and broadcasters ask for. */
export const MEDIA: readonly ReadySegment[] = [
  media({
    key: 'binge-readers',
    name: { en: 'Binge readers', fr: 'Lecteurs insatiables' },
    purpose: {
      en: 'Offer the next article, the series, the subscription while they are at it.',
      fr: 'Proposer l’article suivant, la série, l’abonnement tant qu’ils y sont.',
    },
    condition: atLeast(5, READ, 'PT2H'),
    parameters: adapt(
      ['value', 'How many articles', 'Nombre d’articles'],
      ['window.last', 'In how long', 'Sur quelle durée'],
    ),
    people: [
      inside('Five in an hour', 'Cinq en une heure', each(READ, MINUTES(60, 45, 30, 15, 1))),
      inside(
        'The first is almost two hours old',
        'Le premier a presque deux heures',
        each(READ, [2 * HOUR - SECOND, ...MINUTES(45, 30, 15, 1)]),
      ),
      outside(
        'The first is two hours old',
        'Le premier a deux heures',
        each(READ, [2 * HOUR, ...MINUTES(45, 30, 15, 1)]),
      ),
      outside('One a day', 'Un par jour', each(READ, DAYS(5, 4, 3, 2, 1))),
    ],
  }),
  media({
    key: 'habitual-readers',
    name: { en: 'Habitual readers', fr: 'Lecteurs réguliers' },
    purpose: {
      en: 'Those who come every week: the first to ask for a subscription.',
      fr: 'Ceux qui viennent chaque semaine : les premiers à qui proposer un abonnement.',
    },
    condition: habit(READ, 'regular', 'P7D', 4),
    parameters: adapt(
      ['period', 'Rhythm', 'Rythme'],
      ['of', 'For how many periods', 'Pendant combien de périodes'],
    ),
    people: [
      inside('Each of four weeks', 'Quatre semaines de suite', each(READ, DAYS(25, 18, 11, 4))),
      inside('On the edges of the weeks', 'Aux bords des semaines', [
        ...each(READ, [28 * DAY - SECOND, 14 * DAY, 7 * DAY, 6 * DAY]),
      ]),
      outside('Not this week', 'Pas cette semaine', each(READ, DAYS(25, 18, 11, 7))),
      outside('Missed a week', 'A manqué une semaine', each(READ, DAYS(25, 11, 4))),
    ],
  }),
  media({
    key: 'readers-drifting',
    name: { en: 'Readers drifting away', fr: 'Lecteurs qui s’éloignent' },
    purpose: {
      en: 'A selection by mail for those who came every other week and have not lately.',
      fr: 'Une sélection par e-mail pour ceux qui venaient tous les quinze jours et ne viennent plus.',
    },
    condition: habit(READ, 'stopped', 'P14D', 3),
    parameters: adapt(
      ['period', 'Rhythm', 'Rythme'],
      ['of', 'For how many periods they kept it', 'Pendant combien de périodes'],
    ),
    people: [
      inside('Gone for twenty days', 'Parti depuis vingt jours', each(READ, DAYS(50, 35, 20))),
      inside('Just fourteen days', 'Tout juste quatorze jours', each(READ, DAYS(50, 35, 14))),
      outside('Read yesterday', 'A lu hier', each(READ, DAYS(50, 35, 20, 1))),
      outside('Came once', 'Venu une fois', each(READ, DAYS(20))),
    ],
  }),
  media({
    key: 'readers-back',
    name: { en: 'Readers who are back', fr: 'Lecteurs revenus' },
    purpose: {
      en: 'Welcome back, with what they missed.',
      fr: 'Accueillir à leur retour, avec ce qu’ils ont manqué.',
    },
    condition: habit(READ, 'returned', 'P14D', 2),
    parameters: adapt(['period', 'Rhythm', 'Rythme']),
    people: [
      inside('Back after a month', 'De retour après un mois', each(READ, DAYS(50, 35, 2))),
      inside('Back this second', 'De retour à l’instant', each(READ, [50 * DAY, 35 * DAY, 0])),
      outside('Was never away', 'N’est jamais parti', each(READ, DAYS(50, 35, 20, 2))),
      outside('Not back yet', 'Pas encore revenu', each(READ, DAYS(50, 35))),
    ],
  }),
  media({
    key: 'unfinished-video',
    name: { en: 'Unfinished videos', fr: 'Vidéos inachevées' },
    purpose: {
      en: 'Let them go on where they stopped.',
      fr: 'Leur permettre de reprendre là où ils se sont arrêtés.',
    },
    condition: all(
      unless('Video Content Started', 'Video Content Completed', 'P1D', 'asset_id'),
      atLeast(1, 'Video Content Started', 'P14D'),
    ),
    parameters: adapt(
      ['conditions.0.within', 'How long to wait', 'Délai d’attente'],
      ['conditions.1.window.last', 'How long to offer it', 'Durée de la proposition'],
    ),
    people: [
      inside('Stopped three days ago', 'Arrêté il y a trois jours', [
        did('Video Content Started', 3 * DAY, { asset_id: 'v1' }),
      ]),
      inside('Finished another one', 'En a terminé une autre', [
        did('Video Content Started', 3 * DAY, { asset_id: 'v2' }),
        did('Video Content Completed', 3 * DAY - HOUR, { asset_id: 'v1' }),
      ]),
      outside('Finished it', 'L’a terminée', [
        did('Video Content Started', 3 * DAY, { asset_id: 'v1' }),
        did('Video Content Completed', 3 * DAY - HOUR, { asset_id: 'v1' }),
      ]),
      outside('Not a day yet', 'Pas encore un jour', [
        did('Video Content Started', DAY - SECOND, { asset_id: 'v1' }),
      ]),
    ],
  }),
  media({
    key: 'at-the-paywall',
    name: { en: 'At the paywall', fr: 'Devant le mur payant' },
    purpose: {
      en: 'An offer for those who wanted to read on and were stopped several times.',
      fr: 'Une offre pour ceux qui voulaient lire et ont été arrêtés plusieurs fois.',
    },
    condition: all(atLeast(3, 'Paywall Viewed', 'P14D'), not(SUBSCRIBER)),
    parameters: adapt(
      ['conditions.0.value', 'How many times', 'Nombre de fois'],
      [
        'conditions.1.condition.value',
        'What a subscriber’s trait says',
        'Valeur du trait d’un abonné',
      ],
    ),
    people: [
      inside('Three times in two weeks', 'Trois fois en deux semaines', [
        ...each('Paywall Viewed', DAYS(13, 6, 1)),
      ]),
      inside('Was a subscriber', 'A été abonné', each('Paywall Viewed', DAYS(3, 2, 1)), {
        traits: () => ({ subscription: 'cancelled' }),
      }),
      outside('Subscribes', 'Est abonné', each('Paywall Viewed', DAYS(3, 2, 1)), {
        traits: active,
      }),
      outside(
        'The first was just two weeks ago',
        'La première fois, il y a tout juste deux semaines',
        [...each('Paywall Viewed', DAYS(14, 6, 1))],
      ),
    ],
  }),
  media({
    key: 'subscription-abandoned',
    name: { en: 'Abandoned subscriptions', fr: 'Abonnements abandonnés en route' },
    purpose: {
      en: 'Ask what stopped those who nearly subscribed.',
      fr: 'Demander ce qui a arrêté ceux qui allaient s’abonner.',
    },
    condition: all(
      unless('Checkout Started', 'Subscription Started', 'PT1H'),
      atLeast(1, 'Checkout Started', 'P7D'),
    ),
    parameters: adapt(['conditions.0.within', 'How long to wait', 'Délai d’attente']),
    people: [
      inside('Stopped yesterday', 'Arrêté hier', [did('Checkout Started', DAY)]),
      inside('Just an hour ago', 'Il y a tout juste une heure', [did('Checkout Started', HOUR)]),
      outside('Subscribed', 'S’est abonné', [
        did('Checkout Started', DAY),
        did('Subscription Started', DAY - 5 * MINUTE),
      ]),
      outside('Still filling it in', 'Remplit encore le formulaire', [
        did('Checkout Started', HOUR - SECOND),
      ]),
    ],
  }),
  media({
    key: 'newsletter-readers',
    name: {
      en: 'Newsletter readers without a subscription',
      fr: 'Lecteurs de la lettre, non abonnés',
    },
    purpose: {
      en: 'They click in your mails: invite them to subscribe there.',
      fr: 'Ils cliquent dans vos e-mails : les y inviter à s’abonner.',
    },
    condition: all(
      {
        type: 'reaction',
        kind: 'clicked',
        channel: 'email',
        operator: 'gte',
        value: 2,
        window: { last: 'P30D' },
      },
      not(SUBSCRIBER),
    ),
    parameters: adapt(
      ['conditions.0.value', 'How many clicks', 'Nombre de clics'],
      ['conditions.0.window.last', 'In how long', 'Sur quelle durée'],
    ),
    people: [
      inside('Clicked twice', 'A cliqué deux fois', each('Email Link Clicked', DAYS(20, 3))),
      inside('Clicked, by another sender’s name', 'A cliqué, sous un autre nom d’événement', [
        ...each('Message Clicked', DAYS(20, 3), { channel: 'email' }),
      ]),
      outside(
        'Opened without a click',
        'A ouvert sans cliquer',
        each('Email Opened', DAYS(20, 3, 1)),
      ),
      outside('Subscribes', 'Est abonné', each('Email Link Clicked', DAYS(20, 3)), {
        traits: active,
      }),
    ],
  }),
  media({
    key: 'cancel-risk',
    name: { en: 'Subscribers at risk of cancelling', fr: 'Abonnés qui risquent de résilier' },
    purpose: {
      en: 'Subscribers who read much less: show them what they pay for.',
      fr: 'Des abonnés qui lisent beaucoup moins : leur montrer ce qu’ils paient.',
    },
    condition: all(SUBSCRIBER, not(atLeast(1, READ, 'P14D')), {
      type: 'performed',
      event: READ,
      measure: 'count',
      operator: 'gte',
      value: 4,
      window: { between: ['P14D', 'P42D'] },
    }),
    parameters: adapt(
      [
        'conditions.1.condition.window.last',
        'How long without reading',
        'Combien de temps sans lire',
      ],
      ['conditions.2.value', 'How much they read before', 'Combien ils lisaient avant'],
    ),
    people: [
      inside(
        'Read weekly, stopped',
        'Lisait chaque semaine, a arrêté',
        each(READ, DAYS(40, 33, 26, 19)),
        {
          traits: active,
        },
      ),
      inside(
        'The last just fourteen days ago',
        'Le dernier il y a tout juste quatorze jours',
        each(READ, DAYS(40, 33, 26, 14)),
        {
          traits: active,
        },
      ),
      outside('Reads still', 'Lit encore', each(READ, DAYS(40, 33, 26, 19, 2)), { traits: active }),
      outside('Does not subscribe', 'N’est pas abonné', each(READ, DAYS(40, 33, 26, 19))),
    ],
  }),
  media({
    key: 'wavering-subscribers',
    name: { en: 'Began to cancel and did not', fr: 'Ont commencé à résilier sans le faire' },
    purpose: {
      en: 'A person from your team calls, or a pause is offered.',
      fr: 'Un appel de votre équipe, ou la proposition d’une pause.',
    },
    condition: all(
      unless('Subscription Cancellation Started', 'Subscription Cancelled', 'PT1H'),
      atLeast(1, 'Subscription Cancellation Started', 'P14D'),
    ),
    parameters: adapt(['conditions.1.window.last', 'For how long', 'Pendant combien de temps']),
    people: [
      inside('Thought again', 'S’est ravisé', [did('Subscription Cancellation Started', 2 * DAY)]),
      inside('Cancelled before and came back', 'Avait résilié, puis est revenu', [
        did('Subscription Cancellation Started', 90 * DAY),
        did('Subscription Cancelled', 90 * DAY - MINUTE),
        did('Subscription Started', 60 * DAY),
        did('Subscription Cancellation Started', 2 * DAY),
      ]),
      outside('Cancelled', 'A résilié', [
        did('Subscription Cancellation Started', 2 * DAY),
        did('Subscription Cancelled', 2 * DAY - MINUTE),
      ]),
      outside('Two weeks ago to the second', 'Il y a deux semaines, à la seconde près', [
        did('Subscription Cancellation Started', 14 * DAY),
      ]),
    ],
  }),
  media({
    key: 'renewal-soon',
    name: { en: 'Renewal soon', fr: 'Renouvellement proche' },
    purpose: {
      en: 'Subscriptions that end in the next month and do not renew by themselves.',
      fr: 'Les abonnements qui finissent dans le mois et ne se renouvellent pas seuls.',
    },
    condition: all(
      { type: 'trait', trait: 'renewalDate', operator: 'within_next', value: 'P30D' },
      { type: 'trait', trait: 'autoRenew', operator: 'equals', value: false },
    ),
    parameters: adapt(['conditions.0.value', 'How long before', 'Combien de temps avant']),
    people: [
      inside('Ends in two weeks', 'Finit dans deux semaines', [], {
        traits: (at) => ({ renewalDate: iso(at + 14 * DAY), autoRenew: false }),
      }),
      inside('Thirty days to the second', 'Trente jours, à la seconde près', [], {
        traits: (at) => ({ renewalDate: iso(at + 30 * DAY), autoRenew: false }),
      }),
      outside('A second more', 'Une seconde de plus', [], {
        traits: (at) => ({ renewalDate: iso(at + 30 * DAY + SECOND), autoRenew: false }),
      }),
      outside('Renews by itself', 'Se renouvelle tout seul', [], {
        traits: (at) => ({ renewalDate: iso(at + 14 * DAY), autoRenew: true }),
      }),
      outside('Ended this second', 'Fini à l’instant', [], {
        traits: (at) => ({ renewalDate: iso(at), autoRenew: false }),
      }),
    ],
  }),
  media({
    key: 'weekend-mornings',
    name: { en: 'On weekend mornings', fr: 'Les matins de week-end' },
    purpose: {
      en: 'The long read, at the moment when there is time for it.',
      fr: 'Le long format, au moment où l’on a le temps.',
    },
    condition: all(
      { type: 'now', weekdays: ['saturday', 'sunday'], from: '07:00', to: '11:00' },
      atLeast(2, READ, 'P30D'),
    ),
    parameters: adapt(
      ['conditions.0.from', 'From', 'À partir de'],
      ['conditions.0.to', 'Until', 'Jusqu’à'],
    ),
    people: [
      inside(
        'Saturday at half past eight',
        'Samedi à huit heures et demie',
        [did(READ, 9 * DAY, {}, UTC), did(READ, DAY, {}, UTC)],
        { at: latest('saturday', 8, 30) },
      ),
      inside(
        'Saturday at seven sharp',
        'Samedi à sept heures pile',
        [did(READ, 9 * DAY, {}, UTC), did(READ, DAY, {}, UTC)],
        { at: latest('saturday', 7) },
      ),
      outside(
        'Saturday at eleven sharp',
        'Samedi à onze heures pile',
        [did(READ, 9 * DAY, {}, UTC), did(READ, DAY, {}, UTC)],
        { at: latest('saturday', 11) },
      ),
      outside(
        'Monday at half past eight',
        'Lundi à huit heures et demie',
        [did(READ, 9 * DAY, {}, UTC), did(READ, DAY, {}, UTC)],
        { at: latest('monday', 8, 30) },
      ),
    ],
  }),
]
