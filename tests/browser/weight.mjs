// What pages weigh and how they come up on a slow network. Bytes and shifts
// may fail a build, times are printed.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { PHONE, base, map_made, quit, soon, visit, walk } from './portal.mjs';
import { slow } from './slow.mjs';

after(quit);

const KB = 1000;
const kb = (bytes) => `${(bytes / KB).toFixed(1)} kB`;

// Size of an answer as it crosses the network, and of what is in it.
async function weigh(path, encoding = 'br') {
  const answer = await fetch(base + path, {
    headers: { 'Accept-Encoding': 'identity' } });
  const plain = Buffer.from(await answer.arrayBuffer());
  const small = await new Promise((done, failed) =>
    import('node:http').then(({ get }) => get(base + path,
      { headers: { 'Accept-Encoding': encoding } }, (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => done({ bytes: Buffer.concat(parts),
          coding: response.headers['content-encoding'] }));
      }).on('error', failed)));

  if (small.coding === 'br')
    assert.deepEqual(brotliDecompressSync(small.bytes), plain, path);
  else if (small.coding === 'gzip')
    assert.deepEqual(gunzipSync(small.bytes), plain, path);
  return { plain: plain.length, small: small.bytes.length, text: plain };
}

test('the landing page and its style fit into the first flight', async () => {
  for (const encoding of ['gzip', 'br']) {
    const html = await weigh('/', encoding);
    const sheets = [...String(html.text).matchAll(
      /<link rel="stylesheet" href="([^"]+)"/g)];
    let sum = html.small;

    for (const [, href] of sheets)
      sum += (await weigh(href, encoding)).small;
    console.log(`landing, ${encoding}: HTML ${kb(html.small)}, with ${
      sheets.length} style sheet(s) ${kb(sum)}, limit 14 kB`);
    assert.ok(sum <= 14 * KB);
  }
});

test('no page of the list is heavier than 30 kB', async () => {
  let heaviest = 0;
  let pages = 0;
  let path = '/missions';

  while (path !== undefined) {
    const { plain, text } = await weigh(path);

    heaviest = Math.max(heaviest, plain);
    pages++;
    path = String(text).match(/<a [^>]*rel="next"[^>]*>/)?.[0]
      .match(/href="([^"]+)"/)[1].replaceAll('&amp;', '&');
  }
  console.log(`/missions: ${pages} pages, the heaviest ${kb(heaviest)
    } uncompressed, limit 30 kB`);
  assert.ok(pages > 1);
  assert.ok(heaviest <= 30 * KB);
});

const QUIET_MS = 500;

async function first_visit(path, options, act = async () => {}) {
  const sizes = new Map();
  const under_way = new Map();
  let since = 0;

  // What a page asks for later than at its start is waited for too.
  const quiet = () => soon(async () => {
    assert.deepEqual([...under_way.values()], [], 'these do not arrive');
    assert.ok(performance.now() - since >= QUIET_MS, 'the network is busy');
  });

  const more = await visit(path, async (page, context) => {
    const wire = await context.newCDPSession(page);
    const names = new Map();

    await wire.send('Network.enable');
    await wire.send('Network.setCacheDisabled', { cacheDisabled: true });
    wire.on('Network.requestWillBeSent', ({ requestId, request }) => {
      names.set(requestId, request.url);
      under_way.set(requestId, request.url);
    });
    const ends = ({ requestId }) => {
      under_way.delete(requestId);
      since = performance.now();
    };
    wire.on('Network.loadingFailed', ends);
    wire.on('Network.loadingFinished', (event) => {
      sizes.set(new URL(names.get(event.requestId) ?? base).pathname,
        event.encodedDataLength);
      ends(event);
    });
    await page.addInitScript(() => {
      const seen = { shift: 0, paint: 0, what: '' };
      const watch = (type, add) => {
        const observer = new PerformanceObserver((list) =>
          list.getEntries().forEach(add));

        observer.observe({ type, buffered: true });
        return () => observer.takeRecords().forEach(add);
      };
      const rest = [
        watch('layout-shift', (entry) => (seen.shift += entry.value)),
        watch('largest-contentful-paint', (entry) => Object.assign(seen, {
          paint: entry.startTime, what: entry.element?.tagName ?? '' })),
      ];

      // With what the last frame had and no observer was told of yet.
      window.seen = async () => {
        for (let frame = 0; frame < 2; frame++)
          await new Promise((done) => requestAnimationFrame(done));
        rest.forEach((take) => take());
        return { ...seen };
      };
    });
    await page.reload();
    await quiet();
    const seen = await page.evaluate(() => window.seen());
    await act(page);
    await quiet();
    return { ...seen, shift: (await page.evaluate(() => window.seen())).shift };
  }, options);
  return { ...more, sizes,
    bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0) };
}

test('a first visit with the map stays under 200 kB', async () => {
  const open_map = async (page) => {
    await page.locator('figure.map > a').first().hover();
    await map_made(page);
  };
  const { bytes, sizes } = await first_visit('/', {}, open_map);

  for (const [url, size] of sizes)
    console.log(`  ${kb(size).padStart(9)} ${url}`);
  console.log(`first visit of / with its map: ${kb(bytes)} in ${sizes.size
    } answers, limit 200 kB`);
  for (const part of ['leaflet.js', 'map.css', 'basemap_region.bin',
    'index.geojson'])
    assert.ok([...sizes.keys()].some((url) => url.endsWith(`/${part}`)),
      `${part} is not among what was loaded`);
  assert.ok(bytes <= 200 * KB);
});

for (const path of ['/', ...(await walk()).filter((page) => page !== '/')])
  test(`nothing moves while ${path} comes up on a phone`, async () => {
    const way = await slow(base);

    try {
      const { shift, paint, what, bytes } = await first_visit(path,
        { width: PHONE, height: 800, origin: way.origin, isMobile: true,
          hasTouch: true, deviceScaleFactor: 2 });
      console.log(`${path}: 150 ms, 1.6 Mbit/s: largest paint (${what
        }) after ${Math.round(paint)} ms, ${kb(bytes)}, shift ${shift}`);
      assert.equal(shift, 0);
    } finally {
      way.close();
    }
  });
