// Every kind of page: sound for eyes, keyboards and readers at each width and
// in both schemes. Leaves a screenshot of each.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { DESK, PHONE, WALL, ZOOMED, file_name, quit, shoot, sideways,
  violations, visit, walk } from './portal.mjs';

// Narrow windows, tablets on either edge, and the smallest of common phones.
const BETWEEN = [1220, 1024, 900, 768, 720, 600, 480, 400, 360];

// What readers may set, and as wide as the widest of common fonts: nothing may
// be lost by it (WCAG 2.2, 1.4.12).
const SPACED = `* { letter-spacing: .12em !important;
  word-spacing: .16em !important; line-height: 1.5 !important; }`;

after(quit);

const pages = await walk();
const titles = new Map();

test('there are pages of many kinds', () => {
  console.log(`${pages.length} pages: ${pages.join(' ')}`);
  assert.ok(pages.length >= Number(process.env.EDGE_PAGES ?? 8));
});

// Targets a finger must hit, look.md: 44 px high on a phone.
const small_targets = (page) => page.evaluate(() =>
  [...document.querySelectorAll('header a, form input, form select, ' +
    'form button, nav.pages a')].filter((element) => {
    const box = element.getBoundingClientRect();

    return box.width > 0 && box.height > 0 && box.height < 43.5 &&
      element.type !== 'hidden' && !element.closest('.skip') &&
      !element.matches('.skip');
  }).map((element) => `${element.outerHTML.slice(0, 80)}: ${
    element.getBoundingClientRect().height}`));

async function check_page(page, path) {
  // Pictures below the window are loaded when they are needed.
  await page.evaluate(() => Promise.all([...document.images].map((image) => {
    image.loading = 'eager';
    return image.complete || new Promise((done) => {
      image.onload = image.onerror = done;
    });
  })));
  const facts = await page.evaluate(() => ({
    lang: document.documentElement.lang,
    title: document.title,
    h1: document.querySelectorAll('h1').length,
    main: document.querySelectorAll('main').length,
    broken: [...document.images].filter((image) =>
      !image.complete || image.naturalWidth === 0).map((image) => image.src),
    empty: [...document.querySelectorAll('a')].filter((link) =>
      link.textContent.trim() === '' && !link.getAttribute('aria-label') &&
      !link.querySelector('img[alt]')).map((link) => link.outerHTML),
    odd: (document.body.innerText.match(
      /\b(undefined|NaN|null|\[object)\b/g) ?? []),
  }));

  assert.equal(facts.lang, 'en', path);
  assert.ok(facts.title.length > 3, path);
  assert.equal(facts.h1, 1, path);
  assert.equal(facts.main, 1, path);
  assert.deepEqual(facts.broken, [], path);
  assert.deepEqual(facts.empty, [], path);
  // The page of the API speaks of null.
  assert.deepEqual(facts.odd.filter((word) =>
    path !== '/api' || word !== 'null'), [], path);
  titles.set(facts.title, [...titles.get(facts.title) ?? [], path]);
}

for (const path of pages)
  test(path, async () => {
    await visit(path, async (page) => {
      await check_page(page, path);
      await shoot(page, `${file_name(path)}-desk-light`);
      assert.deepEqual(await violations(page), [], 'light');
      for (const width of [WALL, ...BETWEEN, PHONE, ZOOMED]) {
        await page.setViewportSize({ width, height: 800 });
        assert.deepEqual(await sideways(page), [], `${width} px wide`);
        if (width !== PHONE)
          continue;
        await shoot(page, `${file_name(path)}-phone-light`);
        assert.deepEqual(await small_targets(page), [], 'targets');
      }
      await page.evaluate((text) => {
        const sheet = new CSSStyleSheet();

        sheet.replaceSync(text);
        document.adoptedStyleSheets = [sheet];
      }, SPACED);
      for (const width of [DESK, ...BETWEEN, PHONE, ZOOMED]) {
        await page.setViewportSize({ width, height: 800 });
        assert.deepEqual(await sideways(page), [], `${width} px wide, spaced`);
      }
      await page.evaluate(() => {
        document.adoptedStyleSheets = [];
      });
      await page.setViewportSize({ width: DESK, height: 900 });
      await page.emulateMedia({ colorScheme: 'dark' });
      await shoot(page, `${file_name(path)}-desk-dark`);
      assert.deepEqual(await violations(page), [], 'dark');
    });
  });

test('a title names one page', () => {
  for (const [title, paths] of titles)
    assert.equal(new Set(paths.map((path) => path.split('?')[0])).size, 1,
      `${title}: ${paths.join(' ')}`);
});

test('an address that is not there has a page that helps', () =>
  visit('/SEA999/M1', async (page) => {
    assert.equal(await page.locator('h1').count(), 1);
    assert.deepEqual(await violations(page), []);
    await shoot(page, 'not-found-desk-light');
  }, { forgive: [/status of 404/] }));

test('print shows no navigation and every address', () =>
  visit('/', async (page) => {
    await page.emulateMedia({ media: 'print' });
    await shoot(page, 'landing-print');
    assert.equal(await page.locator('header nav').isVisible(), false);
    assert.ok(await page.locator('main').isVisible());
  }));
