import { DAY, HOUR, MINUTE, SECOND } from '../../protocol/time.ts'
import {
  adapt,
  all,
  any,
  atLeast,
  birthday,
  did,
  each,
  habit,
  inside,
  is,
  memberOf,
  not,
  outside,
  unless,
  type ReadySegment,
} from './build.ts'

const ORDER = 'Order Completed'
const DAYS = (...counts: readonly number[]) => counts.map((count) => count * DAY)
const shop = (segment: Omit<ReadySegment, 'trade'>): ReadySegment => ({ trade: 'shop', ...segment })

/** What shops ask for. */
export const SHOP: readonly ReadySegment[] = [
  shop({
    key: 'open-basket',
    name: { en: 'Open baskets', fr: 'Paniers laissés ouverts' },
    purpose: {
      en: 'Remind people of what is waiting in their basket. The order must carry the cart_id of the basket.',
      fr: 'Rappeler ce qui attend dans le panier. La commande doit porter le cart_id du panier.',
    },
    condition: all(
      unless('Product Added', ORDER, 'PT2H', 'cart_id'),
      atLeast(1, 'Product Added', 'P7D'),
    ),
    parameters: adapt(
      ['conditions.0.within', 'How long to wait for the order', 'Délai laissé à la commande'],
      ['conditions.1.window.last', 'How old a basket may be', 'Âge maximal du panier'],
    ),
    people: [
      inside('Filled a basket this morning', 'A rempli un panier ce matin', [
        did('Product Added', 5 * HOUR, { cart_id: 'c1', product_id: 'p1' }),
      ]),
      inside('Two hours to the second', 'Deux heures, à la seconde près', [
        did('Product Added', 2 * HOUR, { cart_id: 'c1' }),
      ]),
      inside('Ordered another basket', 'A commandé un autre panier', [
        did('Product Added', 5 * HOUR, { cart_id: 'c2' }),
        did(ORDER, 4 * HOUR, { cart_id: 'c1', order_id: 'o1', total: 40 }),
      ]),
      outside('Still shopping', 'Encore en train de choisir', [
        did('Product Added', 2 * HOUR - SECOND, { cart_id: 'c1' }),
      ]),
      outside('Ordered this basket', 'A commandé ce panier', [
        did('Product Added', 5 * HOUR, { cart_id: 'c1' }),
        did(ORDER, 4 * HOUR, { cart_id: 'c1', order_id: 'o1', total: 40 }),
      ]),
      outside('A week old to the second', 'Une semaine, à la seconde près', [
        did('Product Added', 7 * DAY, { cart_id: 'c1' }),
      ]),
    ],
  }),
  shop({
    key: 'abandoned-checkout',
    name: { en: 'Abandoned checkouts', fr: 'Commandes abandonnées en cours' },
    purpose: {
      en: 'Help those who began to pay and stopped: delivery, means of payment, a question.',
      fr: 'Aider qui a commencé à payer puis s’est arrêté : livraison, paiement, une question.',
    },
    condition: all(
      unless('Checkout Started', ORDER, 'PT1H', 'order_id'),
      atLeast(1, 'Checkout Started', 'P3D'),
    ),
    parameters: adapt(
      ['conditions.0.within', 'How long to wait for the order', 'Délai laissé à la commande'],
      ['conditions.1.window.last', 'For how long to help', 'Pendant combien de temps aider'],
    ),
    people: [
      inside('Stopped at payment yesterday', 'S’est arrêté au paiement hier', [
        did('Checkout Started', DAY, { order_id: 'o1' }),
      ]),
      inside('Tried twice, finished the first', 'Deux essais, le premier abouti', [
        did('Checkout Started', 30 * HOUR, { order_id: 'o1' }),
        did(ORDER, 29 * HOUR + 30 * MINUTE, { order_id: 'o1', total: 30 }),
        did('Checkout Started', 20 * HOUR, { order_id: 'o2' }),
      ]),
      outside('Paid within the hour', 'A payé dans l’heure', [
        did('Checkout Started', DAY, { order_id: 'o1' }),
        did(ORDER, DAY - 59 * MINUTE, { order_id: 'o1', total: 30 }),
      ]),
      outside('Still paying', 'Est en train de payer', [
        did('Checkout Started', HOUR - SECOND, { order_id: 'o1' }),
      ]),
    ],
  }),
  shop({
    key: 'category-interest',
    name: { en: 'Interested in a category', fr: 'Intéressés par une catégorie' },
    purpose: {
      en: 'Show more of what they keep looking at, until they have bought.',
      fr: 'Montrer davantage de ce qu’ils regardent, jusqu’à l’achat.',
    },
    condition: all(
      atLeast(3, 'Product Viewed', 'P7D', [is('category', 'shoes')]),
      not(atLeast(1, ORDER, 'P7D')),
    ),
    parameters: adapt(
      ['conditions.0.where.0.value', 'Category', 'Catégorie'],
      ['conditions.0.value', 'How many views', 'Nombre de vues'],
      ['conditions.0.window.last', 'In how long', 'Sur quelle durée'],
    ),
    people: [
      inside('Three shoes in a week', 'Trois chaussures en une semaine', [
        ...each('Product Viewed', DAYS(1, 2, 6), { category: 'shoes' }),
      ]),
      inside('Bought before that', 'Avait acheté avant', [
        did(ORDER, 20 * DAY, { total: 50 }),
        ...each('Product Viewed', [HOUR, 2 * HOUR, 3 * HOUR], { category: 'shoes' }),
      ]),
      outside('The first view is just a week old', 'La première vue a tout juste une semaine', [
        ...each('Product Viewed', DAYS(1, 2, 7), { category: 'shoes' }),
      ]),
      outside('Looked at hats', 'A regardé des chapeaux', [
        ...each('Product Viewed', DAYS(1, 2, 3), { category: 'hats' }),
      ]),
      outside('Has bought since', 'A acheté depuis', [
        ...each('Product Viewed', DAYS(2, 3, 4), { category: 'shoes' }),
        did(ORDER, DAY, { total: 50 }),
      ]),
    ],
  }),
  shop({
    key: 'wishlist-waiting',
    name: { en: 'Wishes that wait', fr: 'Envies en attente' },
    purpose: {
      en: 'Tell them when something they wished for is back or cheaper.',
      fr: 'Prévenir quand un produit souhaité revient ou baisse de prix.',
    },
    condition: all(
      {
        type: 'notFollowedBy',
        event: 'Product Added to Wishlist',
        then: { event: 'Product Added', same: 'product_id' },
        within: 'P3D',
        since: 'any',
      },
      atLeast(1, 'Product Added to Wishlist', 'P90D'),
    ),
    parameters: adapt([
      'conditions.0.within',
      'How long to leave them time',
      'Temps de réflexion laissé',
    ]),
    people: [
      inside('Wished a week ago', 'A fait un souhait il y a une semaine', [
        did('Product Added to Wishlist', 7 * DAY, { product_id: 'p1' }),
      ]),
      inside('One of two wishes waits', 'Un souhait sur deux attend', [
        did('Product Added to Wishlist', 9 * DAY, { product_id: 'p1' }),
        did('Product Added to Wishlist', 8 * DAY, { product_id: 'p2' }),
        did('Product Added', 7 * DAY, { product_id: 'p2' }),
      ]),
      outside('Not three days yet', 'Pas encore trois jours', [
        did('Product Added to Wishlist', 3 * DAY - SECOND, { product_id: 'p1' }),
      ]),
      outside('Took it the next day', 'L’a pris le lendemain', [
        did('Product Added to Wishlist', 7 * DAY, { product_id: 'p1' }),
        did('Product Added', 6 * DAY, { product_id: 'p1' }),
      ]),
    ],
  }),
  shop({
    key: 'first-order',
    name: { en: 'First order', fr: 'Première commande' },
    purpose: {
      en: 'Welcome new customers and lead them to a second order.',
      fr: 'Accueillir les nouveaux clients et les mener à une deuxième commande.',
    },
    condition: habit(ORDER, 'first-time', 'P30D'),
    parameters: adapt([
      'period',
      'For how long somebody is new',
      'Combien de temps on est nouveau',
    ]),
    people: [
      inside('Ordered for the first time last week', 'Première commande la semaine dernière', [
        did(ORDER, 6 * DAY, { total: 35 }),
      ]),
      inside('On the last second', 'À la dernière seconde', [
        did(ORDER, 30 * DAY - SECOND, { total: 35 }),
      ]),
      outside('New for just thirty days', 'Trente jours tout juste', [
        did(ORDER, 30 * DAY, { total: 35 }),
      ]),
      outside('Second order', 'Deuxième commande', [...each(ORDER, DAYS(40, 2), { total: 35 })]),
    ],
  }),
  shop({
    key: 'loyal-customers',
    name: { en: 'Loyal customers', fr: 'Clients fidèles' },
    purpose: {
      en: 'Reward those who come back: early access, thanks, a say.',
      fr: 'Récompenser qui revient : accès en avant-première, remerciements, avis.',
    },
    condition: atLeast(3, ORDER, 'P180D'),
    parameters: adapt(
      ['value', 'How many orders', 'Nombre de commandes'],
      ['window.last', 'In how long', 'Sur quelle durée'],
    ),
    people: [
      inside('Three orders in half a year', 'Trois commandes en six mois', [
        ...each(ORDER, DAYS(170, 80, 10), { total: 40 }),
      ]),
      inside('The eldest counts one more second', 'La plus ancienne compte encore une seconde', [
        ...each(ORDER, [180 * DAY - SECOND, 80 * DAY, 10 * DAY], { total: 40 }),
      ]),
      outside('The eldest no longer counts', 'La plus ancienne ne compte plus', [
        ...each(ORDER, DAYS(180, 80, 10), { total: 40 }),
      ]),
      outside('Two orders', 'Deux commandes', [...each(ORDER, DAYS(30, 10), { total: 400 })]),
    ],
  }),
  shop({
    key: 'loyal-going-quiet',
    name: { en: 'Loyal customers going quiet', fr: 'Clients fidèles qui se taisent' },
    purpose: {
      en: 'Ask after good customers before they are lost.',
      fr: 'Prendre des nouvelles des bons clients avant de les perdre.',
    },
    condition: all(memberOf('loyal-customers'), not(atLeast(1, ORDER, 'P45D'))),
    parameters: adapt([
      'conditions.1.condition.window.last',
      'How long without an order',
      'Combien de temps sans commande',
    ]),
    people: [
      inside('Three orders, none in two months', 'Trois commandes, aucune depuis deux mois', [
        ...each(ORDER, DAYS(150, 100, 60), { total: 40 }),
      ]),
      inside('The last is just 45 days old', 'La dernière a tout juste 45 jours', [
        ...each(ORDER, DAYS(150, 100, 45), { total: 40 }),
      ]),
      outside('Ordered last week', 'A commandé la semaine dernière', [
        ...each(ORDER, DAYS(150, 100, 7), { total: 40 }),
      ]),
      outside('Was never loyal', 'N’a jamais été fidèle', [did(ORDER, 60 * DAY, { total: 40 })]),
    ],
  }),
  shop({
    key: 'lapsed-buyers',
    name: { en: 'Lapsed buyers', fr: 'Acheteurs perdus de vue' },
    purpose: {
      en: 'Win back those who bought every month and did not this month.',
      fr: 'Reconquérir ceux qui achetaient chaque mois et n’ont rien pris ce mois-ci.',
    },
    condition: habit(ORDER, 'stopped', 'P30D', 3),
    parameters: adapt(
      ['period', 'Rhythm of buying', 'Rythme d’achat'],
      ['of', 'For how many periods they kept it', 'Pendant combien de périodes'],
    ),
    people: [
      inside('Each of three months, then none', 'Trois mois de suite, puis rien', [
        ...each(ORDER, DAYS(110, 80, 45), { total: 25 }),
      ]),
      inside('The last is just thirty days old', 'La dernière a tout juste trente jours', [
        ...each(ORDER, DAYS(110, 80, 30), { total: 25 }),
      ]),
      outside('Bought this month', 'A acheté ce mois-ci', [
        ...each(ORDER, DAYS(110, 80, 45, 3), { total: 25 }),
      ]),
      outside('Missed one month before', 'A sauté un mois auparavant', [
        ...each(ORDER, DAYS(110, 45), { total: 25 }),
      ]),
    ],
  }),
  shop({
    key: 'big-spenders',
    name: { en: 'Big spenders', fr: 'Gros paniers' },
    purpose: {
      en: 'Serve the customers worth most in person.',
      fr: 'Soigner personnellement les clients qui dépensent le plus.',
    },
    condition: {
      type: 'performed',
      event: ORDER,
      measure: 'sum',
      property: 'total',
      operator: 'gte',
      value: 500,
      window: { last: 'P365D' },
    },
    parameters: adapt(
      ['value', 'How much they spent', 'Montant dépensé'],
      ['window.last', 'In how long', 'Sur quelle durée'],
    ),
    people: [
      inside('500 in two orders', '500 en deux commandes', [
        did(ORDER, 200 * DAY, { total: 499.5 }),
        did(ORDER, 10 * DAY, { total: 0.5 }),
      ]),
      inside('One large order', 'Une grosse commande', [did(ORDER, 90 * DAY, { total: 1200 })]),
      outside('A cent short', 'À un centime près', [did(ORDER, 10 * DAY, { total: 499.99 })]),
      outside('A year ago to the second', 'Il y a un an, à la seconde près', [
        did(ORDER, 365 * DAY, { total: 900 }),
      ]),
    ],
  }),
  shop({
    key: 'price-sensitive',
    name: { en: 'Price-sensitive', fr: 'Sensibles au prix' },
    purpose: {
      en: 'Send offers to those who wait for them, and spare the margin elsewhere.',
      fr: 'Réserver les promotions à ceux qui les attendent et garder la marge ailleurs.',
    },
    condition: any(
      atLeast(2, 'Coupon Applied', 'P90D'),
      atLeast(2, ORDER, 'P180D', [{ property: 'coupon', operator: 'exists' }]),
    ),
    parameters: adapt(
      ['conditions.0.value', 'How many coupons', 'Nombre de bons'],
      ['conditions.1.value', 'How many orders with one', 'Nombre de commandes avec un bon'],
    ),
    people: [
      inside('Tried two coupons', 'A essayé deux bons de réduction', [
        ...each('Coupon Applied', DAYS(50, 3), { coupon_id: 'SPRING' }),
      ]),
      inside('Orders with a coupon', 'Commande avec un bon', [
        ...each(ORDER, DAYS(150, 20), { total: 20, coupon: 'SPRING' }),
      ]),
      outside('One coupon only', 'Un seul bon', [
        did('Coupon Applied', 3 * DAY, { coupon_id: 'SPRING' }),
        did(ORDER, 2 * DAY, { total: 20, coupon: 'SPRING' }),
      ]),
      outside('Pays the full price', 'Paie le prix fort', [
        ...each(ORDER, DAYS(150, 20, 4), { total: 20 }),
      ]),
    ],
  }),
  shop({
    key: 'birthday-soon',
    name: { en: 'Customers with a birthday soon', fr: 'Clients bientôt à la fête' },
    purpose: {
      en: 'A small present in the week before the birthday of whoever has bought before.',
      fr: 'Une attention la semaine avant l’anniversaire de qui a déjà acheté.',
    },
    condition: all(
      { type: 'trait', trait: 'birthday', operator: 'anniversary', value: 'P7D' },
      atLeast(1, ORDER),
    ),
    parameters: adapt(['conditions.0.value', 'How long before', 'Combien de temps avant']),
    people: [
      inside('In five days', 'Dans cinq jours', [did(ORDER, 90 * DAY, { total: 30 })], {
        traits: (at) => ({ birthday: birthday(at + 5 * DAY) }),
      }),
      inside('Tomorrow', 'Demain', [did(ORDER, 3 * DAY, { total: 30 })], {
        traits: (at) => ({ birthday: birthday(at + DAY) }),
      }),
      outside('In nine days', 'Dans neuf jours', [did(ORDER, 90 * DAY, { total: 30 })], {
        traits: (at) => ({ birthday: birthday(at + 9 * DAY) }),
      }),
      outside('Has never bought', 'N’a jamais acheté', [], {
        traits: (at) => ({ birthday: birthday(at + 5 * DAY) }),
      }),
    ],
  }),
  shop({
    key: 'near-the-shop',
    name: { en: 'Near the shop', fr: 'Près du magasin' },
    purpose: {
      en: 'Invite those who looked around online and live or work close by.',
      fr: 'Inviter ceux qui ont regardé en ligne et se trouvent à côté.',
    },
    condition: all(
      { type: 'context', near: { lat: 48.86, lon: 2.35, km: 10 }, scope: 'now' },
      atLeast(2, 'Product Viewed', 'P14D'),
    ),
    parameters: adapt(
      ['conditions.0.near.lat', 'Latitude of the shop', 'Latitude du magasin'],
      ['conditions.0.near.lon', 'Longitude of the shop', 'Longitude du magasin'],
      ['conditions.0.near.km', 'How many kilometres', 'Nombre de kilomètres'],
    ),
    people: [
      inside('Round the corner', 'Au coin de la rue', [
        did('Product Viewed', 2 * DAY, {}, { location: '48.87,2.36' }),
        did('Product Viewed', HOUR, {}, { location: '48.87,2.36' }),
      ]),
      inside('Came closer', 'S’est rapproché', [
        did('Product Viewed', 2 * DAY, {}, { location: '43.30,5.37' }),
        did('Product Viewed', HOUR, {}, { location: '48.83,2.30' }),
      ]),
      outside('Gone home since', 'Rentré depuis', [
        did('Product Viewed', 2 * DAY, {}, { location: '48.86,2.35' }),
        did('Product Viewed', HOUR, {}, { location: '43.30,5.37' }),
      ]),
      outside('Eleven kilometres away', 'À onze kilomètres', [
        did('Product Viewed', 2 * DAY, {}, { location: '48.76,2.35' }),
        did('Product Viewed', HOUR, {}, { location: '48.76,2.35' }),
      ]),
    ],
  }),
]
