// The map to move: it takes the picture's place when it is meant, shows what
// the table says in the same colours, and works without a mouse.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { PHONE, base, leads, map_made, quit, shoot, sideways, soon, violations,
  visit } from './portal.mjs';

after(quit);

const picture = (page) => page.locator('figure.map > a').first();
const chart = (page) => page.locator('.chart');

async function open(page) {
  await picture(page).hover({ position: { x: 5, y: 5 } });
  await map_made(page);
}

// Presses a key that moves the map, and waits until it has moved and stands.
async function move(page, key) {
  const place = () => page.evaluate(() => {
    const pane = document.querySelector('.chart .leaflet-map-pane');
    const { x, y } = pane.getBoundingClientRect();
    const frame = pane.parentElement.getBoundingClientRect();

    return { at: [x - frame.x, y - frame.y],
      moves: pane.matches('.leaflet-pan-anim, .leaflet-zoom-anim') };
  });
  const { at: before } = await place();

  await page.keyboard.press(key);
  await soon(async () => {
    const { at, moves } = await place();

    assert.notDeepEqual(at, before, `${key} does not move the map`);
    assert.ok(!moves, 'the map still moves');
  });
}

const names = (page) => page.evaluate(() =>
  performance.getEntriesByType('resource').map((entry) =>
    new URL(entry.name).pathname.split('/').at(-1)));

async function tracks(path) {
  const answer = await fetch(base + path);

  assert.equal(answer.status, 200);
  return (await answer.json()).features;
}

test('the picture is the map until a mouse comes', () =>
  visit('/map', async (page) => {
    const figure = page.locator('figure.map');
    const before = await figure.boundingBox();

    assert.ok(!(await names(page)).includes('leaflet.js'));
    assert.ok(await picture(page).isVisible());
    await open(page);
    assert.ok(!(await picture(page).isVisible()));
    const now = await figure.boundingBox();
    assert.ok(Math.abs(now.height - before.height) < 8,
      `${before.height} px high, then ${now.height}`);
    await shoot(page, 'map-to-move');
  }));

for (const path of ['/', '/map', '/projects', '/map/basin/SEA-007'])
  test(`every track of ${path} is drawn`, () => visit(path, async (page) => {
    const features = await tracks(
      await page.locator('figure.map').getAttribute('data-tracks'));
    const lines = features.filter((f) => f.geometry.type !== 'Point');

    await open(page);
    assert.equal(await page.locator('.chart path.thin, .chart path.bold')
      .count(), lines.length);
    assert.equal(await page.locator('.chart path.dot').count(),
      features.length - lines.length);
    assert.deepEqual(await violations(page), []);
  }));

test('colours are those of the table, in both schemes', () =>
  visit('/', async (page) => {
    const seen = () => page.evaluate(() => [1, 2, 3, 4, 5, 6, 7, 8].map((n) => {
      const row = document.querySelector(`tbody .dot.s${n}`);
      const line = document.querySelector(`.chart path.bold.s${n}`);

      return [row && getComputedStyle(row).backgroundColor,
        line && getComputedStyle(line).stroke];
    }));

    await open(page);
    const light = await seen();
    await page.emulateMedia({ colorScheme: 'dark' });
    const dark = await seen();
    for (const [row, line] of [...light, ...dark])
      assert.equal(line, row);
    assert.ok(light.filter(([row]) => row !== null).length > 2);
    assert.notDeepEqual(light, dark, 'the map follows the scheme');
    assert.deepEqual(await violations(page), []);
    await shoot(page, 'map-dark');
  }));

test('a platform at sea says which mission it is', () =>
  visit('/', async (page) => {
    await open(page);
    await chart(page).evaluate((box) => box.scrollIntoView({
      block: 'center' }));
    const dot = await page.locator('.chart path.dot').first().boundingBox();

    await page.mouse.click(dot.x + dot.width / 2, dot.y + dot.height / 2);
    const popup = page.locator('.leaflet-popup-content');
    const link = popup.locator('a').first();
    assert.match(await link.textContent(), /^\S+ M\d+$/);
    assert.match(await popup.textContent(), /at sea now/);
    const href = await link.getAttribute('href');
    assert.ok(await page.locator(`tbody a[href="${href}"]`).count() > 0);
    await leads(page, () => link.click());
    assert.equal(new URL(page.url()).pathname, href);
  }));

test('the world is fetched when the view leaves the region', () =>
  visit('/map/basin/SEA-007', async (page) => {
    await open(page);
    assert.ok(!(await names(page)).includes('basemap_world.bin'));
    await chart(page).focus();
    for (let i = 0; i < 4; i++)
      await page.keyboard.press('-');
    await page.waitForFunction(() =>
      document.querySelectorAll('.chart path.land').length > 2);
    await soon(async () => assert.ok((await names(page)).includes(
      'basemap_world.bin'), 'the world is not among what was loaded'));
  }));

test('the keyboard opens, moves and leaves the map', () =>
  visit('/map', async (page) => {
    await picture(page).focus();
    await page.keyboard.press('Enter');
    await page.waitForFunction(() =>
      document.activeElement?.classList.contains('chart'));
    const first = await page.locator('.chart .word.water').first();
    const at = async () => (await first.boundingBox()).x;
    const before = await at();
    await move(page, 'ArrowRight');
    assert.notEqual(await at(), before);
    for (let i = 0; i < 12 && await page.evaluate(() =>
      document.activeElement.closest('.chart')); i++)
      await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() =>
      document.activeElement.closest('main') &&
      !document.activeElement.closest('.chart')), 'it is no trap');
  }));

test('the ruler measures along great circles, by keyboard and mouse', () =>
  visit('/map', async (page) => {
    await open(page);
    await page.getByRole('button', { name: 'Measure' }).click();
    const said = page.locator('.chart [role=status]');
    const says = (pattern) => soon(async () => {
      const text = await said.textContent();

      assert.match(text, pattern);
      return text.match(pattern);
    });
    const points = page.locator('.chart path.dot.end');
    await said.waitFor();
    await chart(page).focus();
    await page.keyboard.press('Enter');
    await soon(async () => assert.equal(await points.count(), 1));
    await move(page, 'ArrowUp');
    await page.keyboard.press('Enter');
    const [, km, miles] = await says(
      /^([\d,.]+) km, ([\d,.]+) nautical miles \(great circle\)$/);
    const number = (text) => Number(text.replaceAll(',', ''));
    assert.ok(Math.abs(number(km) / 1.852 - number(miles)) <
      0.002 * number(miles) + 0.1);
    /* The scale bar measures the same. */
    const bar = await page.evaluate(() => {
      const line = document.querySelector('.leaflet-control-scale-line');

      return parseFloat(line.textContent) / line.offsetWidth *
        (line.textContent.includes(' km') ? 1 : 0.001);
    });
    assert.ok(Math.abs(number(km) - 80 * bar) < 0.25 * number(km),
      `${km} km for 80 pixels of ${bar} km`);
    await page.keyboard.press('Backspace');
    await says(/^Click points/);
    await chart(page).click({ position: { x: 300, y: 300 } });
    await says(/great circle/);
    assert.equal(await page.locator('.leaflet-popup').count(), 0);
    await chart(page).focus();
    await page.keyboard.press('Escape');
    await soon(async () => {
      assert.equal(await said.count(), 0);
      assert.equal(await page.locator('.chart path.ruler').count(), 0);
    });
  }));

test('degrees stand at the edges, finer as it is zoomed', () =>
  visit('/map', async (page) => {
    await open(page);
    const words = () => page.locator('.chart .word.deg').allTextContents();
    const wide = await words();
    await chart(page).focus();
    for (let i = 0; i < 4; i++)
      await page.keyboard.press('+');
    const near = await soon(async () => {
      const found = await words();
      assert.ok(found.some((text) => text.includes('′')), found.join(' '));
      return found;
    });
    for (const text of [...wide, ...near])
      assert.match(text, /^\d{1,3}°(\d\d′)?[NSEW]?$/);
    assert.ok(wide.length > 4 && wide.every((text) => !text.includes('′')));
    assert.equal(await page.locator('.chart path.grid').count(), 1);
  }));

test('full screen and back', () => visit('/map', async (page) => {
  await open(page);
  const button = page.getByRole('button', { name: 'Full screen' });
  // The button hears of it a frame after the document is so.
  const becomes = async (full) => page.waitForFunction(([element, now]) =>
    (document.fullscreenElement !== null) === now &&
      element.getAttribute('aria-pressed') === String(now),
  [await button.elementHandle(), full]);

  await button.click();
  await becomes(true);
  await button.click();
  await becomes(false);
}));

test('a finger opens the map, and the page does not scroll sideways', () =>
  visit('/', async (page) => {
    await picture(page).tap();
    await map_made(page);
    assert.deepEqual(await sideways(page), []);
    assert.deepEqual(await violations(page), []);
    await shoot(page, 'map-phone');
  }, { width: PHONE, height: 800, isMobile: true, hasTouch: true }));

test('the picture stays when something cannot be loaded', () =>
  visit('/map', async (page, context) => {
    await context.route('**/leaflet.js', (route) => route.abort());
    // The page gives the map up and says so.
    const given_up = page.waitForEvent('console', (message) =>
      message.type() === 'warning');
    await picture(page).hover();
    await given_up;
    assert.ok(await picture(page).isVisible());
    assert.equal(await chart(page).count(), 0);
    await picture(page).click();
    await page.waitForURL('**/map.svg');
  }, { forgive: [/leaflet\.js|ERR_FAILED|\[object Event\]|Event/] }));

test('what the picture shows fits: no name lies on another', () =>
  visit('/', async (page) => {
    await open(page);
    const boxes = await page.evaluate(() =>
      [...document.querySelectorAll('.chart .word')]
        .filter((element) => element.style.visibility !== 'hidden')
        .map((element) => {
          const { left, right, top, bottom } =
            element.getBoundingClientRect();

          return { text: element.textContent, left, right, top, bottom };
        }));

    assert.ok(boxes.length > 5);
    for (const a of boxes)
      for (const b of boxes)
        assert.ok(a === b || a.right <= b.left + 1 || b.right <= a.left + 1 ||
          a.bottom <= b.top + 1 || b.bottom <= a.top + 1,
        `${a.text} lies on ${b.text}`);
  }));

for (const path of ['/index.svg', '/index.svg?width=390', '/map.svg',
  '/map.svg?width=390', '/map/basin/SEA-007.svg?width=390', '/projects.svg'])
  test(`the words of ${path} stand free and inside the frame`, () =>
    visit(path, async (page) => {
      const { words, width, height } = await page.evaluate(() => {
        const box = document.documentElement.viewBox.baseVal;

        return { width: box.width, height: box.height,
          words: [...document.querySelectorAll('text')].map((text) => {
            const { x, y, width, height } = text.getBBox();

            return { text: text.textContent, kind: text.className.baseVal,
              left: x, top: y, right: x + width, bottom: y + height };
          }) };
      });

      assert.ok(words.length > 10);
      for (const a of words) {
        assert.ok(a.left >= -0.5 && a.top >= -2 && a.right <= width + 0.5 &&
          a.bottom <= height + 2, `${a.text} leaves the frame`);
        for (const b of words) {
          const over = Math.min(a.right, b.right) - Math.max(a.left, b.left);
          const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);

          /* A name in two lines is two words that touch. */
          assert.ok(a === b || over <= 1 || high <= 4 ||
            (a.kind === 'keys' && b.kind === 'keys'),
          `${a.text} lies on ${b.text}`);
        }
      }
    }));

/* Tracks of the test's own in the place of the portal's. */
async function feed(page, context, features, bbox) {
  const answer = { status: 200, contentType: 'application/geo+json',
    body: JSON.stringify({ type: 'FeatureCollection', bbox, legend: [],
      features }) };

  await context.route('**/map.geojson', (route) => route.fulfill(answer));
  await open(page);
  await chart(page).evaluate((box) => box.scrollIntoView({
    block: 'center' }));
}

const HOSTILE = '<img src=x onerror=alert(1)><script>alert(2)</script>';

function feature(type, coordinates, properties = {}) {
  return { type: 'Feature', geometry: { type, coordinates }, properties: {
    platform: HOSTILE, mission: 1, name: HOSTILE, url: '/SEA001/M1',
    start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z', live: true,
    highlight: true, class: 's1', ...properties } };
}

test('names in popups, labels and hints stay text', () =>
  visit('/map', async (page, context) => {
    await feed(page, context, [
      feature('MultiLineString', [[[18, 57], [19, 58]]]),
      feature('Point', [19, 58], { class: 's1"><img src=x onerror=alert(3)>' }),
      feature('Point', [18, 57], { url: 'javascript:alert(4)' }),
    ], [17, 56, 20, 59]);
    for (const dot of await page.locator('.chart path.dot').all()) {
      const at = await dot.boundingBox();

      await page.mouse.move(at.x + 5, at.y + 5);
      await page.locator('.leaflet-tooltip', { hasText: '<img' }).waitFor();
      await page.locator('.leaflet-popup').evaluateAll((all) =>
        all.forEach((popup) => popup.classList.add('of-before')));
      await page.mouse.click(at.x + 5, at.y + 5);
      await page.locator('.leaflet-popup:not(.of-before) a').first().waitFor();
      for (const link of await page.locator('.leaflet-popup-content a').all())
        assert.ok((await link.evaluate((a) => a.href)).startsWith(base));
    }
    assert.equal(await page.locator('.chart img, .chart script').count(), 0);
    assert.ok((await page.locator('.chart .word.name').first().textContent())
      .includes('<img'));
    assert.ok((await page.locator('.leaflet-popup-content').textContent())
      .includes('<script>'));
  }));

test('a track over the antimeridian is drawn in one piece', () =>
  visit('/map', async (page, context) => {
    await feed(page, context, [
      feature('MultiLineString', [[[178, 1], [180, 1.5]], [[-180, 1.5],
        [-178, 2]]]),
      feature('Point', [-178, 2]),
    ], [177, 0, -177, 3]);
    const box = await chart(page).boundingBox();
    const line = await page.locator('.chart path.bold').boundingBox();
    assert.ok(line.width > 50 && line.width < box.width, `${line.width} px`);
    assert.ok(line.x > box.x && line.x + line.width < box.x + box.width);
    assert.ok(await page.locator('.chart path.dot').isVisible());
  }));

test('on paper the picture is back', () => visit('/map', async (page) => {
  await open(page);
  await page.emulateMedia({ media: 'print' });
  assert.ok(await picture(page).isVisible());
  assert.ok(!(await chart(page).isVisible()));
}));
