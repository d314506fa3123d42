// The list of missions with JavaScript: more of it without leaving the page.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { quit, soon, visit, violations } from './portal.mjs';

after(quit);

const links = (page) => page.locator('main tbody th a').evaluateAll(
  (found) => found.map((link) => link.getAttribute('href')));

async function load_more(page) {
  const before = await page.locator('main tbody tr').count();

  await page.locator('main button', { hasText: /more/i }).click();
  await page.waitForFunction((count) =>
    document.querySelectorAll('main tbody tr').length > count, before);
}

test('more rows come below those that are read', () =>
  visit('/missions', async (page) => {
    const first = await links(page);

    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    const top = await page.locator('main tbody tr').first().evaluate(
      (row) => row.getBoundingClientRect().top);
    await load_more(page);
    const both = await links(page);
    assert.deepEqual(both.slice(0, first.length), first);
    assert.equal(new Set(both).size, both.length, 'none is twice');
    assert.equal(await page.locator('main tbody tr').first().evaluate(
      (row) => row.getBoundingClientRect().top), top, 'nothing moves');
    await soon(async () => {
      const said = await page.locator('[aria-live], [role=status]')
        .allInnerTexts();
      assert.ok(said.some((text) => /mission/i.test(text)), 'it is announced');
    });
    assert.deepEqual(await violations(page), []);
  }));

test('to the end there is every mission once', () =>
  visit('/missions', async (page) => {
    while (await page.locator('main button', { hasText: /more/i }).isVisible())
      await load_more(page);
    const all = await links(page);

    assert.equal(all.length, Number(process.env.EDGE_MISSIONS));
    assert.equal(new Set(all).size, all.length);
  }));

test('back from a mission there is what was loaded', () =>
  visit('/missions', async (page) => {
    await load_more(page);
    const both = await links(page);
    const chosen = both.at(-1);

    await page.locator(`main tbody a[href="${chosen}"]`).click();
    await page.waitForURL(`**${chosen}`);
    await page.goBack();
    await page.locator(`main tbody a[href="${chosen}"]`).waitFor();
  }));

test('when the network is away the link to the next page stays', () =>
  visit('/missions', async (page, context) => {
    const rows = await page.locator('main tbody tr').count();

    await context.route(/after=/, (route) => route.abort());
    await page.locator('main button', { hasText: /more/i }).click();
    await page.locator('main button', { hasText: 'try again' }).waitFor();
    assert.equal(await page.locator('main tbody tr').count(), rows);
    assert.ok(await page.locator('a[rel=next]').isVisible());
    await context.unroute(/after=/);
    await page.locator('main button', { hasText: 'try again' }).click();
    await page.waitForFunction((count) => document.querySelectorAll(
      'main tbody tr').length > count, rows);
  }, { forgive: [/Failed to load resource/] }));
