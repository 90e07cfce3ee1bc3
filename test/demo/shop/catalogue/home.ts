import * as draw from '../pictures/home.ts'
import { productsOf } from './product.ts'

export const HOME = productsOf(
  'home',
  'RV-HM',
  [],
  [
    {
      id: 'pebble-vase',
      brand: 'Rivage',
      name: ['Pebble vase', 'Vase Galet'],
      colour: ['tide blue', 'bleu marée'],
      about: [
        'Thrown by hand, glazed in two blues. Dried stems included.',
        'Tourné main, émaillé en deux bleus. Tiges séchées comprises.',
      ],
      euros: 65,
      tone: 'sea',
      drawing: draw.vase('#4a6f82'),
    },
    {
      id: 'dawn-mug',
      brand: 'Rivage',
      name: ['Dawn mug', 'Mug Aurore'],
      colour: ['sand and sea', 'sable et mer'],
      about: [
        'Speckled stoneware, dipped in glaze. Keeps a coffee warm through one crossword.',
        'Grès moucheté, trempé dans l’émail. Garde le café chaud le temps d’une grille.',
      ],
      euros: 22,
      tone: 'blush',
      drawing: draw.mug('#e7dcc8', '#3e6b78'),
    },
    {
      id: 'beacon-lamp',
      brand: 'Estran',
      name: ['Beacon lamp', 'Lampe Balise'],
      colour: ['coral', 'corail'],
      about: [
        'A warm light in painted steel that dims to almost nothing.',
        'Une lumière chaude en acier peint, qui baisse jusqu’à presque rien.',
      ],
      euros: 115,
      tone: 'sage',
      drawing: draw.lamp('#d9684a'),
    },
    {
      id: 'heather-candle',
      brand: 'Rivage',
      name: ['Heather candle', 'Bougie Bruyère'],
      colour: ['wild heather', 'bruyère sauvage'],
      about: [
        'Rapeseed wax, fifty hours of heather and warm stone.',
        'Cire de colza, cinquante heures de bruyère et de pierre chaude.',
      ],
      euros: 32,
      tone: 'sky',
      drawing: draw.candle('#cfd8d3', '#f0e2c4'),
    },
    {
      id: 'deckchair-cushion',
      brand: 'Rivage',
      name: ['Deckchair cushion', 'Coussin Transat'],
      colour: ['cream and marine', 'crème et marine'],
      about: [
        'Washed linen with woven stripes, filled with kapok.',
        'Lin lavé aux rayures tissées, garni de kapok.',
      ],
      euros: 42,
      tone: 'sand',
      drawing: draw.cushion('#f3ead9', '#2f4a6d'),
    },
    {
      id: 'bonfire-throw',
      brand: 'Estran',
      name: ['Bonfire throw', 'Plaid Feu de camp'],
      colour: ['ember', 'braise'],
      about: [
        'Recycled wool, 140 by 200, for evenings that last outside.',
        'Laine recyclée, 140 sur 200, pour les soirées qui durent dehors.',
      ],
      euros: 89,
      tone: 'sea',
      drawing: draw.blanket('#c96f4a', '#f2e7d4'),
    },
    {
      id: 'fog-teapot',
      brand: 'Ponant',
      name: ['Fog teapot', 'Théière Brume'],
      colour: ['moss', 'mousse'],
      about: [
        'Enamelled cast iron, a cane handle, a spout that does not drip.',
        'Fonte émaillée, anse de canne, bec qui ne goutte pas.',
      ],
      euros: 78,
      tone: 'blush',
      drawing: draw.teapot('#43604f'),
    },
    {
      id: 'courtyard-olive',
      brand: 'Rivage',
      name: ['Courtyard olive tree', 'Olivier de cour'],
      colour: ['terracotta pot', 'pot en terre cuite'],
      about: [
        'A three-year-old olive tree in its pot. Asks for sun and not much else.',
        'Un olivier de trois ans dans son pot. Demande du soleil et presque rien d’autre.',
      ],
      euros: 58,
      tone: 'sage',
      drawing: draw.plant('#c0714f'),
    },
  ],
)
