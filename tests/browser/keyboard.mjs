// The portal without a mouse.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { quit, visit } from './portal.mjs';

after(quit);

const focused = (page) => page.evaluate(() => {
  const element = document.activeElement;

  if (element === null || element === document.body)
    return null;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    html: element.outerHTML.slice(0, 100),
    href: element.getAttribute('href'),
    ring: style.outlineStyle !== 'none' && style.outlineWidth !== '0px',
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 &&
      box.top < innerHeight,
  };
});

test('the first stop leads past the header', () => visit('/', async (page) => {
  await page.keyboard.press('Tab');
  const first = await focused(page);

  assert.equal(first.href, '#main');
  assert.ok(first.seen, 'the link shows itself when it has the focus');
  await page.keyboard.press('Enter');
  // The browser lets the link go a frame after it has followed it.
  await page.waitForFunction(() => location.hash === '#main' &&
    document.activeElement?.getAttribute('href') !== '#main');
  await page.keyboard.press('Tab');
  assert.ok(await page.evaluate(() =>
    document.querySelector('main').contains(document.activeElement)),
    'the next stop is in the content');
}));

for (const path of ['/', '/missions', '/fleet', '/stats'])
  test(`every stop of ${path} is seen and none is a trap`, () =>
    visit(path, async (page) => {
      const stops = [];

      for (let i = 0; i < 60; i++) {
        await page.keyboard.press('Tab');
        const stop = await focused(page);
        if (stop === null)
          break;
        assert.ok(stop.ring, `no focus ring: ${stop.html}`);
        assert.ok(stop.seen, `not in view: ${stop.html}`);
        stops.push(stop.html);
      }
      assert.ok(stops.length > 5);
      assert.notEqual(stops.at(-1), stops.at(-2), 'the focus moves on');
    }));

test('Enter follows a link to a mission and Back returns', () =>
  visit('/missions', async (page) => {
    const link = page.locator('main tbody a').first();
    const href = await link.getAttribute('href');

    await link.focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${href}`);
    await page.goBack();
    await page.waitForURL('**/missions');
  }));
