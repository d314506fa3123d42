// The quiet check for newer data. EDGE_STORE_NEXT is a command that commits a
// new generation to the store behind the portal.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, test } from 'node:test';
import { base, quit, soon, violations, visit } from './portal.mjs';

after(quit);

const generation = async () =>
  (await (await fetch(`${base}/api/v1/generation`)).json()).generation;

// The page counts its questions, and how often it has set its clock for the
// next one, which it does when it has an answer or gives up.
const count_questions = (page) => page.evaluate(() => {
  const { fetch, setTimeout } = window;

  window.asked = window.waits = 0;
  window.fetch = (address, ...more) => {
    window.asked += String(address).endsWith('/api/v1/generation');
    return fetch(address, ...more);
  };
  window.setTimeout = (act, ms, ...more) => {
    window.waits += ms >= 60_000;
    return setTimeout(act, ms, ...more);
  };
});
const asked = (page) => page.evaluate(() => window.asked);
const settled = (page) => soon(async () => {
  const [asked, waits] = await page.evaluate(() =>
    [window.asked, window.waits]);

  assert.equal(waits, asked, 'after each answer the page waits again');
});

test('a page offers newer data and moves nothing', () =>
  visit('/missions', async (page) => {
    const offer = page.locator('#offer');

    await count_questions(page);
    for (const minute of [1, 2]) {
      await page.clock.runFor(61_000);
      await settled(page);
      assert.equal(await asked(page), minute, 'once a minute');
    }
    assert.equal(await offer.isVisible(), false, 'the page is current');

    await page.evaluate(() => {
      window.moved = 0;
      const add = (entries) => {
        for (const entry of entries)
          window.moved += entry.value;
      };
      const observer = new PerformanceObserver((list) =>
        add(list.getEntries()));

      observer.observe({ type: 'layout-shift', buffered: true });
      window.observed = () => add(observer.takeRecords());
      window.scrollTo(0, 400);
    });
    const before = await generation();
    execFileSync('sh', ['-c', process.env.EDGE_STORE_NEXT]);
    const newest = await soon(async () => {
      const now = await generation();
      assert.ok(now > before, `generation ${now} after ${before}`);
      return now;
    });
    await page.clock.runFor(61_000);
    await offer.waitFor({ state: 'visible' });
    assert.equal(await page.evaluate(() => window.scrollY), 400);
    assert.deepEqual(await violations(page), []);
    // By now the offer has been drawn.
    assert.equal(await page.evaluate(() => {
      window.observed();
      return window.moved;
    }), 0);

    await page.clock.runFor(600_000);
    assert.equal(await asked(page), 3, 'it has said it and asks no more');
    await offer.locator('a').click();
    await page.waitForFunction((now) =>
      document.getElementById('offer')?.dataset.generation === String(now),
      newest);
    assert.equal(await offer.isVisible(), false);
  }, { clock: true }));

test('a page whose network is away asks less and less', () =>
  visit('/', async (page, context) => {
    let aborted = 0;

    await context.route('**/api/v1/generation', (route) => {
      aborted++;
      return route.abort();
    });
    await count_questions(page);
    for (let minute = 0; minute < 60; minute++) {
      await page.clock.runFor(60_000);
      await settled(page);
    }
    const times = await asked(page);
    assert.ok(times >= 5 && times <= 9, `asked ${times} times in an hour`);
    assert.equal(aborted, times, 'the network was away each time');
    assert.ok(await page.locator('h1').isVisible());
  }, { clock: true, forgive: [/Failed to load resource/] }));

test('a page that nobody sees does not ask', () =>
  visit('/', async (page) => {
    await count_questions(page);
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true,
        configurable: true });
    });
    await page.clock.runFor(600_000);
    assert.equal(await asked(page), 0);
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: false });
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await soon(async () =>
      assert.equal(await asked(page), 1, 'it asks when it is seen again'));
    await settled(page);
    assert.equal(await asked(page), 1, 'and once');
  }, { clock: true }));
