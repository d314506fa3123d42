// The page of a mission, with what the operator of a portal has set.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { quit, shoot, violations, visit } from './portal.mjs';

after(quit);

const { EDGE_GLIDER: glider, EDGE_BUOY: buoy } = process.env;

const accent = (page) => page.evaluate(() =>
  getComputedStyle(document.querySelector('main a')).color);
const drawn = (page) => page.evaluate(() => {
  document.querySelectorAll('img').forEach((img) => (img.loading = 'eager'));
  return Promise.all([...document.images].map(async (img) => {
    await img.decode();
    return [img.getAttribute('src').replace(/^.*\//, ''), img.naturalWidth];
  }));
});

test('pictures are drawn, and axe finds nothing', async () => {
  for (const path of [glider, buoy, '/about'])
    for (const scheme of ['light', 'dark'])
      await visit(path, async (page) => {
        for (const [name, width] of await drawn(page))
          assert.ok(width > 0, name);
        await page.locator('details').evaluateAll((all) =>
          all.forEach((one) => (one.open = true)));
        assert.deepEqual(await violations(page), []);
        await shoot(page, `${path.slice(1).replace('/', '-')}-${scheme}`);
      }, { scheme });
});

test('a sailbuoy has its distance, a glider its depths too', async () => {
  const plots = (page) => page.locator('.plots img').evaluateAll((all) =>
    all.map((img) => img.src.replace(/^.*\//, '')));

  await visit(glider, async (page) =>
    assert.deepEqual((await plots(page)).slice(0, 2),
      ['depth.svg', 'distance.svg']));
  await visit(buoy, async (page) =>
    assert.deepEqual(await plots(page), ['distance.svg']));
});

test('colours and logo are the operator\'s in both schemes', async () => {
  await visit(glider, async (page) => {
    assert.equal(await accent(page), 'rgb(11, 92, 74)');
    assert.equal(await page.locator('.brand img').evaluate((img) =>
      img.clientHeight), 28);
  });
  await visit(glider, async (page) =>
    assert.equal(await accent(page), 'rgb(127, 209, 185)'),
  { scheme: 'dark' });
});

test('the citation is copied and that is said', () =>
  visit(glider, async (page) => {
    const button = page.getByRole('button', { name: 'Copy the citation' });
    const cite = (await page.locator('.cite').innerText()).trim();

    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('Copied').waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()),
      cite);
    assert.match(cite, /^Example organisation \(\d{4}\): Glider /);
  }, { permissions: ['clipboard-read', 'clipboard-write'] }));

test('without JavaScript the citation is text and there is no button', () =>
  visit(glider, async (page) => {
    assert.equal(await page.locator('button').count(), 0);
    assert.ok((await page.locator('.cite').innerText()).length > 50);
  }, { js: false }));

test('the dataset is data to the browser', () =>
  visit(glider, async (page) => {
    const data = await page.locator('script[type="application/ld+json"]')
      .evaluateAll((all) => all.map((one) => JSON.parse(one.textContent)));

    assert.equal(data.length, 1);
    assert.equal(data[0]['@type'], 'Dataset');
    assert.equal(data[0].url, `https://portal.example.org${glider}`);
  }));

test('on paper there is neither navigation nor a button', () =>
  visit(glider, async (page) => {
    await page.emulateMedia({ media: 'print' });
    for (const part of ['.top nav', '.copy', '.skip'])
      assert.ok(!await page.locator(part).isVisible(), part);
    assert.ok(await page.locator('.cite').isVisible());
    assert.equal(await accent(page), 'rgb(0, 0, 0)');
    await shoot(page, 'mission-print');
  }));
