// The portal without JavaScript: every path a visitor takes works with links
// and forms alone.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { quit, visit } from './portal.mjs';

after(quit);

const plain = { js: false };

test('from the landing page to a mission and its data', () =>
  visit('/', async (page, context) => {
    await page.locator('header nav a', { hasText: 'Missions' }).click();
    assert.match(page.url(), /\/missions$/);
    await page.locator('main tbody th a').first().click();
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
      await next.first().click();
    }
    assert.ok(pages > 2);
    console.log(`${seen.size} missions on ${pages} pages`);
    assert.equal(seen.size, Number(process.env.EDGE_MISSIONS));
  }, plain));
