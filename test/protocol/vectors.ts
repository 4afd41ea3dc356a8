/** What a reader must make of a document's text: one table for Node and the browser. */

/** An element as the tables write it: attributes in order. */
export interface ExpectedElement {
  name: string;
  attributes: [name: string, value: string][];
  text: string;
  children: ExpectedElement[];
}

/** A text that is one document, and its element. */
export interface ValidVector {
  what: string;
  text: string;
  element: ExpectedElement;
  /** Why a browser's DOMParser takes it otherwise; without it, it does the same. */
  notInBrowser?: string;
}

function element(
  name: string,
  attributes: Record<string, string> = {},
  text = '',
  children: ExpectedElement[] = [],
): ExpectedElement {
  return { name, attributes: Object.entries(attributes), text, children };
}

const DEPTH = 2_300;

function nested(depth: number): ExpectedElement {
  let inner = element('A');
  for (let level = 1; level < depth; level++) inner = element('A', {}, '', [inner]);
  return inner;
}

const NAMESPACES = 'DOMParser knows namespaces, and refuses a prefix that is not declared';

export const VALID: readonly ValidVector[] = [
  {
    what: 'a document of the seed',
    text: '<LOGIN user="me" pass="x"/>',
    element: element('LOGIN', { user: 'me', pass: 'x' }),
  },
  {
    what: 'text between the tags',
    text: '<MESSAGE from="me" to="you">Message from me to you</MESSAGE>',
    element: element('MESSAGE', { from: 'me', to: 'you' }, 'Message from me to you'),
  },
  {
    what: 'children',
    text: '<STATUSLIST><STATUS id="0">Online</STATUS><STATUS id="1">Away</STATUS></STATUSLIST>',
    element: element('STATUSLIST', {}, '', [
      element('STATUS', { id: '0' }, 'Online'),
      element('STATUS', { id: '1' }, 'Away'),
    ]),
  },
  {
    what: 'names in any case',
    text: '<lOgIn USER="Me" PaSs="X"></lOgIn>',
    element: element('LOGIN', { user: 'Me', pass: 'X' }),
  },
  {
    what: 'only ASCII letters fold',
    text: '<ſé\u212A ſ="1" É="2"/>',
    element: element('ſé\u212A', { ſ: '1', É: '2' }),
  },
  { what: 'single quotes', text: `<A x='"' y="'"/>`, element: element('A', { x: '"', y: "'" }) },
  { what: 'white space in tags', text: '<A\t\r\n x \n=\t"1"\r>b</A \n>', element: element('A', { x: '1' }, 'b') },
  { what: '> in a value and in text', text: '<A x=">">></A>', element: element('A', { x: '>' }, '>') },
  { what: '/ in a value', text: '<A x="/"/>', element: element('A', { x: '/' }) },
  {
    what: 'the five entities',
    text: '<A x="&lt;&gt;&amp;&quot;&apos;">&lt;&gt;&amp;&quot;&apos;</A>',
    element: element('A', { x: `<>&"'` }, `<>&"'`),
  },
  {
    what: 'what a reference gives is not read again',
    text: '<A x="&amp;lt;&#38;gt;">&amp;lt;&#38;gt;</A>',
    element: element('A', { x: '&lt;&gt;' }, '&lt;&gt;'),
  },
  {
    what: 'character references',
    text: '<A x="&#65;&#x1F600;&#x000041;&#0065;">&#65;&#x1f600;&#x10FFFF;</A>',
    element: element('A', { x: 'A😀AA' }, 'A😀\u{10FFFF}'),
  },
  {
    what: '§3.3.3: literal white space in a value becomes spaces',
    text: '<A x="a\tb\nc\rd\r\ne  f "/>',
    element: element('A', { x: 'a b c d e  f ' }),
  },
  {
    what: '§3.3.3: white space by reference stays',
    text: '<A x="&#9;&#10;&#13;&#13;&#10;&#32;"/>',
    element: element('A', { x: '\t\n\r\r\n ' }),
  },
  {
    what: '§2.11: line ends become line feeds',
    text: '<A>a\r\nb\rc\nd\r\r\ne&#13;\n<![CDATA[\r\n\r]]></A>',
    element: element('A', {}, 'a\nb\nc\nd\n\ne\r\n\n\n'),
  },
  { what: 'CDATA is text', text: '<A>a<![CDATA[<&b>]]]]>c<![CDATA[]]></A>', element: element('A', {}, 'a<&b>]]c') },
  {
    what: 'CDATA with what would end elsewhere',
    text: '<A><![CDATA[</A>-->?>]]></A>',
    element: element('A', {}, '</A>-->?>'),
  },
  { what: 'comments are left out', text: '<A>a<!-- <B> -->b<!---->c<!-->--></A>', element: element('A', {}, 'abc') },
  { what: 'a comment with single hyphens', text: '<A><!-- - -a- --></A>', element: element('A') },
  {
    what: 'text on both sides of children',
    text: '<A>a<B>b</B>c<C/>d</A>',
    element: element('A', {}, 'acd', [element('B', {}, 'b'), element('C')]),
  },
  { what: ']] and ] in text', text: '<A>]]a]>b] ]></A>', element: element('A', {}, ']]a]>b] ]>') },
  { what: 'an empty text', text: '<MESSAGE></MESSAGE>', element: element('MESSAGE') },
  { what: 'white space is text', text: '<A> \t\n</A>', element: element('A', {}, ' \t\n') },
  {
    what: 'characters of all lengths',
    text: '<A x="aé€😀">\u0085\u00A0\uD7FF\uE000\uFFFD\u2028😀</A>',
    element: element('A', { x: 'aé€😀' }, '\u0085\u00A0\uD7FF\uE000\uFFFD\u2028😀'),
  },
  { what: 'U+FEFF in text', text: '<A x="\uFEFF">\uFEFF</A>', element: element('A', { x: '\uFEFF' }, '\uFEFF') },
  { what: 'names as the fifth edition has them', text: '<é·-.1 _x="1"/>', element: element('é·-.1', { _x: '1' }) },
  {
    what: 'names beyond U+FFFF',
    text: '<\u{10000}a\u{EFFFF} \u{20000}="1"></\u{10000}a\u{EFFFF}>',
    element: element('\u{10000}A\u{EFFFF}', { '\u{20000}': '1' }),
  },
  {
    what: 'colons in names',
    text: '<a:b:c x:y="1" :="2"/>',
    element: element('A:B:C', { 'x:y': '1', ':': '2' }),
    notInBrowser: NAMESPACES,
  },
  { what: 'xmlns is an attribute', text: '<A xmlns="u"/>', element: element('A', { xmlns: 'u' }) },
  // A sax that reads these has thrown a TypeError, which would have ended the process.
  {
    what: 'hasOwnProperty alone',
    text: '<LOGIN hasOwnProperty="1"/>',
    element: element('LOGIN', { hasownproperty: '1' }),
  },
  {
    what: 'hasOwnProperty and another attribute',
    text: '<LOGIN hasOwnProperty="1" user="me"/>',
    element: element('LOGIN', { hasownproperty: '1', user: 'me' }),
  },
  {
    what: 'names that objects have',
    text: '<constructor __proto__="1" constructor="2" toString="3" valueOf="4"/>',
    element: element('CONSTRUCTOR', { ['__proto__']: '1', constructor: '2', tostring: '3', valueof: '4' }),
  },
  { what: 'an element named __proto__', text: '<__proto__>a</__proto__>', element: element('__PROTO__', {}, 'a') },
  { what: 'an element named script', text: '<script>a&lt;b</script>', element: element('SCRIPT', {}, 'a<b') },
  {
    what: 'sixteen attributes',
    text: `<A ${sequence(16, (n) => `a${n}=""`)}/>`,
    element: element('A', Object.fromEntries(Array.from({ length: 16 }, (_, n) => [`a${n}`, '']))),
  },
  { what: `${DEPTH} elements in each other`, text: '<a>'.repeat(DEPTH) + '</a>'.repeat(DEPTH), element: nested(DEPTH) },
];

/** What may stand before a document: not part of its source. */
export const GAPS: readonly { what: string; text: string; notInBrowser?: string }[] = [
  { what: 'white space', text: ' \t\r\n\n' },
  { what: 'a declaration', text: '<?xml version="1.0"?>' },
  { what: 'a declaration in full', text: `<?xml  version = '1.0'\tencoding="UTF-8" standalone='yes' ?>\n` },
  { what: 'a declaration after white space', text: '\n<?xml version="1.0"?>' },
  { what: 'any encoding name, which means nothing', text: '<?xml version="1.0" encoding="x-none"?>' },
  { what: 'version 1.7, which a 1.0 reader takes', text: '<?xml version="1.7"?>' },
  { what: 'a comment', text: '<!-- a <B> -->' },
  { what: 'an empty comment', text: '<!---->' },
  { what: 'a comment of >', text: '<!-->>>-->' },
  { what: 'comments', text: '<!--a--> <!--b--><!----><!---->\n' },
  { what: 'a declaration, then a comment', text: '<?xml version="1.0"?><!--a-->' },
  {
    what: 'a comment, then a declaration',
    text: '<!--a--><?xml version="1.0"?>',
    notInBrowser: 'DOMParser wants a declaration first; the gateway sends none',
  },
];

/** Items with a space between them. */
export function sequence(count: number, item: (n: number) => string): string {
  return Array.from({ length: count }, (_, n) => item(n)).join(' ');
}
