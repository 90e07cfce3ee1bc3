import * as draw from '../pictures/accessories.ts'
import { productsOf } from './product.ts'

export const ACCESSORIES = productsOf(
  'accessories',
  'RV-AC',
  [],
  [
    {
      id: 'docker-beanie',
      brand: 'Estran',
      name: ['Docker beanie', 'Bonnet du docker'],
      colour: ['signal red', 'rouge signal'],
      about: [
        'Ribbed merino, knitted in one piece: no seam to itch.',
        'Mérinos côtelé, tricoté d’une pièce : aucune couture qui gratte.',
      ],
      euros: 39,
      tone: 'sand',
      drawing: draw.beanie('#b8452f'),
    },
    {
      id: 'pennant-scarf',
      brand: 'Rivage',
      name: ['Pennant scarf', 'Écharpe Fanion'],
      colour: ['marine and cream', 'marine et crème'],
      about: [
        'Two metres of lambswool, long enough to be lent.',
        'Deux mètres de laine d’agneau, assez longue pour être prêtée.',
      ],
      euros: 59,
      tone: 'sea',
      drawing: draw.scarf('#2f4a6d', '#e9dcc3'),
    },
    {
      id: 'noon-sunglasses',
      brand: 'Ponant',
      name: ['Noon sunglasses', 'Lunettes Midi'],
      colour: ['tortoise', 'écaille'],
      about: [
        'Acetate from cotton, mineral lenses, full UV protection.',
        'Acétate de coton, verres minéraux, protection UV totale.',
      ],
      euros: 119,
      tone: 'blush',
      drawing: draw.sunglasses('#7a4a2b', '#3d4a3c'),
    },
    {
      id: 'helm-cap',
      brand: 'Rivage',
      name: ['Helm cap', 'Casquette de barre'],
      colour: ['navy', 'marine'],
      about: [
        'The sailor’s cap, with a short peak and a braid, in brushed wool.',
        'La casquette du marin, visière courte et galon, en laine grattée.',
      ],
      euros: 55,
      tone: 'sage',
      drawing: draw.cap('#22344f'),
    },
    {
      id: 'cloudburst-umbrella',
      brand: 'Estran',
      name: ['Cloudburst umbrella', 'Parapluie Giboulée'],
      colour: ['deep sea and cream', 'grand large et crème'],
      about: [
        'Steel ribs tested in a force 8, an ash handle, panels that can be replaced.',
        'Baleines d’acier essayées par force 8, manche en frêne, panneaux remplaçables.',
      ],
      euros: 75,
      tone: 'sky',
      drawing: draw.umbrella('#1f5c63', '#e9dcc3'),
    },
    {
      id: 'tide-watch',
      brand: 'Ponant',
      name: ['Tide watch', 'Montre Marée'],
      colour: ['tan and deep blue', 'fauve et bleu profond'],
      about: [
        'Automatic, waterproof to 100 metres, with a red hand for the tide.',
        'Automatique, étanche à 100 mètres, avec une aiguille rouge pour la marée.',
      ],
      euros: 235,
      tone: 'sand',
      drawing: draw.watch('#8a5634', '#1f3d4a'),
    },
  ],
)
