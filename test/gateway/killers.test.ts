/** A live gateway, against input that crashed our libraries or was wrongly accepted by them. */

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { startGateway, type TestGateway } from '../helpers/gateway.ts';
import { connectTcp, connectWebSocket, type Client } from '../transcripts/client.ts';
import { createRegistration } from '../transcripts/admin.ts';
import { toBytes } from '../transcripts/play.ts';

const PASS = '0123456789abcdef0123456789abcdef';
const PATIENCE = 10_000;

interface Killer {
  readonly name: string;
  /** In the notation of plays. */
  readonly sends: string;
  /** What comes back; then the connection goes on, or ends where the last is an ERROR. */
  readonly receives: readonly string[];
}

/** An ERROR with this code. */
function error(code: string): string {
  return `<ERROR code="${code}" text="*"/>`;
}

/** What is only echoed. */
function echoed(name: string, sends: string): Killer {
  return { name, sends, receives: [toBytes(sends).toString('utf8')] };
}

function refused(name: string, sends: string, code: string): Killer {
  return { name, sends, receives: [error(code)] };
}

const KILLERS: readonly Killer[] = [
  {
    name: 'sax: an attribute named hasOwnProperty threw a TypeError',
    sends: '<LOGIN hasOwnProperty="1"/>',
    receives: ['<LOGIN hasOwnProperty="1"/>', '<LOGIN result="0"/>'],
  },
  echoed('names that objects have', '<toString __proto__="1" constructor="2" valueOf="3" hasOwnProperty="4"/>'),
  echoed('an element named __proto__', '<__proto__><constructor/></__proto__>'),
  echoed('names with colons and xmlns', '<a:b xmlns="x" xmlns:a="y" xml:lang="z" a:c="d"/>'),
  refused('sax: repeated attributes passed silently', '<LOGIN user="a" user="b"/>', 'repeated-attribute'),
  refused('the same in another case', '<LOGIN user="a" uSeR="b"/>', 'repeated-attribute'),
  refused('sax: control characters passed', '<HELLO>\\u{8}</HELLO>', 'bad-character'),
  refused('… and as references', '<HELLO a="&#x8;"/>', 'bad-character'),
  refused('… and NUL', '<HELLO a="\\u{0}"/>', 'bad-character'),
  refused('sax: ]]> passed in text', '<HELLO>]]></HELLO>', 'not-well-formed'),
  refused('sax: < passed in attributes', '<HELLO a="<"/>', 'not-well-formed'),
  refused('sax: &nbsp; passed', '<HELLO>&nbsp;</HELLO>', 'bad-entity'),
  refused('entities of objects', '<HELLO>&constructor;</HELLO>', 'bad-entity'),
  refused('a billion laughs', '<!DOCTYPE a [<!ENTITY b "{lol*50}">]>', 'doctype'),
  refused('the closing tag of a hidden root', '</stream>', 'not-well-formed'),
  { name: '… after a document', sends: '<ALIVE/></stream>', receives: ['<ALIVE/>', error('not-well-formed')] },
  refused('sax: a chunk of errors took quadratic time', '{<a b=c d>*20000}', 'not-well-formed'),
  refused('… and one of ampersands', '<a>{&*15000}</a>', 'bad-entity'),
  refused('sax: an unclosed quote gave neither error nor document', '<LOGIN user="{x*20000}', 'too-big'),
  refused('an endless comment', '<!--{x*20000}', 'too-big'),
  refused('an endless declaration', '<?xml {x*20000}', 'too-big'),
  refused('endless white space', '{ *40000}', 'too-big'),
  refused('endless comments', '{<!-- -->*4000}', 'too-big'),
  refused('an endless closing tag', '<ALIVE></ALIVE{ *20000}', 'too-big'),
  echoed('deep nesting', '{<a>*2340}{</a>*2340}'),
  refused('deeper nesting', '{<a>*50000}', 'too-big'),
  echoed('text that comes in many pieces', '<HELLO>{&lt;*2000}{<b/>*2000}</HELLO>'),
  refused('many attributes', '<HELLO {a="" *2000}/>', 'too-many-attributes'),
  refused('many attributes, each its own', `<HELLO ${numbered(200)}/>`, 'too-many-attributes'),
  {
    name: 'xmlbuilder2: raw line breaks in attributes',
    sends: '<LOGIN user="a&#10;b&#13;c&#9;d&quot;&lt;&amp;"/>',
    receives: [
      '<LOGIN user="a&#10;b&#13;c&#9;d&quot;&lt;&amp;"/>',
      '<LOGIN user="a&#10;b&#13;c&#9;d&quot;&lt;&amp;" result="0"/>',
    ],
  },
  refused('HTTP', 'GET / HTTP/1.1\\r\\nHost: ims\\r\\n\\r\\n', 'text-outside'),
  { name: 'a byte order mark', sends: '\\u{FEFF}<ALIVE/>', receives: ['<ALIVE/>'] },
  { name: '… elsewhere', sends: '<ALIVE/>\\u{FEFF}<ALIVE/>', receives: ['<ALIVE/>', error('text-outside')] },
];

/** `a1="" a2="" …` */
function numbered(count: number): string {
  return Array.from({ length: count }, (_, index) => `a${index}=""`).join(' ');
}

let gateway: TestGateway;
let bystander: Client;
before(async () => {
  gateway = await startGateway({ store: 'memory' });
  await createRegistration(gateway.http)('bystander', PASS);
  bystander = await connectTcp(gateway.tcp);
  await expectAnswer(bystander, `<LOGIN user="bystander" pass="${PASS}"/>`, ['<LOGIN user="bystander" result="1"/>']);
});
after(async () => {
  bystander.drop();
  await gateway.stop();
});

async function expectAnswer(client: Client, document: string, answers: readonly string[]): Promise<void> {
  await client.send(Buffer.from(document));
  await expectDocuments(client, [document, ...answers]);
}

async function expectDocuments(client: Client, documents: readonly string[]): Promise<void> {
  for (const document of documents) {
    const taken = await client.inbox.take([document], PATIENCE);
    assert.ok(taken !== undefined, `expected ${document.slice(0, 200)}\n got ${client.inbox.describe()}`);
  }
}

/** The gateway runs, and the session of somebody else was not touched. */
async function expectBystander(): Promise<void> {
  const note = `<MESSAGE from="bystander" to="bystander">${Math.random()}</MESSAGE>`;
  await expectAnswer(bystander, note, ['<MESSAGE result="1"/>', note]);
  assert.equal((await fetch(`${gateway.http}/healthz`)).status, 200);
}

const TRANSPORTS = {
  tcp: () => connectTcp(gateway.tcp),
  websocket: () => connectWebSocket(gateway.ws),
};

for (const [transport, connect] of Object.entries(TRANSPORTS)) {
  describe(`over ${transport}`, () => {
    for (const { name, sends, receives } of KILLERS) {
      test(name, async () => {
        const client = await connect();
        const begun = process.cpuUsage();
        await client.send(toBytes(sends));
        await expectDocuments(client, receives);
        if (receives.at(-1)!.startsWith('<ERROR')) assert.ok(await client.inbox.waitForEnd(PATIENCE));
        else await expectAnswer(client, '<ALIVE/>', []);
        const { user } = process.cpuUsage(begun);
        assert.ok(user < 2_000_000, `${user} µs`);
        client.drop();
        await expectBystander();
      });
    }

    test('ten thousand logins in one packet end with the fifth', async () => {
      const client = await connect();
      await client.send(toBytes('{<LOGIN user="bystander"/>*10000}'));
      const exchange = ['<LOGIN user="bystander"/>', '<LOGIN user="bystander" result="0"/>'];
      await expectDocuments(client, [...new Array(5).fill(exchange).flat(), error('too-many-logins')]);
      assert.ok(await client.inbox.waitForEnd(PATIENCE));
      client.drop();
      await expectBystander();
    });

    test('connections that break at every moment leave nothing behind', async () => {
      const login = `<LOGIN user="bystander" pass="${PASS}"/><ALIVE/>`;
      for (let length = 0; length < login.length; length += 7) {
        const client = await connect();
        void client.send(Buffer.from(login.slice(0, length)));
        if (length % 2) client.reset();
        else client.drop();
      }
      await expectBystander();
    });
  });
}

test('TCP: bytes that are not UTF-8, and a TLS client on the plain port', async () => {
  for (const bytes of ['\\xFF ', '<HELLO>\\xC0\\x80</HELLO>', '<HELLO>\\xED\\xA0\\x80</HELLO>']) {
    const client = await connectTcp(gateway.tcp);
    await client.send(toBytes(bytes));
    await expectDocuments(client, [error('not-utf8')]);
    assert.ok(await client.inbox.waitForEnd(PATIENCE));
  }
  const hello = await connectTcp(gateway.tcp);
  await hello.send(toBytes('\\x16\\x03\\x01\\x02\\x00\\x01\\x00\\x01\\xfc\\x03\\x03'));
  assert.ok(await hello.inbox.waitForEnd(PATIENCE));
  await expectBystander();
});

test('TCP: a character cut between two packets is one character', async () => {
  const client = await connectTcp(gateway.tcp);
  const document = '<HELLO>😀é漢</HELLO>';
  for (const byte of Buffer.from(document)) {
    await client.send(Buffer.from([byte]));
    await sleep(1);
  }
  await expectDocuments(client, [document]);
  client.drop();
});

test('ws: its loose defaults are tightened', async () => {
  const large = await connectWebSocket(gateway.ws);
  await large.send(Buffer.alloc(2_000_000, ' '));
  assert.ok(await large.inbox.waitForEnd(PATIENCE));
  assert.equal(large.inbox.ending?.code, 1009);

  const socket = new WebSocket(gateway.ws, { perMessageDeflate: true });
  await once(socket, 'open');
  assert.equal(socket.extensions, '', 'no compression: a few bytes must not become many');
  for (let fragment = 0; fragment < 20_000; fragment++) socket.send('', { fin: false });
  const [code] = await once(socket, 'close');
  assert.ok([1006, 1008, 1009].includes(code as number), `closed with ${code}`);
  await expectBystander();
});

test('ws: text frames that are not UTF-8, binary frames, control frames', async () => {
  const latin = await connectWebSocket(gateway.ws);
  await latin.send(Buffer.from([0xff]));
  assert.ok(await latin.inbox.waitForEnd(PATIENCE));
  assert.equal(latin.inbox.ending?.code, 1007);
  const binary = await connectWebSocket(gateway.ws);
  await binary.send(Buffer.from('<ALIVE/>'), 'binary');
  await expectDocuments(binary, [error('not-text')]);
  assert.ok(await binary.inbox.waitForEnd(PATIENCE));
  const socket = new WebSocket(gateway.ws);
  socket.on('error', () => undefined);
  await once(socket, 'open');
  for (let count = 0; count < 1000; count++) {
    socket.pong('9999999999');
    socket.ping('constructor');
  }
  socket.terminate();
  await expectBystander();
});
