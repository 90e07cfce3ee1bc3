import * as draw from '../pictures/coats.ts'
import { productsOf } from './product.ts'

const SIZES = ['XS', 'S', 'M', 'L', 'XL']

export const COATS = productsOf('coats', 'RV-CT', SIZES, [
  {
    id: 'west-wind-trench',
    brand: 'Ponant',
    name: ['West wind trench', 'Trench Vent d’ouest'],
    colour: ['dune', 'dune'],
    about: [
      'Dense cotton gabardine, double-breasted, belted. Rain runs off it.',
      'Gabardine de coton serrée, croisée, ceinturée. La pluie glisse dessus.',
    ],
    euros: 289,
    tone: 'sky',
    drawing: draw.trench('#cdb48a'),
  },
  {
    id: 'deckhand-peacoat',
    brand: 'Ponant',
    name: ['Deckhand peacoat', 'Caban du matelot'],
    colour: ['navy', 'marine'],
    about: [
      'Wool as thick as a blanket, brass buttons, pockets where cold hands expect them.',
      'Un drap de laine épais comme une couverture, boutons de laiton, poches là où les mains froides les cherchent.',
    ],
    euros: 245,
    tone: 'sand',
    drawing: draw.peacoat('#22344f'),
  },
  {
    id: 'squall-raincoat',
    brand: 'Estran',
    name: ['Squall raincoat', 'Ciré Grain'],
    colour: ['buoy yellow', 'jaune bouée'],
    about: [
      'The fisherman’s oilskin, in recycled fibre, with taped seams and a deep hood.',
      'Le ciré du pêcheur, en fibre recyclée, coutures étanches et capuche profonde.',
    ],
    euros: 135,
    tone: 'sea',
    drawing: draw.raincoat('#e2b23a'),
  },
  {
    id: 'eider-puffer',
    brand: 'Estran',
    name: ['Eider puffer', 'Doudoune Eider'],
    colour: ['lichen', 'lichen'],
    about: [
      'Recycled down, 380 grams, folds into its own pocket.',
      'Duvet recyclé, 380 grammes, se range dans sa poche.',
    ],
    euros: 179,
    tone: 'blush',
    drawing: draw.puffer('#5d7a6b'),
  },
  {
    id: 'low-water-overcoat',
    brand: 'Ponant',
    name: ['Low water overcoat', 'Manteau Basse mer'],
    colour: ['driftwood', 'bois flotté'],
    about: [
      'A long, straight coat in undyed wool, cut to go over a thick jumper.',
      'Un long manteau droit en laine non teinte, coupé pour passer sur un gros pull.',
    ],
    euros: 320,
    tone: 'sage',
    drawing: draw.overcoat('#8d7b68'),
  },
  {
    id: 'winter-mooring-jumper',
    brand: 'Rivage',
    name: ['Winter mooring jumper', 'Pull Hivernage'],
    colour: ['fleece', 'toison'],
    about: [
      'Three cables, a collar that stands up, wool that still smells faintly of sheep.',
      'Trois torsades, un col qui monte, une laine qui sent encore un peu le mouton.',
    ],
    euros: 125,
    tone: 'sky',
    drawing: draw.jumper('#e9e0d0'),
  },
])
