/** The page in other languages: whole catalogues, the reader's own language at first, and right to left. */

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { findStrayTexts, importTexts, listTexts, type Catalogue } from './catalogues.ts';
import { befriend, enter, openConversation, openStage, speak, write, type Stage } from './stage.ts';

const LANGUAGES = ['en', 'de', 'ar'];
/** Texts without a word in them. */
const WORDLESS = ['page.name', 'page.title', 'doing/.attention.several'];
/** Texts that are the same in English and German. */
const SAME = [...WORDLESS, ...['status.offline', 'status.online', 'status.other', 'people.message', 'messages.by']];
const PHONE = { width: 360, height: 740 };

let modules: Awaited<ReturnType<typeof importTexts>>;
before(async () => (modules = await importTexts()));

function ask<T>(module: string, name: string): T {
  return modules.get(module)![name] as T;
}

describe('catalogues', () => {
  /** All texts of a language: of the page's first catalogue, and of those that are loaded later. */
  function textsOf(language: string, ...samples: readonly unknown[]): Map<string, string> {
    const catalogues = [...modules].filter(([path]) => path === language || path.endsWith(`/${language}`));
    return new Map(
      catalogues.flatMap(([path, module]) => [
        ...listTexts({ [path.slice(0, -language.length)]: module[language] as Catalogue }, ...samples),
      ]),
    );
  }

  test('every language has every text, and none is empty', () => {
    const keys = [...textsOf('en', 3, 4).keys()];
    assert.ok(keys.length > 100);
    for (const language of LANGUAGES) {
      const own = textsOf(language, 3, 4);
      assert.deepEqual([...own.keys()].toSorted(), keys.toSorted(), language);
      assert.deepEqual(
        [...own].filter(([, text]) => text.trim() === ''),
        [],
        language,
      );
    }
  });

  test('no text was left in English', () => {
    const english = textsOf('en', 3, 4);
    const same = (language: string): string[] =>
      [...textsOf(language, 3, 4)].filter(([key, text]) => english.get(key) === text).map(([key]) => key);
    assert.deepEqual(
      same('de').filter((key) => !SAME.includes(key)),
      [],
    );
    assert.deepEqual(
      same('ar').filter((key) => !WORDLESS.includes(key)),
      [],
    );
  });

  test('each parameter is in the text, whatever the language', () => {
    const english = textsOf('en', 'anna', 'berta');
    for (const language of LANGUAGES) {
      for (const [key, text] of textsOf(language, 'anna', 'berta')) {
        for (const name of ['anna', 'berta']) {
          assert.equal(text.includes(name), english.get(key)!.includes(name), `${language}: ${key}`);
        }
      }
    }
  });

  test('numbers choose their words: two forms in German, six in Arabic', () => {
    const pluralsOf = ask<(of: string) => (count: number, forms: object) => string>('plurals', 'pluralsOf');
    const forms = { zero: 'zero', one: 'one', two: 'two', few: 'few', many: 'many', other: 'other' };
    const say = (language: string) => [0, 1, 2, 3, 11, 100].map((count) => pluralsOf(language)(count, forms));
    assert.deepEqual(say('de'), ['other', 'one', 'other', 'other', 'other', 'other']);
    assert.deepEqual(say('ar'), ['zero', 'one', 'two', 'few', 'many', 'other']);
  });

  test('no component has a text of its own', async () => assert.deepEqual(await findStrayTexts(), []));
});

describe('moments', () => {
  type Say = (time: number, now: number) => string;
  let formats: Record<'de' | 'en', Record<'day' | 'moment' | 'momentInSentence', Say>>;
  before(() => {
    const formatsOf = ask<(language: string) => never>('formats', 'formatsOf');
    formats = { de: formatsOf('de'), en: formatsOf('en') };
  });
  const now = new Date(2026, 4, 15, 9, 30).getTime();
  const at = (day: number, hour = 20): number => new Date(2026, 4, day, hour, 5).getTime();

  test('days', () => {
    const { de, en } = formats;
    assert.equal(en.day(at(15, 8), now), 'Today');
    assert.equal(de.day(at(14), now), 'Gestern');
    assert.equal(de.day(at(13), now), 'Mittwoch, 13. Mai 2026');
    assert.equal(de.moment(at(15, 8), now), '08:05');
    assert.equal(de.moment(at(14), now), 'Gestern');
    assert.equal(de.momentInSentence(at(14), now), 'gestern');
    assert.equal(en.moment(at(9), now), 'Saturday');
    assert.equal(de.moment(at(8), now), '08.05.26');
  });

  test('how long ago', () => {
    const ago = ask<(language: string, time: number, now: number) => string>('ago', 'ago');
    assert.equal(ago('en', now - 20_000, now), 'this minute');
    assert.equal(ago('en', now - 5 * 60_000, now), '5 minutes ago');
    assert.equal(ago('de', now - 3 * 3_600_000, now), 'vor 3 Stunden');
    assert.equal(ago('de', now - 86_400_000, now), 'gestern');
  });
});

describe('the page', () => {
  let stage: Stage;
  before(async () => (stage = await openStage()));
  after(() => stage.close());

  /** The language and direction that the page says it has, and its first heading. */
  async function head(page: Page): Promise<(string | null)[]> {
    const root = page.locator('html');
    const heading = await page.getByRole('heading').first().textContent();
    return [await root.getAttribute('lang'), await root.getAttribute('dir'), heading];
  }

  test("opens in the browser's language, and loads no other", async () => {
    const loaded: string[] = [];
    const page = await stage.browser.open('about:blank', { locale: 'de-AT' });
    page.on('request', (request) => loaded.push(new URL(request.url()).pathname));
    await page.goto(stage.gateway.http);
    await page.getByRole('heading').first().waitFor();
    assert.deepEqual(await head(page), ['de', 'ltr', 'Anmelden']);
    assert.deepEqual(loaded.filter((path) => /\/(de|ar)-/.test(path)).length, 1);
  });

  test('is never seen in another language before', async () => {
    const page = await stage.browser.open('about:blank', { locale: 'ar-EG' });
    await page.addInitScript(() => {
      const seen: string[] = [];
      Object.assign(globalThis, { seen });
      new MutationObserver(() => {
        const text = document.querySelector('h1')?.textContent;
        if (text) seen.push(text);
      }).observe(document, { childList: true, subtree: true, characterData: true });
    });
    await page.goto(stage.gateway.http);
    await page.getByRole('heading').first().waitFor();
    assert.deepEqual(await head(page), ['ar', 'rtl', 'تسجيل الدخول']);
    const seen = await page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen);
    assert.deepEqual([...new Set(seen)], ['تسجيل الدخول']);
  });

  test('speaks English where it has none of the languages', async () => {
    const page = await stage.browser.open(stage.gateway.http, { locale: 'fi-FI' });
    await page.getByRole('heading').first().waitFor();
    assert.deepEqual(await head(page), ['en', 'ltr', 'Log in']);
  });

  test('changes its language where it stands, and keeps the choice', async () => {
    const page = await enter(stage.browser, stage.gateway.http, 'lena');
    await speak(page, 'de');
    await page.getByRole('heading', { name: 'Leute' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Leute' }).waitFor();
    await speak(page, 'en');
    await page.getByRole('heading', { name: 'People' }).waitFor();
  });

  test('from right to left: mirrored, nothing runs over, each text in its own direction', async () => {
    const [alice, bob] = (await stage.enter('alice', 'bob')) as [Page, Page];
    await befriend(alice, bob, 'alice', 'bob');
    await openConversation(alice, 'bob');
    await write(alice, 'An English text, with a full stop.');
    await write(alice, 'نص عربي.');
    await speak(alice, 'ar');
    const list = (await alice.getByRole('navigation').boundingBox())!;
    const composer = (await alice.getByRole('textbox').boundingBox())!;
    assert.ok(list.x > composer.x + composer.width, 'the list stands on the right');
    const directions = await alice
      .getByRole('region', { name: /^الرسائل مع/ })
      .locator('[dir=auto]')
      .filter({ hasText: /stop|نص/ })
      .evaluateAll((texts) => texts.map((text) => getComputedStyle(text).direction));
    assert.deepEqual(directions.toSorted(), ['ltr', 'rtl']);
    await alice.setViewportSize(PHONE);
    for (const width of [360, 768, 1280]) {
      await alice.setViewportSize({ ...PHONE, width });
      assert.ok(await alice.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width}`);
    }
    await alice.getByText('full stop').waitFor();
  });
});
