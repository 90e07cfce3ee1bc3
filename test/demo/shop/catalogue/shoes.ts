import * as draw from '../pictures/shoes.ts'
import { productsOf } from './product.ts'

const SIZES = ['36', '37', '38', '39', '40', '41', '42', '43', '44', '45']

export const SHOES = productsOf('shoes', 'RV-SH', SIZES, [
  {
    id: 'jetty-sneaker',
    brand: 'Estran',
    name: ['Jetty sneaker', 'Tennis Jetée'],
    colour: ['chalk and lagoon', 'craie et lagon'],
    about: [
      'Organic canvas, natural rubber and a heel in lagoon blue: the pair that goes with everything and dries overnight.',
      'Toile bio, caoutchouc naturel et talon bleu lagon : la paire qui va avec tout et sèche en une nuit.',
    ],
    euros: 95,
    tone: 'sea',
    drawing: draw.sneaker('#f4efe6', '#2f6f73'),
  },
  {
    id: 'coast-path-runner',
    brand: 'Estran',
    name: ['Coast path runner', 'Running Sentier côtier'],
    colour: ['coral and night', 'corail et nuit'],
    about: [
      'A light shoe for paths with stones and salt: grips on wet granite, forgives long descents.',
      'Une chaussure légère pour les sentiers de pierre et de sel : accroche le granit mouillé, pardonne les longues descentes.',
    ],
    euros: 139,
    tone: 'sky',
    drawing: draw.runner('#d9684a', '#24424a'),
  },
  {
    id: 'harbour-chelsea',
    brand: 'Ponant',
    name: ['Harbour Chelsea boot', 'Chelsea du port'],
    colour: ['chestnut', 'châtaigne'],
    about: [
      'Full-grain leather on a stitched sole that any cobbler can renew. Slips on, stays on.',
      'Cuir pleine fleur sur semelle cousue, que tout cordonnier sait refaire. S’enfile vite, tient bien.',
    ],
    euros: 189,
    tone: 'blush',
    drawing: draw.chelsea('#7a4a2b'),
  },
  {
    id: 'quay-loafer',
    brand: 'Ponant',
    name: ['Quay loafer', 'Mocassin du quai'],
    colour: ['oxblood', 'sang-de-bœuf'],
    about: [
      'A soft moccasin, hand-stitched apron, that needs no breaking in.',
      'Un mocassin souple, plateau cousu main, confortable dès le premier jour.',
    ],
    euros: 145,
    tone: 'sage',
    drawing: draw.loafer('#8c3b2f'),
  },
  {
    id: 'siesta-espadrille',
    brand: 'Rivage',
    name: ['Siesta espadrille', 'Espadrille Sieste'],
    colour: ['marine stripes', 'rayures marine'],
    about: [
      'Braided jute and striped canvas, sewn by hand. Made for slow afternoons.',
      'Jute tressé et toile rayée, cousus main. Faite pour les après-midi lents.',
    ],
    euros: 49,
    tone: 'sand',
    drawing: draw.espadrille('#2f4a6d', '#f2ebdd'),
  },
  {
    id: 'cove-sandal',
    brand: 'Rivage',
    name: ['Cove sandal', 'Sandale Crique'],
    colour: ['honey', 'miel'],
    about: [
      'Vegetable-tanned straps on a cork footbed that takes the shape of yours.',
      'Brides au tannage végétal sur un lit de liège qui prend la forme du pied.',
    ],
    euros: 85,
    tone: 'sea',
    drawing: draw.sandal('#b5733d'),
  },
  {
    id: 'spring-tide-boot',
    brand: 'Estran',
    name: ['Spring tide rain boot', 'Botte Grande marée'],
    colour: ['buoy yellow', 'jaune bouée'],
    about: [
      'Natural rubber, cotton lining, a sole for slippery slipways.',
      'Caoutchouc naturel, doublure de coton, semelle pour les cales glissantes.',
    ],
    euros: 79,
    tone: 'sky',
    drawing: draw.rainboot('#e2b23a'),
  },
  {
    id: 'breakwater-derby',
    brand: 'Ponant',
    name: ['Breakwater derby', 'Derby Brise-lames'],
    colour: ['espresso', 'expresso'],
    about: [
      'A town shoe on a rugged sole: for days that begin in a meeting and end on the beach.',
      'Une chaussure de ville sur semelle crantée : pour les jours qui commencent en réunion et finissent sur la plage.',
    ],
    euros: 165,
    tone: 'sand',
    drawing: draw.derby('#5b3c2a'),
  },
])
