// The portal without JavaScript: every path a visitor takes works with links
// and forms alone.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { leads, quit, visit } from './portal.mjs';

after(quit);

const plain = { js: false };
const rows = (page) => page.locator('main table tbody tr').count();

test('from the landing page to a mission and its data', () =>
  visit('/', async (page, context) => {
    await leads(page, () =>
      page.locator('header nav a', { hasText: 'Missions' }).click());
    assert.match(page.url(), /\/missions$/);
    await leads(page, () => page.locator('main tbody th a').first().click());
    assert.match(page.url(), /\/M\d+$/);
    const link = page.locator('main a', { hasText: 'CSV' }).first();
    const answer = await context.request.get(new URL(
      await link.getAttribute('href'), page.url()).href);

    assert.equal(answer.status(), 200);
    assert.match(answer.headers()['content-type'], /^text\/csv/);
    assert.ok((await answer.text()).split('\r\n').length > 3);
  }, plain));

test('maps are pictures that are there', () => visit('/', async (page) => {
  const map = page.locator('figure.map img').first();

  assert.ok(await map.evaluate((image) => image.complete));
  const box = await map.boundingBox();
  assert.ok(box.width > 300 && box.height > 200);
  assert.ok((await map.getAttribute('alt')).length > 20);
}, plain));

test('pages of the list follow each other to the end and none is twice', () =>
  visit('/missions', async (page) => {
    const seen = new Set();
    let pages = 0;

    for (;;) {
      const links = await page.locator('main tbody th a').evaluateAll(
        (found) => found.map((link) => link.getAttribute('href')));
      for (const link of links) {
        assert.ok(!seen.has(link), link);
        seen.add(link);
      }
      pages++;
      const next = page.locator('a[rel=next]');
      if (await next.count() === 0)
        break;
      await leads(page, () => next.first().click());
    }
    assert.ok(pages > 2);
    console.log(`${seen.size} missions on ${pages} pages`);
    assert.equal(seen.size, Number(process.env.EDGE_MISSIONS));
  }, plain));

test('filters are a form that sends itself as an address', () =>
  visit('/missions', async (page) => {
    const all = await rows(page);
    const form = page.locator('main form');

    const year = form.locator('select[name=year]');
    await year.selectOption({ index: 1 });
    const value = await year.inputValue();
    await leads(page, () => form.locator(
      'button[type=submit], input[type=submit], button').first().click());
    const url = new URL(page.url());
    assert.equal(url.searchParams.get('year'), value);
    assert.ok(await rows(page) > 0 && await rows(page) <= all);
    const starts = await page.locator('main tbody td:nth-child(2)')
      .allInnerTexts();
    assert.ok(starts.every((text) => text.includes(value)), starts[0]);
    assert.equal(await page.locator('select[name=year]').inputValue(), value);
  }, plain));

test('text search finds a platform by its name', () =>
  visit('/missions', async (page) => {
    const name = (await page.locator('main tbody th a').first()
      .innerText()).split(/\s/)[0];
    const field = page.locator('main form input[type=search]');

    await field.fill(name);
    await leads(page, () => field.press('Enter'));
    assert.ok(await rows(page) > 0);
    for (const text of await page.locator('main tbody th').allInnerTexts())
      assert.ok(text.includes(name), text);
  }, plain));

test('a chosen filter is taken away by its word', () =>
  visit('/missions?year=2025&platform=SEA044', async (page) => {
    const words = page.locator('main ul.words a');

    assert.equal(await words.count(), 2);
    const both = await rows(page);
    await leads(page, () => words.nth(1).click());
    assert.equal(await page.locator('main ul.words a').count(), 1);
    assert.ok(await rows(page) >= both);
  }, plain));

test('a column is sorted by its head, both ways', () =>
  visit('/missions', async (page) => {
    const kilometres = async () => (await page.locator(
      'main tbody tr td:nth-child(6)').allInnerTexts()).map((text) =>
      Number(text.replaceAll(',', '')));
    const head = page.locator('main thead a', { hasText: 'Distance' });

    await leads(page, () => head.click());
    const one = await kilometres();
    const way = await page.locator('main thead th', { hasText: 'Distance' })
      .getAttribute('aria-sort');
    await leads(page, () => head.click());
    const other = await kilometres();
    assert.ok(['ascending', 'descending'].includes(way));
    const [up, down] = way === 'ascending' ? [one, other] : [other, one];
    assert.deepEqual(up, [...up].sort((a, b) => a - b));
    assert.deepEqual(down, [...down].sort((a, b) => b - a));
  }, plain));
