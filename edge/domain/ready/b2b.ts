import { DAY, HOUR, SECOND } from '../../protocol/time.ts'
import {
  adapt,
  all,
  atLeast,
  birthday,
  did,
  each,
  habit,
  inside,
  iso,
  latest,
  memberOf,
  not,
  outside,
  unless,
  UTC,
  type ReadySegment,
} from './build.ts'

const DAYS = (...counts: readonly number[]) => counts.map((count) => count * DAY)
const b2b = (segment: Omit<ReadySegment, 'trade'>): ReadySegment => ({ trade: 'b2b', ...segment })
const employs = (employees: number) => ({
  accounts: () => [{ id: 'a1', traits: { employees } }],
})
const renewing = (ahead: number) => ({
  traits: () => ({ role: 'admin' }),
  accounts: (at: number) => [{ id: 'a1', traits: { renewalDate: iso(at + ahead) } }],
})

/** What sellers of software to companies ask for. Events of Segment's B2B SaaS specification where it has one. */
export const B2B: readonly ReadySegment[] = [
  b2b({
    key: 'trial-with-team',
    name: { en: 'Trials with a team', fr: 'Essais menés en équipe' },
    purpose: {
      en: 'Whoever invites colleagues means it: have sales call.',
      fr: 'Qui invite ses collègues est sérieux : à faire appeler par les ventes.',
    },
    condition: all(atLeast(1, 'Trial Started', 'P14D'), atLeast(2, 'Invite Sent', 'P14D')),
    parameters: adapt(
      ['conditions.0.window.last', 'Length of the trial', 'Durée de l’essai'],
      ['conditions.1.value', 'How many invitations', 'Nombre d’invitations'],
    ),
    people: [
      inside('Invited two colleagues', 'A invité deux collègues', [
        did('Trial Started', 5 * DAY, { trial_plan_name: 'team' }),
        ...each('Invite Sent', DAYS(4, 1)),
      ]),
      inside('On the last second of the trial', 'À la dernière seconde de l’essai', [
        did('Trial Started', 14 * DAY - SECOND),
        ...each('Invite Sent', DAYS(13, 12)),
      ]),
      outside('Tries it alone', 'Essaie seul', [
        did('Trial Started', 5 * DAY),
        did('Invite Sent', DAY),
      ]),
      outside('The trial is over', 'L’essai est fini', [
        did('Trial Started', 14 * DAY),
        ...each('Invite Sent', DAYS(4, 1)),
      ]),
    ],
  }),
  b2b({
    key: 'trial-ending',
    name: { en: 'Trials about to end', fr: 'Essais qui s’achèvent' },
    purpose: {
      en: 'Say what they lose, and offer to go on.',
      fr: 'Dire ce qu’ils perdent, et proposer de continuer.',
    },
    condition: all(
      { type: 'trait', trait: 'trialEndsAt', operator: 'within_next', value: 'P3D' },
      not({ type: 'trait', trait: 'plan', operator: 'in', value: ['team', 'business'] }),
    ),
    parameters: adapt(
      ['conditions.0.value', 'How long before the end', 'Combien de temps avant la fin'],
      ['conditions.1.condition.value', 'Paid plans', 'Formules payantes'],
    ),
    people: [
      inside('Ends the day after tomorrow', 'Finit après-demain', [], {
        traits: (at) => ({ trialEndsAt: iso(at + 2 * DAY), plan: 'trial' }),
      }),
      inside('Three days to the second', 'Trois jours, à la seconde près', [], {
        traits: (at) => ({ trialEndsAt: iso(at + 3 * DAY) }),
      }),
      outside('Has bought', 'A acheté', [], {
        traits: (at) => ({ trialEndsAt: iso(at + 2 * DAY), plan: 'team' }),
      }),
      outside('Ended this second', 'Fini à l’instant', [], {
        traits: (at) => ({ trialEndsAt: iso(at), plan: 'trial' }),
      }),
    ],
  }),
  b2b({
    key: 'trial-not-begun',
    name: { en: 'Trials nobody uses', fr: 'Essais dont on ne se sert pas' },
    purpose: {
      en: 'Offer help with the first steps before the trial is spent.',
      fr: 'Proposer de l’aide pour les premiers pas avant la fin de l’essai.',
    },
    condition: all(
      unless('Trial Started', 'Feature Used', 'P2D'),
      atLeast(1, 'Trial Started', 'P14D'),
    ),
    parameters: adapt(
      ['conditions.0.then.event', 'What counts as use', 'Ce qui compte comme usage'],
      ['conditions.0.within', 'How long to wait', 'Délai d’attente'],
    ),
    people: [
      inside('Three days, nothing done', 'Trois jours sans rien faire', [
        did('Trial Started', 3 * DAY),
      ]),
      inside('Just two days', 'Tout juste deux jours', [did('Trial Started', 2 * DAY)]),
      outside('Began at once', 'A commencé tout de suite', [
        did('Trial Started', 3 * DAY),
        did('Feature Used', 3 * DAY - HOUR),
      ]),
      outside('Not two days yet', 'Pas encore deux jours', [
        did('Trial Started', 2 * DAY - SECOND),
      ]),
    ],
  }),
  b2b({
    key: 'quick-starters',
    name: { en: 'Quick starters', fr: 'Démarrages rapides' },
    purpose: {
      en: 'Signed up, invited somebody and used it within days: they will stay. Ask for a word.',
      fr: 'Inscrits, collègue invité, produit utilisé en quelques jours : ils resteront. Demander un avis.',
    },
    condition: {
      type: 'sequence',
      steps: [
        { event: 'Signed Up' },
        { event: 'Invite Sent', within: 'P1D' },
        { event: 'Feature Used', within: 'P3D' },
      ],
      window: { last: 'P30D' },
      total: 'P4D',
    },
    parameters: adapt(
      ['steps.1.within', 'From signing up to the invitation', 'De l’inscription à l’invitation'],
      ['total', 'In all', 'En tout'],
    ),
    people: [
      inside('Done in three days', 'Fait en trois jours', [
        did('Signed Up', 10 * DAY),
        did('Invite Sent', 9 * DAY + HOUR),
        did('Feature Used', 7 * DAY),
      ]),
      inside('Four days to the second', 'Quatre jours, à la seconde près', [
        did('Signed Up', 10 * DAY),
        did('Invite Sent', 9 * DAY),
        did('Feature Used', 6 * DAY),
      ]),
      outside('A second too late', 'Une seconde trop tard', [
        did('Signed Up', 10 * DAY),
        did('Invite Sent', 9 * DAY),
        did('Feature Used', 6 * DAY - SECOND),
      ]),
      outside('Invited nobody', 'N’a invité personne', [
        did('Signed Up', 10 * DAY),
        did('Feature Used', 9 * DAY),
      ]),
    ],
  }),
  b2b({
    key: 'account-interest',
    name: { en: 'Interest from large accounts', fr: 'Intérêt de grands comptes' },
    purpose: {
      en: 'People of companies you want who look at prices: tell their account manager.',
      fr: 'Des gens d’entreprises visées qui regardent les prix : prévenir le commercial du compte.',
    },
    condition: all(
      { type: 'account', trait: 'employees', operator: 'gte', value: 500 },
      atLeast(2, 'Pricing Viewed', 'P14D'),
    ),
    parameters: adapt(
      ['conditions.0.value', 'How many employees', 'Nombre de salariés'],
      ['conditions.1.value', 'How many looks', 'Nombre de visites'],
    ),
    people: [
      inside(
        'A company of 500',
        'Une entreprise de 500',
        each('Pricing Viewed', DAYS(6, 1)),
        employs(500),
      ),
      inside(
        'One of their companies is large',
        'Une de leurs entreprises est grande',
        [...each('Pricing Viewed', DAYS(6, 1))],
        {
          accounts: () => [
            { id: 'a1', traits: { employees: 20 } },
            { id: 'a2', traits: { employees: 4_000 } },
          ],
        },
      ),
      outside(
        'A company of 499',
        'Une entreprise de 499',
        each('Pricing Viewed', DAYS(6, 1)),
        employs(499),
      ),
      outside('Looked once', 'A regardé une fois', each('Pricing Viewed', DAYS(1)), employs(5_000)),
      outside(
        'Of no company we know',
        'D’aucune entreprise connue',
        each('Pricing Viewed', DAYS(6, 1)),
      ),
    ],
  }),
  b2b({
    key: 'call-now',
    name: { en: 'Large accounts to call now', fr: 'Grands comptes à appeler maintenant' },
    purpose: {
      en: 'Interested large accounts, in the hours in which somebody answers.',
      fr: 'Les grands comptes intéressés, aux heures où l’on répond.',
    },
    condition: all(memberOf('account-interest'), {
      type: 'now',
      weekdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
      from: '09:00',
      to: '18:00',
    }),
    parameters: adapt(
      ['conditions.1.from', 'From', 'À partir de'],
      ['conditions.1.to', 'Until', 'Jusqu’à'],
    ),
    people: [
      inside(
        'Monday at ten',
        'Lundi à dix heures',
        [did('Pricing Viewed', 3 * DAY), did('Pricing Viewed', HOUR, {}, UTC)],
        { ...employs(800), at: latest('monday', 10) },
      ),
      inside(
        'Monday at nine sharp',
        'Lundi à neuf heures pile',
        [did('Pricing Viewed', 3 * DAY), did('Pricing Viewed', HOUR, {}, UTC)],
        { ...employs(800), at: latest('monday', 9) },
      ),
      outside(
        'Monday at six in the evening',
        'Lundi à dix-huit heures',
        [did('Pricing Viewed', 3 * DAY), did('Pricing Viewed', HOUR, {}, UTC)],
        { ...employs(800), at: latest('monday', 18) },
      ),
      outside(
        'Saturday',
        'Samedi',
        [did('Pricing Viewed', 3 * DAY), did('Pricing Viewed', HOUR, {}, UTC)],
        { ...employs(800), at: latest('saturday', 10) },
      ),
      outside(
        'A small company',
        'Une petite entreprise',
        [did('Pricing Viewed', 3 * DAY), did('Pricing Viewed', HOUR, {}, UTC)],
        { ...employs(8), at: latest('monday', 10) },
      ),
    ],
  }),
  b2b({
    key: 'demo-unanswered',
    name: { en: 'Demos without a date', fr: 'Démonstrations sans date' },
    purpose: {
      en: 'Asked for a demo and have no meeting after a day: somebody must act.',
      fr: 'Démonstration demandée et pas de rendez-vous après un jour : il faut agir.',
    },
    condition: all(
      unless('Demo Requested', 'Meeting Booked', 'P1D'),
      atLeast(1, 'Demo Requested', 'P30D'),
    ),
    parameters: adapt(['conditions.0.within', 'How long an answer may take', 'Délai de réponse']),
    people: [
      inside('Asked two days ago', 'A demandé il y a deux jours', [did('Demo Requested', 2 * DAY)]),
      inside('Just a day ago', 'Il y a tout juste un jour', [did('Demo Requested', DAY)]),
      outside('Has a date', 'A une date', [
        did('Demo Requested', 2 * DAY),
        did('Meeting Booked', 2 * DAY - HOUR),
      ]),
      outside('Asked an hour ago', 'A demandé il y a une heure', [did('Demo Requested', HOUR)]),
    ],
  }),
  b2b({
    key: 'growing-accounts',
    name: { en: 'Growing accounts', fr: 'Comptes qui grandissent' },
    purpose: {
      en: 'On the small plan and adding people: time for the larger one.',
      fr: 'Sur la petite formule et de plus en plus nombreux : l’heure de la plus grande.',
    },
    condition: all(
      { type: 'account', trait: 'plan', operator: 'equals', value: 'team' },
      atLeast(3, 'Account Added User', 'P30D'),
    ),
    parameters: adapt(
      ['conditions.0.value', 'The small plan', 'La petite formule'],
      ['conditions.1.value', 'How many added people', 'Nombre de personnes ajoutées'],
    ),
    people: [
      inside('Added three', 'En a ajouté trois', each('Account Added User', DAYS(20, 10, 1)), {
        accounts: () => [{ id: 'a1', traits: { plan: 'team' } }],
      }),
      inside(
        'The first almost thirty days ago',
        'La première il y a presque trente jours',
        each('Account Added User', [30 * DAY - SECOND, 10 * DAY, DAY]),
        { accounts: () => [{ id: 'a1', traits: { plan: 'team' } }] },
      ),
      outside(
        'Has the large plan',
        'A la grande formule',
        each('Account Added User', DAYS(20, 10, 1)),
        {
          accounts: () => [{ id: 'a1', traits: { plan: 'business' } }],
        },
      ),
      outside(
        'The first just thirty days ago',
        'La première il y a tout juste trente jours',
        each('Account Added User', DAYS(30, 10, 1)),
        {
          accounts: () => [{ id: 'a1', traits: { plan: 'team' } }],
        },
      ),
    ],
  }),
  b2b({
    key: 'users-gone-quiet',
    name: { en: 'Users gone quiet', fr: 'Utilisateurs devenus silencieux' },
    purpose: {
      en: 'Signed in every week, then stopped: the earliest sign of leaving.',
      fr: 'Connectés chaque semaine, puis plus : le premier signe d’un départ.',
    },
    condition: habit('Signed In', 'stopped', 'P7D', 4),
    parameters: adapt(
      ['period', 'Rhythm', 'Rythme'],
      ['of', 'For how many periods they kept it', 'Pendant combien de périodes'],
    ),
    people: [
      inside(
        'Four weeks, then none',
        'Quatre semaines, puis rien',
        each('Signed In', DAYS(32, 25, 18, 11)),
      ),
      inside('The last is just a week old', 'La dernière a tout juste une semaine', [
        ...each('Signed In', DAYS(32, 25, 18, 7)),
      ]),
      outside('Signed in today', 'Connecté aujourd’hui', [
        ...each('Signed In', [...DAYS(32, 25, 18, 11), HOUR]),
      ]),
      outside(
        'Never came weekly',
        'N’est jamais venu chaque semaine',
        each('Signed In', DAYS(32, 11)),
      ),
    ],
  }),
  b2b({
    key: 'contract-ending',
    name: { en: 'Contracts to renew', fr: 'Contrats à renouveler' },
    purpose: {
      en: 'Those who decide, in the two months before the contract ends.',
      fr: 'Ceux qui décident, dans les deux mois avant la fin du contrat.',
    },
    condition: all(
      { type: 'account', trait: 'renewalDate', operator: 'within_next', value: 'P60D' },
      { type: 'trait', trait: 'role', operator: 'in', value: ['admin', 'owner'] },
    ),
    parameters: adapt(
      ['conditions.0.value', 'How long before', 'Combien de temps avant'],
      ['conditions.1.value', 'Who decides', 'Qui décide'],
    ),
    people: [
      inside('Ends in a month', 'Finit dans un mois', [], renewing(30 * DAY)),
      inside(
        'Sixty days to the second',
        'Soixante jours, à la seconde près',
        [],
        renewing(60 * DAY),
      ),
      outside('A second more', 'Une seconde de plus', [], renewing(60 * DAY + SECOND)),
      outside('Does not decide', 'Ne décide pas', [], {
        ...renewing(30 * DAY),
        traits: () => ({ role: 'member' }),
      }),
    ],
  }),
  b2b({
    key: 'campaign-to-pricing',
    name: { en: 'From the campaign to the prices', fr: 'De la campagne aux prix' },
    purpose: {
      en: 'Clicked in a mail and looked at prices in the same week: a lead.',
      fr: 'Clic dans un e-mail et visite des prix la même semaine : une piste.',
    },
    condition: all(
      {
        type: 'reaction',
        kind: 'clicked',
        channel: 'email',
        operator: 'gte',
        value: 1,
        window: { last: 'P7D' },
      },
      atLeast(1, 'Pricing Viewed', 'P7D'),
    ),
    parameters: adapt(['conditions.0.window.last', 'In how long', 'Sur quelle durée']),
    people: [
      inside('Clicked and looked', 'A cliqué et regardé', [
        did('Email Link Clicked', 2 * DAY, { campaign_name: 'spring' }),
        did('Pricing Viewed', DAY),
      ]),
      inside('Looked before the mail', 'A regardé avant l’e-mail', [
        did('Pricing Viewed', 6 * DAY),
        did('Email Link Clicked', DAY),
      ]),
      outside('Opened without a click', 'A ouvert sans cliquer', [
        did('Email Opened', 2 * DAY),
        did('Pricing Viewed', DAY),
      ]),
      outside('The click is just a week old', 'Le clic a tout juste une semaine', [
        did('Email Link Clicked', 7 * DAY),
        did('Pricing Viewed', DAY),
      ]),
    ],
  }),
  b2b({
    key: 'customer-anniversary',
    name: { en: 'Anniversary of being a customer', fr: 'Anniversaire de client' },
    purpose: {
      en: 'A year more together: thank them and show what came of it.',
      fr: 'Une année de plus ensemble : remercier et montrer le chemin parcouru.',
    },
    condition: { type: 'account', trait: 'customerSince', operator: 'anniversary', value: 'P7D' },
    parameters: adapt(['value', 'How long before', 'Combien de temps avant']),
    people: [
      inside('In five days', 'Dans cinq jours', [], {
        accounts: (at) => [{ id: 'a1', traits: { customerSince: birthday(at + 5 * DAY) } }],
      }),
      inside('Tomorrow', 'Demain', [], {
        accounts: (at) => [{ id: 'a1', traits: { customerSince: birthday(at + DAY) } }],
      }),
      outside('In nine days', 'Dans neuf jours', [], {
        accounts: (at) => [{ id: 'a1', traits: { customerSince: birthday(at + 9 * DAY) } }],
      }),
      outside('Became one this week', 'Client depuis cette semaine', [], {
        accounts: (at) => [{ id: 'a1', traits: { customerSince: iso(at - 2 * DAY) } }],
      }),
    ],
  }),
]
