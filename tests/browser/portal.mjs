// The browser for every script beside this one: it meets the portal alone, and
// whatever goes wrong on the way fails the visit.
//
// EDGE_URL is the portal, EDGE_BROWSER the folder whose node_modules holds the
// packages, EDGE_SHOTS a folder for screenshots.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const require = createRequire(`${process.env.EDGE_BROWSER}/`);
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export const base = process.env.EDGE_URL;
export const PHONE = 390, DESK = 1280, WALL = 1920;
export const ZOOMED = 320; // 1280 pixels at 400 %, WCAG 2.2, 1.4.10

// How long a thing may take to come on a machine that has much else to do.
const PATIENCE_MS = 30_000;

let browser;

export async function launch() {
  browser ??= await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-quic',
      '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--disable-dev-shm-usage'],
  });
  return browser;
}

export async function quit() {
  await browser?.close();
  browser = undefined;
}

// Opens a page in a context of its own, hands both to `look` and fails when
// the page asked anybody but the portal, logged an error, broke the content
// security policy, threw, or opened a dialog.
export async function visit(path, look, options = {}) {
  const { width = DESK, height = 900, scheme = 'light', js = true,
    origin = base, forgive = [], clock = false, ...more } = options;
  const context = await (await launch()).newContext({
    viewport: { width, height }, colorScheme: scheme, javaScriptEnabled: js,
    reducedMotion: 'reduce', ...more });
  const trouble = [];
  const say = (text) =>
    forgive.some((pattern) => pattern.test(text)) || trouble.push(text);

  await context.route('**/*', (route) => {
    const url = route.request().url();

    if (url.startsWith(`${origin}/`) || url.startsWith('data:'))
      return route.continue();
    say(`asks ${url}`);
    return route.abort();
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  if (clock)
    await page.clock.install(); // moved on by the test
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      say(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => say(`throws: ${error.message}`));
  page.on('dialog', (dialog) => {
    say(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  try {
    await page.goto(origin + path, { waitUntil: 'load' });
    return await look(page, context);
  } finally {
    await context.close();
    assert.deepEqual(trouble, [], path);
  }
}

// What comes a moment after what was done: `check` asserts it, again and again
// until it holds; in the end it fails with what it says last.
export async function soon(check) {
  const end = performance.now() + PATIENCE_MS;

  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (!(error instanceof assert.AssertionError) ||
        performance.now() >= end)
        throw error;
    }
    await sleep(50);
  }
}

// Does what leads to another address, and waits for the page that is there.
export async function leads(page, act) {
  const before = page.url();

  await act();
  await page.waitForURL((url) => url.href !== before);
}

// A map to move is made in one go, but when its files have come.
export async function map_made(page, ground = 'path.land') {
  const parts = { ground, tracks: 'path.thin, path.bold',
    graticule: 'path.grid', buttons: '.words-bar button' };

  await soon(async () => assert.deepEqual(await page.evaluate((all) =>
    Object.keys(all).filter((part) =>
      !document.querySelector(`.chart :is(${all[part]})`)), parts), [],
  'these parts of the map are missing'));
}

// What axe finds on the page as it stands: WCAG 2.2 AA and its best practices.
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, {
    resultTypes: ['violations'],
  }));
  return found.violations.flatMap((rule) => rule.nodes.map((node) =>
    `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary
      .replaceAll(/\s+/g, ' ').slice(0, 300)}`));
}

// Elements that reach over the right edge, which scrolls the page sideways.
export async function sideways(page) {
  const { width: wanted } = page.viewportSize();

  return page.evaluate(async ([wanted, patience]) => {
    const end = performance.now() + patience;

    // A window that was given another width has it a moment later.
    while (document.documentElement.clientWidth !== wanted &&
      performance.now() < end)
      await new Promise((done) => setTimeout(done, 10));
    const width = document.documentElement.clientWidth;

    if (width !== wanted)
      return [`the page is ${width} px wide, not ${wanted}`];
    if (document.documentElement.scrollWidth <= width)
      return [];
    return [...document.querySelectorAll('body *')].filter((element) =>
      element.getBoundingClientRect().right > width + 1).slice(0, 5).map(
      (element) => `${element.tagName}.${element.className}: ${
        element.textContent.slice(0, 40)}`);
  }, [wanted, PATIENCE_MS]);
}

export async function shoot(page, name) {
  const folder = process.env.EDGE_SHOTS;

  if (!folder)
    return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

export const file_name = (path) =>
  path === '/' ? 'landing' : path.replaceAll(/[^\w]+/g, '-').slice(1, 60);

// An address without what makes it one of many: /SEA044/M20 and /SEA063/M33
// are of one shape, and so are two pages of one list.
const shape = (url) => url.pathname
  .replace(/^\/SB\d+\/M\d+/, '/BUOY/M')
  .replace(/^\/[A-Z]+\d+\/M\d+/, '/GLIDER/M')
  .replace(/\/SB\d+/, '/BUOY')
  .replaceAll(/SEA-\d+/g, 'BASIN')
  .replaceAll(/\/(SEA|SG)\d+/g, '/GLIDER')
  .replace(/^\/projects\/.+/, '/projects/ONE') +
  [...url.searchParams.keys()].sort().join('&');

// Walks the links of the portal without a browser. Returns the addresses of
// HTML pages, at most `each` of one shape.
export async function walk(each = 1, most = 80) {
  const todo = ['/'], seen = new Set(todo), shapes = new Map(), found = [];

  while (todo.length > 0 && found.length < most) {
    const path = todo.shift();
    const answer = await fetch(base + path);
    const type = answer.headers.get('content-type') ?? '';
    const text = await answer.text();

    assert.equal(answer.status, 200, path);
    if (!type.startsWith('text/html'))
      continue;
    found.push(path);
    for (const [, link] of text.matchAll(/<a [^>]*?href="([^"]*)"/g)) {
      const url = new URL(link.replaceAll('&amp;', '&'), base + path);
      const next = url.pathname + url.search;

      // Of lists the page with one choice stands for those with more.
      if (url.origin !== base || seen.has(next) ||
        [...url.searchParams].length > 1 || url.searchParams.has('before') ||
        /\.(csv|json|geojson|svg|xml|sqlite|sha256|txt|png)$/.test(url.pathname))
        continue;
      seen.add(next);
      const count = shapes.get(shape(url)) ?? 0;
      if (count >= each)
        continue;
      shapes.set(shape(url), count + 1);
      todo.push(next);
    }
  }
  return found;
}
