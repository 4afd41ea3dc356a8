/** People who write to each other in their tabs while things break, and the judgement of what the screens showed. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { passOf } from '../faults/classic-client.ts';
import { describe, History, type Operation } from '../faults/history.ts';
import { findViolations } from '../faults/history-check.ts';
import type { TestBrowser } from '../helpers/browser.ts';
import type { Random } from '../helpers/random.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { installLens, REPORT, type Observation } from './history-lens.ts';
import { Tab } from './history-tab.ts';
import { Ticks } from './history-ticks.ts';
import { logIn } from './stage.ts';

/** So high that all of a conversation is drawn. */
const HIGH: BrowserContextOptions = { viewport: { width: 600, height: 6_000 } };
/** Milliseconds in which everything is where it belongs once nothing breaks any more. */
const PATIENCE = 30_000;

export interface Person {
  readonly user: string;
  /** Whom the tabs talk with. */
  readonly peer: string;
  /** Where the page comes from. */
  readonly address: string;
  readonly context: BrowserContext;
  /** Those that are open. */
  readonly tabs: Tab[];
  /** The tab that was let in last: it runs the client. */
  leader: Tab | undefined;
}

export interface Verdict {
  /** All that must not be, for people; empty when all is well. */
  readonly wrong: readonly string[];
  readonly counts: string;
}

export class Play {
  readonly history = new History();
  readonly ticks = new Ticks();
  readonly people: Person[] = [];
  readonly #browser: TestBrowser;
  readonly #random: Random;
  readonly #operations = new Map<string, Operation>();
  readonly #problems: string[] = [];
  /** Of tabs that are gone, too. */
  readonly #tabs: Tab[] = [];
  #isOver = false;
  #writers: Promise<void>[] = [];

  constructor(browser: TestBrowser, random: Random) {
    this.#browser = browser;
    this.#random = random;
  }

  /** Somebody with an account, at a page of a browser of their own, in the conversation with the peer. */
  async enter(user: string, peer: string, address: string): Promise<Person> {
    await createRegistration(address)(user, passOf(user));
    const person = await this.#openBrowser(user, peer, address);
    this.people.push(person);
    return person;
  }

  /** One more tab of the same browser. */
  async openTab(person: Person): Promise<Tab> {
    const tab = this.#watch(person, await person.context.newPage());
    await tab.page.goto(`${person.address}/#/${person.peer}`);
    await tab.awaitReady();
    return tab;
  }

  async closeTab(person: Person, tab: Tab): Promise<void> {
    person.tabs.splice(person.tabs.indexOf(tab), 1);
    await tab.page.close();
  }

  /** In this tab somebody writes until {@link settle}, or until it is closed; `pause`: milliseconds from one message to the next, at most. */
  chat(tab: Tab, pause: number): void {
    this.#isOver = false;
    this.#writers.push(this.#write(tab, pause));
  }

  /** Whether it became so in time. */
  async until(isSo: () => boolean): Promise<boolean> {
    for (const deadline = Date.now() + PATIENCE; !isSo();) {
      if (Date.now() > deadline) return false;
      await sleep(50);
    }
    return true;
  }

  /** Nobody writes any more, and all has time to come; then a new device of each takes all that there is. */
  async settle(): Promise<Verdict> {
    this.#isOver = true;
    await Promise.all(this.#writers.splice(0));
    await this.until(() => this.people.every((person) => this.#isSettled(person)));
    const late = await Promise.all(this.people.map((person) => this.#comeLate(person)));
    const wrong = [
      ...this.#judgeOpen(),
      ...this.#tabs.flatMap(({ screen }) => screen.faults),
      ...this.ticks.judge(),
      ...findViolations(this.history).map(describe),
      ...late.flat(),
      ...this.#problems,
    ];
    return { wrong, counts: this.#describe() };
  }

  /** Ends everything, whatever became of it. */
  async leave(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.people.map(({ context }) => context.close()));
  }

  async #openBrowser(user: string, peer: string, address: string): Promise<Person> {
    const page = await this.#browser.open('about:blank', HIGH);
    const context = page.context();
    const person: Person = { user, peer, address, context, tabs: [], leader: undefined };
    await context.exposeBinding(REPORT, (source, observation: Observation) => {
      person.tabs.find((tab) => tab.page === source.page)?.take(observation);
    });
    await context.addInitScript(installLens, REPORT);
    context.on('weberror', (error) => this.#problems.push(`error on a page of ${user}: ${error.error().stack}`));
    const tab = this.#watch(person, page);
    await page.goto(`${address}/#/${peer}`);
    await logIn(page, user, `the password of ${user}`);
    await tab.awaitReady();
    return person;
  }

  #watch(person: Person, page: Page): Tab {
    const { user, peer } = person;
    const tab = new Tab({
      user,
      peer,
      name: `${user}/${this.#tabs.filter((other) => other.user === user).length + 1}`,
      page,
      session: this.history.begin(user),
      ticks: this.ticks,
      operations: this.#operations,
      leads: (leader) => (person.leader = leader),
    });
    person.tabs.push(tab);
    this.#tabs.push(tab);
    return tab;
  }

  async #write(tab: Tab, pause: number): Promise<void> {
    while (!this.#isOver && !tab.page.isClosed()) {
      await tab.write();
      await sleep(this.#random.int(pause));
    }
  }

  /** What was written, or may have been, between a person and the peer. */
  #expected({ user, peer }: Person): string[] {
    const isBetween = ({ about }: Operation): boolean => about === `${user}>${peer}` || about === `${peer}>${user}`;
    const messages = this.history.operations.filter(({ kind }) => kind === 'message');
    return messages.filter((message) => isBetween(message) && isPromised(message)).map(({ text }) => text);
  }

  #isSettled(person: Person): boolean {
    const expected = this.#expected(person);
    return person.tabs.every((tab) => tab.hasAll(expected));
  }

  /** A new browser of the same person: it shows what the tabs show. */
  async #comeLate(person: Person): Promise<string[]> {
    const late = await this.#openBrowser(person.user, person.peer, person.address);
    const [tab] = late.tabs as [Tab];
    const expected = this.#expected(person);
    await this.until(() => tab.hasAll(expected));
    await tab.drain();
    const texts = await tab.read();
    const differences: string[] = [];
    for (const other of [tab, ...person.tabs]) {
      const shown = await other.read();
      const lost = expected.filter((text) => !shown.includes(text));
      if (lost.length > 0) differences.push(`lost: ${lost.join(', ')} on ${other.name}`);
      const at = texts.findIndex((text, index) => shown[index] !== text);
      if (at >= 0 || shown.length !== texts.length) {
        differences.push(`order: ${other.name} shows ${shown[at]} where ${tab.name} shows ${texts[at]}`);
      }
    }
    await late.context.close();
    return differences;
  }

  #judgeOpen(): string[] {
    const open = this.history.operations.filter(({ kind, state }) => kind === 'message' && state === 'invoked');
    return open.map(({ text }) => `lost: ${text} never got a tick`);
  }

  #describe(): string {
    const { history } = this;
    const documents = this.#tabs.reduce((sum, tab) => sum + tab.documents, 0);
    return `${history.describe()}; ${this.#tabs.length} tabs with ${documents} documents`;
  }
}

/** It was written, and the page did not go meanwhile. */
function isPromised({ state }: Operation): boolean {
  return state === 'invoked' || state === 'ok';
}
