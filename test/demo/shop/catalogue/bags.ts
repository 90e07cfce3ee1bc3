import * as draw from '../pictures/bags.ts'
import { productsOf } from './product.ts'

export const BAGS = productsOf(
  'bags',
  'RV-BG',
  [],
  [
    {
      id: 'market-tote',
      brand: 'Rivage',
      name: ['Market tote', 'Cabas du marché'],
      colour: ['ecru and tan', 'écru et fauve'],
      about: [
        'Heavy canvas, a leather base that stands up by itself, and room for the week’s vegetables.',
        'Toile épaisse, fond en cuir qui tient debout tout seul, et de la place pour les légumes de la semaine.',
      ],
      euros: 69,
      tone: 'sage',
      drawing: draw.tote('#f4ecdd', '#9a5b34'),
    },
    {
      id: 'lantern-bucket',
      brand: 'Ponant',
      name: ['Lantern bucket bag', 'Sac seau Lanterne'],
      colour: ['terracotta', 'terre cuite'],
      about: [
        'Soft leather gathered by a cord. Holds a book, a water bottle and a jumper.',
        'Cuir souple resserré par un cordon. Un livre, une gourde et un pull y tiennent.',
      ],
      euros: 175,
      tone: 'sky',
      drawing: draw.bucket('#b5653f'),
    },
    {
      id: 'customs-path-backpack',
      brand: 'Estran',
      name: ['Customs path backpack', 'Sac à dos des douaniers'],
      colour: ['pine', 'pin'],
      about: [
        'Waxed cotton, 22 litres, a flap that keeps out the spray.',
        'Coton ciré, 22 litres, un rabat qui arrête les embruns.',
      ],
      euros: 129,
      tone: 'sand',
      drawing: draw.backpack('#3f5a4a', '#a36a3c'),
    },
    {
      id: 'shell-crossbody',
      brand: 'Ponant',
      name: ['Shell crossbody bag', 'Besace Coquille'],
      colour: ['burgundy', 'bordeaux'],
      about: [
        'A saddle bag cut from one hide, with a brass clasp that clicks.',
        'Un sac selle taillé dans une seule peau, au fermoir de laiton qui claque.',
      ],
      euros: 155,
      tone: 'sea',
      drawing: draw.crossbody('#7d2f3a'),
    },
    {
      id: 'two-day-weekender',
      brand: 'Ponant',
      name: ['Two-day weekender', 'Sac Deux jours'],
      colour: ['storm and tan', 'orage et fauve'],
      about: [
        'Cabin-sized, with a leather base and a zip that opens wide.',
        'Format cabine, fond en cuir et fermeture qui s’ouvre en grand.',
      ],
      euros: 210,
      tone: 'blush',
      drawing: draw.weekender('#33506b', '#8a5634'),
    },
    {
      id: 'salt-marsh-basket',
      brand: 'Rivage',
      name: ['Salt marsh basket', 'Panier des marais'],
      colour: ['natural palm', 'palmier naturel'],
      about: [
        'Woven by hand from palm leaf. For bread, beach towels, wild flowers.',
        'Tressé main en feuille de palmier. Pour le pain, les serviettes, les fleurs des champs.',
      ],
      euros: 45,
      tone: 'sage',
      drawing: draw.basket('#d8b177', '#9a5b34'),
    },
  ],
)
