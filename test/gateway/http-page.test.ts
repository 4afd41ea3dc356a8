/** What PORT serves to those who watch it and to browsers: health, settings, the page. And what the log keeps out. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { createHttpServer } from '../../gateway/http.ts';
import { makeCertificate } from '../helpers/certificate.ts';
import { assertRefused, startHttp as start } from './http-app.ts';
import { createParts, send } from './listening.ts';

describe('health', () => {
  test('/healthz: the process runs, whatever the store does', async (context) => {
    const { url } = await start(context, {}, { isDraining: true });
    const answer = await send(`${url}/healthz`);
    assert.deepEqual([answer.status, answer.json], [200, { status: 'ok' }]);
    assert.equal((await send(`${url}/healthz`, { method: 'POST' })).headers.allow, 'GET, HEAD');
  });

  test('/readyz: one probe for all who ask at once and within a second', async (context) => {
    const parts = createParts();
    let probes = 0;
    const probe = parts.store.probe.bind(parts.store);
    parts.store.probe = () => ((probes += 1), probe());
    const { url } = await start(context, {}, parts);
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(`${url}/readyz`)));
    for (const answer of answers) assert.deepEqual([answer.status, answer.json], [200, { status: 'ready' }]);
    parts.clock.advance(999);
    await send(`${url}/readyz`);
    assert.equal(probes, 1);
    parts.clock.advance(1);
    await send(`${url}/readyz`);
    assert.equal(probes, 2);
  });

  test('/readyz: 503 and why, while the store fails; 200 when it is back', async (context) => {
    const parts = createParts();
    const probe = parts.store.probe.bind(parts.store);
    parts.store.probe = () => Promise.reject(new Error('the document did not come back'));
    const { url } = await start(context, {}, parts);
    const answer = await send(`${url}/readyz`);
    assert.deepEqual([answer.status, answer.json], [503, { status: 'unready', why: 'the document did not come back' }]);
    parts.store.probe = probe;
    parts.clock.advance(1000);
    assert.equal((await send(`${url}/readyz`)).status, 200);
  });

  test('/readyz: 503 while the gateway stops', async (context) => {
    const { url } = await start(context, {}, { isDraining: true });
    const answer = await send(`${url}/readyz`);
    assert.deepEqual([answer.status, answer.json], [503, { status: 'unready', why: 'the gateway is stopping' }]);
  });

  test('/readyz: 503 while a sibling cannot serve; the siblings hear of the first who asks', async (context) => {
    let why: string | undefined = '1 of 2 workers serve';
    let heard = 0;
    const siblings = { why: () => why, isWatched: () => false, watched: () => void (heard += 1) };
    const { url } = await start(context, {}, { siblings });
    const answer = await send(`${url}/readyz`);
    assert.deepEqual([answer.status, answer.json], [503, { status: 'unready', why }]);
    why = undefined;
    assert.equal((await send(`${url}/readyz`)).status, 200);
    assert.equal(heard, 1);
  });
});

describe('the page', () => {
  function build(context: TestContext): string {
    const pageDir = mkdtempSync(join(tmpdir(), 'ims-page-'));
    context.after(() => rmSync(pageDir, { recursive: true }));
    mkdirSync(join(pageDir, 'assets'));
    writeFileSync(join(pageDir, 'index.html'), '<!doctype html>page');
    writeFileSync(join(pageDir, 'icon.svg'), '<svg/>');
    writeFileSync(join(pageDir, 'icon-192.png'), 'picture');
    writeFileSync(join(pageDir, 'sw.js'), 'worker');
    writeFileSync(join(pageDir, 'manifest.webmanifest'), '{}');
    writeFileSync(join(pageDir, 'assets', 'index-abc.js'), 'script');
    return pageDir;
  }

  test('index.html is asked for each time, what has a hash in its name never again', async (context) => {
    const { url } = await start(context, {}, { pageDir: build(context) });
    const page = await send(`${url}/`);
    assert.deepEqual([page.status, page.text], [200, '<!doctype html>page']);
    assert.equal(page.headers['cache-control'], 'no-cache');
    assert.equal((await send(`${url}/icon.svg`)).headers['cache-control'], 'no-cache');
    const asset = await send(`${url}/assets/index-abc.js`);
    assert.deepEqual([asset.status, asset.text], [200, 'script']);
    assert.equal(asset.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.equal((await send(`${url}/`, { headers: { 'If-None-Match': String(page.headers.etag) } })).status, 304);
    assert.equal((await send(`${url}/`, { method: 'POST' })).status, 405);
  });

  test('what an installed page is made of is asked for each time too, and has its type', async (context) => {
    const { url } = await start(context, {}, { pageDir: build(context) });
    for (const [path, type] of [
      ['/sw.js', /^text\/javascript/],
      ['/manifest.webmanifest', /^application\/manifest\+json/],
      ['/icon-192.png', /^image\/png$/],
    ] as const) {
      const { status, headers } = await send(url + path);
      assert.deepEqual([status, headers['cache-control']], [200, 'no-cache'], path);
      assert.match(String(headers['content-type']), type);
    }
  });

  test('as the build compressed it, for browsers that take it so; of its own type, with an address that does not change', async (context) => {
    const pageDir = build(context);
    writeFileSync(join(pageDir, 'assets', 'index-abc.js.br'), 'by brotli');
    writeFileSync(join(pageDir, 'assets', 'index-abc.js.gz'), 'by gzip');
    writeFileSync(join(pageDir, 'index.html.gz'), 'the page by gzip');
    const { url } = await start(context, {}, { pageDir });
    const script = `${url}/assets/index-abc.js`;
    for (const [address, accepted, encoding, text] of [
      [script, 'gzip, deflate, br, zstd', 'br', 'by brotli'],
      [script, 'gzip, br;q=0', 'gzip', 'by gzip'],
      [script, 'identity', undefined, 'script'],
      [`${url}/`, 'br, gzip', 'gzip', 'the page by gzip'],
      [`${url}/?from=app`, 'br', undefined, '<!doctype html>page'],
    ] as const) {
      const answer = await send(address, { headers: { 'Accept-Encoding': accepted } });
      assert.deepEqual(
        [answer.status, answer.headers['content-encoding'], answer.text],
        [200, encoding, text],
        accepted,
      );
      assert.match(String(answer.headers['content-type']), address === script ? /^text\/javascript/ : /^text\/html/);
      assert.equal(answer.headers.vary, 'Accept-Encoding');
    }
    const posted = await send(`${url}/`, { method: 'POST', headers: { 'Accept-Encoding': 'gzip' } });
    assert.deepEqual([posted.status, posted.headers['content-encoding']], [405, undefined]);
    assert.equal((await send(`${url}/icon.svg`)).headers.vary, undefined);
  });

  test('what is not there is kept by nobody: it may be there after a deploy', async (context) => {
    const { url } = await start(context, {}, { pageDir: build(context) });
    const answer = await send(`${url}/assets/index-next.js`);
    assert.deepEqual([answer.status, answer.headers['cache-control']], [404, 'no-store']);
  });

  test('it may load its own, talk to its own, and stand in no frame', async (context) => {
    const { url } = await start(context, {}, { pageDir: build(context) });
    const { headers } = await send(`${url}/`);
    const policy = String(headers['content-security-policy']);
    for (const part of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]) {
      assert.ok(policy.split(';').includes(part), `${part} in ${policy}`);
    }
    assert.doesNotMatch(policy, /unsafe|\*|upgrade-insecure|allow-duplicates/);
    assert.ok(policy.split(';').includes("require-trusted-types-for 'script'"), policy);
    assert.match(policy, /;trusted-types svelte-trusted-html ims-documents ims-workers(;|$)/);
    assert.match(String(headers['permissions-policy']), /(^|, )camera=\(\)(,|$)/);
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['x-powered-by'], undefined);
  });

  test('not built: a line that says how', async (context) => {
    const { url } = await start(context);
    const answer = await send(`${url}/`);
    assert.deepEqual([answer.status, answer.text], [503, 'The page is not built: run npm run build.\n']);
  });

  for (const path of [
    '/nothing',
    '/assets/old.js',
    '/api/nothing',
    '/..%2f..%2fpackage.json',
    '/.git/config',
    '/index.html/',
    '/%ff',
  ]) {
    test(`404 as JSON: ${path}`, async (context) => {
      const { url } = await start(context, {}, { pageDir: build(context) });
      assertRefused(await send(url + path, { headers: { Accept: 'text/html' } }), 404, /nothing at this address/);
    });
  }

  test('426: the WebSocket without its handshake', async (context) => {
    const { url } = await start(context);
    const answer = await send(`${url}/ims`);
    assertRefused(answer, 426, /WebSocket/);
    assert.equal(answer.headers.upgrade, 'websocket');
  });
});

test('GET /api/settings: what the page needs to know', async (context) => {
  const { url } = await start(context, { REGISTRATION: 'closed', IDLE_SECONDS: '20' });
  const answer = await send(`${url}/api/settings`);
  assert.deepEqual([answer.status, answer.json], [200, { registration: 'closed', idleSeconds: 20 }]);
});

test('the log keeps secrets out, however they come', () => {
  const { logger, logged } = createParts();
  const error = Object.assign(new Error('failed', { cause: new Error('why') }), {
    body: 'hidden',
    command: { args: ['hidden'] },
  });
  logger.error(
    { err: error, pass: 'hidden', request: { headers: { authorization: 'hidden' }, token: 'hidden' } },
    'told',
  );
  logger.info({ message: { text: 'hidden' }, password: 'hidden' });
  assert.match(logged.join(''), /failed.*why.*told/s);
  assert.doesNotMatch(logged.join(''), /hidden/);
});

test('with a certificate PORT speaks TLS 1.2 and above; slow senders are cut off', async (context) => {
  const tls = makeCertificate();
  const server = createHttpServer({ tls }, (_request, response) => void response.end('secure'));
  context.after(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const [response] = await once(get({ host: '127.0.0.1', port, ca: tls.cert, agent: false }), 'response');
  assert.equal((await response.toArray()).join(''), 'secure');
  const old = get({ host: '127.0.0.1', port, ca: tls.cert, agent: false, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' });
  await assert.rejects(once(old, 'response'));
  assert.deepEqual([server.headersTimeout, server.requestTimeout], [10_000, 20_000]);
});
