import { backpack, basket, tote } from './bags.ts'
import { peacoat, raincoat, trench } from './coats.ts'
import { fill, line, repeat } from './draw.ts'
import type { Drawing } from './draw.ts'
import { lamp, plant, vase } from './home.ts'
import { chelsea, espadrille, sneaker } from './shoes.ts'

const WIDTH = 960
const HEIGHT = 720

function scene(label: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" preserveAspectRatio="xMidYMid slice"><title>${label}</title>${parts.join('')}</svg>`
}

function placed(drawing: Drawing, x: number, y: number, scale: number): string {
  return `<g transform="translate(${x} ${y}) scale(${scale})">${drawing}</g>`
}

/** A cove in the evening: sun, headlands, a lighthouse, a boat. */
function sea(): string {
  const glitter = repeat(26, (i) => {
    const y = 418 + (i % 13) * 17
    const x = 570 + Math.sin(i * 2.4) * (20 + (i % 13) * 9)
    return line(`M${x.toFixed(0)} ${y} h${14 + (i % 4) * 9}`, '#fbe3b4', 4, 'opacity=".8"')
  })
  return scene('A cove in the evening', [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#f3d3b3"/>`,
    fill('M0 0 H960 V170 C700 210 320 120 0 200Z', '#efc3a1'),
    fill('M0 250 C260 200 600 300 960 230 V420 H0Z', '#f8e2c4'),
    `<circle cx="590" cy="330" r="104" fill="#f7b267"/><circle cx="590" cy="330" r="138" fill="#f7b267" opacity=".25"/>`,
    fill(
      'M90 128 c26 -26 60 -18 68 6 c24 -8 44 6 42 22 H70 c-10 -16 2 -30 20 -28Z',
      '#fbeedd',
      'opacity=".85"',
    ),
    fill(
      'M720 96 c20 -22 50 -16 58 4 c22 -6 38 6 36 20 H704 c-8 -14 0 -24 16 -24Z',
      '#fbeedd',
      'opacity=".85"',
    ),
    `<rect y="404" width="${WIDTH}" height="316" fill="#3f8289"/>`,
    fill('M0 404 H960 V440 C640 470 300 420 0 452Z', '#5c9c9d'),
    glitter,
    fill('M858 330 L872 206 H896 L910 330Z', '#f7f0e4'),
    fill('M868 246 h32 l2 24 h-36z', '#b8452f'),
    fill('M866 206 h36 v-8 h-6 v-22 h-24 v22 h-6z', '#3a3f4c'),
    fill('M870 176 q14 -18 28 0z', '#b8452f'),
    fill('M896 186 L960 166 V206Z', '#fff0c4', 'opacity=".7"'),
    fill('M960 300 C900 296 850 330 800 344 C770 354 748 388 730 408 H960Z', '#7d6f7a'),
    fill('M960 340 C920 350 880 366 850 380 C836 388 824 400 818 408 H960Z', '#66596a'),
    fill('M0 300 C70 300 120 330 190 340 C240 350 262 390 300 408 H0Z', '#8b7a7c'),
    fill('M0 344 C60 350 120 372 160 384 C190 392 210 400 220 408 H0Z', '#6f6070'),
    fill('M396 396 L396 272 L466 388Z', '#fdf6ea'),
    fill('M388 390 L388 300 L340 384Z', '#d9684a'),
    line('M392 262 V400', '#5b3c2a', 5),
    fill('M330 398 H480 C470 424 450 432 430 432 H366 C348 432 336 420 330 398Z', '#2c3f52'),
    line('M334 406 H476', '#fdf6ea', 4),
    fill('M0 520 C160 480 300 500 470 540 C660 584 820 560 960 520 V720 H0Z', '#2f6b74'),
    fill('M0 590 C200 550 360 590 520 616 C700 644 840 622 960 600 V720 H0Z', '#f0dcb8'),
    line('M0 588 C200 548 360 588 520 614 C700 642 840 620 960 598', '#fdf6ea', 10),
    fill('M0 640 C120 620 240 650 330 720 H0Z', '#e2c795'),
    repeat(9, (i) =>
      line(
        `M${30 + i * 26} ${670 - (i % 3) * 8} q${-10 + (i % 4) * 8} -50 ${-4 + (i % 5) * 8} -86`,
        i % 2 ? '#7f8f5c' : '#97a66e',
        5,
      ),
    ),
    placed(basket('#d8b177', '#9a5b34'), 640, 468, 0.56),
    line('M250 170 q10 -12 20 0 q10 -12 20 0', '#6f6070', 4),
    line('M306 206 q8 -10 16 0 q8 -10 16 0', '#6f6070', 4),
  ])
}

/** Three things on plinths before an arch. */
function stage(
  label: string,
  [wall, arch, sun, floor, plinth]: readonly [string, string, string, string, string],
  [left, middle, right]: readonly [Drawing, Drawing, Drawing],
  [leftY, rightY]: readonly [number, number] = [286, 306],
): string {
  return scene(label, [
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="${wall}"/>`,
    fill('M250 720 V330 C250 60 710 60 710 330 V720Z', arch),
    `<circle cx="700" cy="170" r="92" fill="${sun}"/>`,
    `<rect y="560" width="${WIDTH}" height="160" fill="${floor}"/>`,
    `<rect x="330" y="470" width="300" height="190" fill="${plinth}"/><rect x="330" y="470" width="300" height="16" fill="#ffffff" opacity=".35"/><rect x="560" y="486" width="70" height="174" opacity=".06"/>`,
    `<rect x="40" y="560" width="280" height="110" fill="${plinth}"/><rect x="40" y="560" width="280" height="14" fill="#ffffff" opacity=".35"/>`,
    `<rect x="640" y="590" width="290" height="90" fill="${plinth}"/><rect x="640" y="590" width="290" height="14" fill="#ffffff" opacity=".35"/>`,
    placed(middle, 280, 136, 1),
    placed(left, 20, leftY, 0.8),
    placed(right, 624, rightY, 0.82),
  ])
}

/** Pictures for the home page's hero, by file name without `.svg`. */
export const HEROES: ReadonlyMap<string, string> = new Map([
  ['hero-sea', sea()],
  [
    'hero-shoes',
    stage(
      'Three pairs of shoes',
      ['#e7cdb9', '#f3e3d0', '#e48a5e', '#c99f82', '#f0dcc6'],
      [sneaker('#f4efe6', '#2f6f73'), chelsea('#7a4a2b'), espadrille('#2f4a6d', '#f2ebdd')],
      [328, 352],
    ),
  ],
  [
    'hero-bags',
    stage(
      'Three bags',
      ['#cfd9cf', '#e8ece0', '#e3b75c', '#a9b8a6', '#dfe6d8'],
      [tote('#f4ecdd', '#9a5b34'), backpack('#3f5a4a', '#a36a3c'), basket('#d8b177', '#9a5b34')],
    ),
  ],
  [
    'hero-coats',
    stage(
      'Three coats',
      ['#c9d6de', '#e3eaee', '#f0d9b0', '#a3b6c2', '#d8e2e8'],
      [peacoat('#22344f'), raincoat('#e2b23a'), trench('#cdb48a')],
    ),
  ],
  [
    'hero-home',
    stage(
      'A lamp, a vase, an olive tree',
      ['#e3d3cf', '#f1e6df', '#d98a6a', '#c2a69c', '#ecdcd4'],
      [vase('#4a6f82'), lamp('#d9684a'), plant('#c0714f')],
    ),
  ],
])
