import { DAY, HOUR, MINUTE, SECOND } from '../../protocol/time.ts'
import {
  adapt,
  all,
  atLeast,
  day,
  did,
  each,
  inside,
  is,
  iso,
  memberOf,
  not,
  outside,
  unless,
  type ReadySegment,
} from './build.ts'

const SEARCH = 'Products Searched'
const BOOKED = 'Order Completed'
const DAYS = (...counts: readonly number[]) => counts.map((count) => count * DAY)
const travel = (segment: Omit<ReadySegment, 'trade'>): ReadySegment => ({
  trade: 'travel',
  ...segment,
})
const departs = (value: string) =>
  ({ type: 'trait', trait: 'nextDeparture', operator: 'within_next', value }) as const
const leaving = (ahead: number) => ({
  traits: (at: number) => ({ nextDeparture: iso(at + ahead) }),
})

/** What sellers of travel ask for. A booking is an order. */
export const TRAVEL: readonly ReadySegment[] = [
  travel({
    key: 'searched-not-booked',
    name: { en: 'Searched, not booked', fr: 'Ont cherché sans réserver' },
    purpose: {
      en: 'Bring back the search with its dates and prices.',
      fr: 'Rappeler la recherche avec ses dates et ses prix.',
    },
    condition: all(unless(SEARCH, BOOKED, 'P1D'), atLeast(1, SEARCH, 'P14D')),
    parameters: adapt(
      ['conditions.0.within', 'How long to wait for a booking', 'Délai laissé à la réservation'],
      ['conditions.1.window.last', 'How old a search may be', 'Âge maximal de la recherche'],
    ),
    people: [
      inside('Searched three days ago', 'A cherché il y a trois jours', [
        did(SEARCH, 3 * DAY, { query: 'Lisbon' }),
      ]),
      inside('Booked before, searches again', 'A réservé avant, cherche de nouveau', [
        did(SEARCH, 40 * DAY, { query: 'Rome' }),
        did(BOOKED, 39 * DAY, { total: 400 }),
        did(SEARCH, 2 * DAY, { query: 'Lisbon' }),
      ]),
      outside('Booked the same evening', 'A réservé le soir même', [
        did(SEARCH, 3 * DAY, { query: 'Lisbon' }),
        did(BOOKED, 3 * DAY - 8 * HOUR, { total: 400 }),
      ]),
      outside('Not a day yet', 'Pas encore un jour', [did(SEARCH, DAY - SECOND)]),
      outside('Two weeks ago to the second', 'Il y a deux semaines, à la seconde près', [
        did(SEARCH, 14 * DAY),
      ]),
    ],
  }),
  travel({
    key: 'undecided-travellers',
    name: { en: 'Undecided where to go', fr: 'Hésitent sur la destination' },
    purpose: {
      en: 'Inspire: compare destinations, show when each is at its best.',
      fr: 'Inspirer : comparer les destinations, montrer la meilleure saison de chacune.',
    },
    condition: {
      type: 'performed',
      event: SEARCH,
      measure: 'distinct',
      property: 'destination',
      operator: 'gte',
      value: 3,
      window: { last: 'P14D' },
    },
    parameters: adapt(
      ['value', 'How many destinations', 'Nombre de destinations'],
      ['window.last', 'In how long', 'Sur quelle durée'],
    ),
    people: [
      inside('Three cities', 'Trois villes', [
        did(SEARCH, 3 * DAY, { destination: 'LIS' }),
        did(SEARCH, 2 * DAY, { destination: 'ROM' }),
        did(SEARCH, DAY, { destination: 'ATH' }),
      ]),
      inside('The first is almost two weeks old', 'La première a presque deux semaines', [
        did(SEARCH, 14 * DAY - SECOND, { destination: 'LIS' }),
        did(SEARCH, 2 * DAY, { destination: 'ROM' }),
        did(SEARCH, DAY, { destination: 'ATH' }),
      ]),
      outside('The same city three times', 'Trois fois la même ville', [
        ...each(SEARCH, DAYS(3, 2, 1), { destination: 'LIS' }),
      ]),
      outside('The first no longer counts', 'La première ne compte plus', [
        did(SEARCH, 14 * DAY, { destination: 'LIS' }),
        did(SEARCH, 2 * DAY, { destination: 'ROM' }),
        did(SEARCH, DAY, { destination: 'ATH' }),
      ]),
    ],
  }),
  travel({
    key: 'about-to-book',
    name: { en: 'About to book', fr: 'Sur le point de réserver' },
    purpose: {
      en: 'Searched, looked and began to book in one go: no distraction, reassurance.',
      fr: 'Ont cherché, regardé et commencé à réserver d’une traite : rassurer sans distraire.',
    },
    condition: {
      type: 'sequence',
      steps: [
        { event: SEARCH },
        { event: 'Product Viewed', within: 'PT30M' },
        { event: 'Checkout Started', within: 'PT30M' },
      ],
      window: { last: 'PT2H' },
    },
    parameters: adapt(
      ['steps.1.within', 'From search to look', 'De la recherche à la visite'],
      ['window.last', 'How recent', 'Depuis combien de temps'],
    ),
    people: [
      inside('In a quarter of an hour', 'En un quart d’heure', [
        did(SEARCH, 30 * MINUTE),
        did('Product Viewed', 25 * MINUTE),
        did('Checkout Started', 15 * MINUTE),
      ]),
      inside('Half an hour each, to the second', 'Une demi-heure chacun, à la seconde près', [
        did(SEARCH, 70 * MINUTE),
        did('Product Viewed', 40 * MINUTE),
        did('Checkout Started', 10 * MINUTE),
      ]),
      outside('A second too slow', 'Une seconde de trop', [
        did(SEARCH, 70 * MINUTE + SECOND),
        did('Product Viewed', 40 * MINUTE),
        did('Checkout Started', 10 * MINUTE),
      ]),
      outside('The other way round', 'Dans l’autre sens', [
        did('Checkout Started', 30 * MINUTE),
        did('Product Viewed', 20 * MINUTE),
        did(SEARCH, 10 * MINUTE),
      ]),
    ],
  }),
  travel({
    key: 'abandoned-booking',
    name: { en: 'Abandoned bookings', fr: 'Réservations abandonnées' },
    purpose: {
      en: 'Hold the price for those who stopped at the form.',
      fr: 'Garder le prix pour ceux qui se sont arrêtés au formulaire.',
    },
    condition: all(
      unless('Checkout Started', BOOKED, 'PT1H', 'order_id'),
      atLeast(1, 'Checkout Started', 'P2D'),
    ),
    parameters: adapt(
      ['conditions.0.within', 'How long to wait', 'Délai d’attente'],
      ['conditions.1.window.last', 'For how long', 'Pendant combien de temps'],
    ),
    people: [
      inside('Stopped five hours ago', 'Arrêté il y a cinq heures', [
        did('Checkout Started', 5 * HOUR, { order_id: 'o1' }),
      ]),
      inside('Just an hour ago', 'Il y a tout juste une heure', [
        did('Checkout Started', HOUR, { order_id: 'o1' }),
      ]),
      outside('Booked', 'A réservé', [
        did('Checkout Started', 5 * HOUR, { order_id: 'o1' }),
        did(BOOKED, 5 * HOUR - 20 * MINUTE, { order_id: 'o1', total: 300 }),
      ]),
      outside('Two days ago to the second', 'Il y a deux jours, à la seconde près', [
        did('Checkout Started', 2 * DAY, { order_id: 'o1' }),
      ]),
    ],
  }),
  travel({
    key: 'trip-soon',
    name: { en: 'Trip soon', fr: 'Départ proche' },
    purpose: {
      en: 'What to pack, how to get there, weather: no advertising for other trips.',
      fr: 'Quoi emporter, comment venir, la météo : pas de publicité pour d’autres voyages.',
    },
    condition: departs('P7D'),
    parameters: adapt(
      ['trait', 'Trait with the date of departure', 'Trait qui porte la date de départ'],
      ['value', 'How long before', 'Combien de temps avant'],
    ),
    people: [
      inside('Leaves in three days', 'Part dans trois jours', [], leaving(3 * DAY)),
      inside('A week to the second', 'Une semaine, à la seconde près', [], leaving(7 * DAY)),
      outside('A second more', 'Une seconde de plus', [], leaving(7 * DAY + SECOND)),
      outside('Leaves this second', 'Part à l’instant', [], leaving(0)),
      outside('No trip', 'Aucun voyage', [did(SEARCH, DAY)]),
    ],
  }),
  travel({
    key: 'trip-without-extras',
    name: { en: 'Trip soon, no extras', fr: 'Départ proche, sans options' },
    purpose: {
      en: 'Offer a seat, luggage, a car to those who leave soon and took none.',
      fr: 'Proposer siège, bagage ou voiture à ceux qui partent bientôt sans en avoir pris.',
    },
    condition: all(
      departs('P21D'),
      not(atLeast(1, 'Product Added', 'P90D', [is('category', 'extras')])),
    ),
    parameters: adapt(
      ['conditions.0.value', 'How long before', 'Combien de temps avant'],
      ['conditions.1.condition.where.0.value', 'Category of extras', 'Catégorie des options'],
    ),
    people: [
      inside('Leaves in two weeks', 'Part dans deux semaines', [], leaving(14 * DAY)),
      inside(
        'Took the trip alone',
        'N’a pris que le voyage',
        [did('Product Added', 10 * DAY, { category: 'flights' })],
        leaving(14 * DAY),
      ),
      outside(
        'Took luggage',
        'A pris un bagage',
        [did('Product Added', 10 * DAY, { category: 'extras' })],
        leaving(14 * DAY),
      ),
      outside('Leaves in two months', 'Part dans deux mois', [], leaving(60 * DAY)),
    ],
  }),
  travel({
    key: 'just-back',
    name: { en: 'Just back', fr: 'Tout juste rentrés' },
    purpose: {
      en: 'Ask how it was, as long as they have not said.',
      fr: 'Demander comment c’était, tant qu’ils ne l’ont pas dit.',
    },
    condition: all(
      { type: 'trait', trait: 'lastReturn', operator: 'within_last', value: 'P7D' },
      not(atLeast(1, 'Product Reviewed', 'P7D')),
    ),
    parameters: adapt(['conditions.0.value', 'For how long to ask', 'Pendant combien de temps']),
    people: [
      inside('Back for two days', 'Rentré depuis deux jours', [], {
        traits: (at) => ({ lastReturn: iso(at - 2 * DAY) }),
      }),
      inside('Back this second', 'Rentré à l’instant', [], {
        traits: (at) => ({ lastReturn: iso(at) }),
      }),
      outside('Has reviewed it', 'A donné son avis', [did('Product Reviewed', DAY)], {
        traits: (at) => ({ lastReturn: iso(at - 2 * DAY) }),
      }),
      outside('A week ago to the second', 'Il y a une semaine, à la seconde près', [], {
        traits: (at) => ({ lastReturn: iso(at - 7 * DAY) }),
      }),
    ],
  }),
  travel({
    key: 'booked-this-time-last-year',
    name: { en: 'Booked at this time in an earlier year', fr: 'Réservaient à cette période' },
    purpose: {
      en: 'People plan at the same time every year: be there then.',
      fr: 'On prépare ses vacances à la même époque : être là à ce moment.',
    },
    condition: all(
      { type: 'trait', trait: 'lastBookingDate', operator: 'anniversary', value: 'P30D' },
      not(atLeast(1, BOOKED, 'P180D')),
    ),
    parameters: adapt(['conditions.0.value', 'How long before', 'Combien de temps avant']),
    people: [
      inside(
        'Last year, in two weeks',
        'L’an dernier, dans deux semaines',
        [did(BOOKED, 351 * DAY, { total: 800 })],
        { traits: (at) => ({ lastBookingDate: day(at - 351 * DAY) }) },
      ),
      inside('Two years ago', 'Il y a deux ans', [], {
        traits: (at) => ({ lastBookingDate: day(at - 716 * DAY) }),
      }),
      outside('Has booked already', 'A déjà réservé', [did(BOOKED, 9 * DAY, { total: 800 })], {
        traits: (at) => ({ lastBookingDate: day(at - 351 * DAY) }),
      }),
      outside('In another season', 'À une autre saison', [], {
        traits: (at) => ({ lastBookingDate: day(at - 200 * DAY) }),
      }),
    ],
  }),
  travel({
    key: 'frequent-travellers',
    name: { en: 'Frequent travellers', fr: 'Grands voyageurs' },
    purpose: {
      en: 'Thank them: lounge, upgrade, no waiting.',
      fr: 'Les remercier : salon, surclassement, pas d’attente.',
    },
    condition: atLeast(3, BOOKED, 'P365D'),
    parameters: adapt(
      ['value', 'How many bookings', 'Nombre de réservations'],
      ['window.last', 'In how long', 'Sur quelle durée'],
    ),
    people: [
      inside('Three in a year', 'Trois en un an', each(BOOKED, DAYS(300, 150, 20), { total: 200 })),
      inside('The eldest counts one more second', 'La plus ancienne compte encore une seconde', [
        ...each(BOOKED, [365 * DAY - SECOND, 150 * DAY, 20 * DAY], { total: 200 }),
      ]),
      outside('The eldest no longer counts', 'La plus ancienne ne compte plus', [
        ...each(BOOKED, DAYS(365, 150, 20), { total: 200 }),
      ]),
      outside('Searches a lot', 'Cherche beaucoup', each(SEARCH, DAYS(300, 150, 20))),
    ],
  }),
  travel({
    key: 'frequent-going-elsewhere',
    name: { en: 'Frequent travellers going elsewhere', fr: 'Grands voyageurs partis ailleurs' },
    purpose: {
      en: 'They used to book and do not even search any more.',
      fr: 'Ils réservaient et ne cherchent même plus.',
    },
    condition: all(
      memberOf('frequent-travellers'),
      not(atLeast(1, SEARCH, 'P60D')),
      not(atLeast(1, BOOKED, 'P60D')),
    ),
    parameters: adapt([
      'conditions.1.condition.window.last',
      'How long without a search',
      'Combien de temps sans recherche',
    ]),
    people: [
      inside('Silent for three months', 'Silencieux depuis trois mois', [
        ...each(BOOKED, DAYS(300, 200, 100), { total: 200 }),
      ]),
      inside('Searched just sixty days ago', 'A cherché il y a tout juste soixante jours', [
        ...each(BOOKED, DAYS(300, 200, 100), { total: 200 }),
        did(SEARCH, 60 * DAY),
      ]),
      outside('Searches again', 'Cherche de nouveau', [
        ...each(BOOKED, DAYS(300, 200, 100), { total: 200 }),
        did(SEARCH, 3 * DAY),
      ]),
      outside('Never came often', 'N’est jamais venu souvent', [
        did(BOOKED, 100 * DAY, { total: 200 }),
      ]),
    ],
  }),
  travel({
    key: 'at-the-airport',
    name: { en: 'At the airport today', fr: 'À l’aéroport aujourd’hui' },
    purpose: {
      en: 'Gate, lounge and delays for those who leave within a day and are there.',
      fr: 'Porte, salon et retards pour ceux qui partent dans la journée et y sont.',
    },
    condition: all(departs('P1D'), {
      type: 'context',
      near: { lat: 49.01, lon: 2.55, km: 8 },
      scope: 'session',
    }),
    parameters: adapt(
      ['conditions.1.near.lat', 'Latitude of the airport', 'Latitude de l’aéroport'],
      ['conditions.1.near.lon', 'Longitude of the airport', 'Longitude de l’aéroport'],
    ),
    people: [
      inside(
        'Waits for the flight',
        'Attend son vol',
        [did('Page Viewed', MINUTE, {}, { location: '49.00,2.57' })],
        leaving(2 * HOUR),
      ),
      inside(
        'A day before, to the second',
        'Un jour avant, à la seconde près',
        [did('Page Viewed', MINUTE, {}, { location: '49.01,2.55' })],
        leaving(DAY),
      ),
      outside(
        'Was there an hour ago',
        'Y était il y a une heure',
        [did('Page Viewed', HOUR, {}, { location: '49.00,2.57' })],
        leaving(2 * HOUR),
      ),
      outside(
        'Still in town',
        'Encore en ville',
        [did('Page Viewed', MINUTE, {}, { location: '48.86,2.35' })],
        leaving(2 * HOUR),
      ),
    ],
  }),
  travel({
    key: 'cancelled-not-rebooked',
    name: { en: 'Cancelled, not booked again', fr: 'Annulés, non réservés de nouveau' },
    purpose: {
      en: 'Offer other dates, or the voucher.',
      fr: 'Proposer d’autres dates, ou l’avoir.',
    },
    condition: all(unless('Order Cancelled', BOOKED, 'P7D'), atLeast(1, 'Order Cancelled', 'P60D')),
    parameters: adapt(['conditions.0.within', 'How long to wait', 'Délai d’attente']),
    people: [
      inside('Cancelled two weeks ago', 'Annulé il y a deux semaines', [
        did(BOOKED, 40 * DAY, { total: 500 }),
        did('Order Cancelled', 14 * DAY),
      ]),
      inside('Just a week ago', 'Il y a tout juste une semaine', [did('Order Cancelled', 7 * DAY)]),
      outside('Booked other dates', 'A pris d’autres dates', [
        did('Order Cancelled', 14 * DAY),
        did(BOOKED, 10 * DAY, { total: 500 }),
      ]),
      outside('Not a week yet', 'Pas encore une semaine', [
        did('Order Cancelled', 7 * DAY - SECOND),
      ]),
    ],
  }),
]
