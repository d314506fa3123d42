// The quiet check for newer data. EDGE_STORE_NEXT is a command that commits a
// new generation to the store behind the portal.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, test } from 'node:test';
import { base, quit, violations, visit } from './portal.mjs';

after(quit);

const generation = async () =>
  (await (await fetch(`${base}/api/v1/generation`)).json()).generation;

test('a page offers newer data and moves nothing', () =>
  visit('/missions', async (page) => {
    const asked = [];
    const offer = page.locator('#offer');

    page.on('response', (response) => {
      if (response.url().endsWith('/api/v1/generation'))
        asked.push(response);
    });
    await page.clock.runFor(61_000);
    await page.waitForTimeout(300);
    await page.clock.runFor(61_000);
    await page.waitForTimeout(300);
    assert.equal(asked.length, 2, 'once a minute');
    assert.equal(await offer.isVisible(), false, 'the page is current');

    await page.evaluate(() => {
      window.moved = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          window.moved += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
      window.scrollTo(0, 400);
    });
    const before = await generation();
    execFileSync('sh', ['-c', process.env.EDGE_STORE_NEXT]);
    const newest = await generation();
    assert.ok(newest > before);
    await page.clock.runFor(61_000);
    await offer.waitFor({ state: 'visible' });
    assert.equal(await page.evaluate(() => window.scrollY), 400);
    assert.equal(await page.evaluate(() => window.moved), 0);
    assert.deepEqual(await violations(page), []);

    await page.clock.runFor(600_000);
    assert.equal(asked.length, 3, 'it has said it and asks no more');
    await offer.locator('a').click();
    await page.waitForFunction((now) =>
      document.getElementById('offer').dataset.generation === String(now),
      newest);
    assert.equal(await offer.isVisible(), false);
  }, { clock: true }));

test('a page whose network is away asks less and less', () =>
  visit('/', async (page, context) => {
    let asked = 0, failed = 0;

    await context.route('**/api/v1/generation', (route) => {
      asked++;
      return route.abort();
    });
    page.on('requestfailed', () => failed++);
    for (let minute = 0; minute < 60; minute++) {
      await page.clock.runFor(60_000);
      do
        await page.waitForTimeout(10);
      while (failed < asked);
    }
    assert.ok(asked >= 5 && asked <= 9, `asked ${asked} times in an hour`);
    assert.ok(await page.locator('h1').isVisible());
  }, { clock: true, forgive: [/Failed to load resource/] }));

test('a page that nobody sees does not ask', () =>
  visit('/', async (page) => {
    let asked = 0;

    page.on('request', (request) => {
      asked += request.url().endsWith('/api/v1/generation');
    });
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true,
        configurable: true });
    });
    await page.clock.runFor(600_000);
    assert.equal(asked, 0);
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: false });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await page.waitForTimeout(300);
    assert.equal(asked, 1, 'it asks when it is seen again');
  }, { clock: true }));
