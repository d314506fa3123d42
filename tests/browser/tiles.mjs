// Tiles from another host: asked for only where the operator names it, and
// only once the map is meant.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { base, map_made, quit, soon, visit } from './portal.mjs';

after(quit);

const host = process.env.EDGE_TILES;

test('tiles come from the host that is named, and say who made them', async () => {
  const asked = [];
  const forgive = [new RegExp(`^asks ${host}/`), /ERR_FAILED/];

  await visit('/map', async (page) => {
    page.on('request', (request) =>
      request.url().startsWith(base) || asked.push(request.url()));
    await page.waitForLoadState('networkidle');
    assert.deepEqual(asked, [], 'not before the map is meant');
    await page.locator('figure.map > a').hover({ position: { x: 5, y: 5 } });
    await map_made(page, '.leaflet-tile-pane .leaflet-layer');
    await soon(async () =>
      assert.ok(asked.length > 3, `${asked.length} tiles were asked for`));
    for (const url of asked)
      assert.match(url, new RegExp(`^${host}/\\d+/\\d+/\\d+\\.png$`));
    const by = page.locator('.leaflet-control-attribution');
    assert.equal((await by.textContent()).trim(), 'Chart <b>makers</b>');
    assert.equal(await by.locator('a').getAttribute('href'),
      'https://example.org/makers');
    assert.equal(await page.locator('.chart path.land').count(), 0);
  }, { forgive });
});
