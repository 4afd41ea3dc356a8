/** What a reader must refuse, and with which code: one table for Node and the browser. */

import type { ErrorCode } from '../../protocol/documents.ts';
import { sequence } from './vectors.ts';

/** Texts that are refused alike. */
interface Group {
  code: ErrorCode;
  /** How many documents come before what is refused; 0 unless told. */
  before?: number;
  /** The texts are bytes, written as U+0000 to U+00FF. A browser is given text. */
  isBytes?: true;
  /** What the browser says, where DOMParser refuses it and gives no reason. */
  inBrowser?: ErrorCode;
  /** Why the browser is not asked. */
  notInBrowser?: string;
  /** By what each of them is. */
  texts: Record<string, string>;
}

/** A text in which something is refused. */
export interface RefusedVector extends Omit<Group, 'texts'> {
  what: string;
  text: string;
}

const GROUPS: readonly Group[] = [
  {
    code: 'not-well-formed',
    texts: {
      'a closing tag that closes nothing': '</A>',
      "the closing tag of the reader's own root, first": '</stream>',
      'a closing tag of another element': '<A><B></A></B>',
      'a closing tag in another case': '<A></a>',
      'a closing tag in which only a character beyond U+FFFF differs': '<\u{10000}></\u{10001}>',
      'an empty tag': '<>',
      'an empty closing tag': '<A></>',
      'white space before a name': '< A/>',
      'white space before the name of a closing tag': '<A></ A>',
      'a space in />': '<A / >',
      'an attribute in a closing tag': '<A></A x="1">',
      'a name that begins with a digit': '<1/>',
      'a name that begins with a hyphen': '<-a/>',
      'a name with a character that is none of a name': '<a\u00D7/>',
      'a name with & in it': '<A&B/>',
      'a name beyond U+EFFFF': '<\u{F0000}/>',
      'an attribute without value': '<A x/>',
      'an attribute without quotes': '<A x=1/>',
      'attributes without white space between': '<A x="1"y="2"/>',
      'an attribute whose name begins with a digit': '<A 1="1"/>',
      '< in a value': '<A x="<"/>',
      '< in a value after text': '<A>a<B x="b<c"/></A>',
      'a tag in a value': `<A><B x="<C y='1'>"/></A>`,
      'a tag in a tag': '<A <B/>',
      ']]> in text': '<A>a]]>b</A>',
      '-- in a comment': '<A><!-- a -- b --></A>',
      'a comment that ends in --->': '<A><!-- a ---></A>',
      'cdata in small letters': '<A><![cdata[a]]></A>',
      'an unknown <!': '<A><!ELEMENT a></A>',
      'an unknown <! between documents': '<!a>',
      'a declaration without version': '<?xml encoding="UTF-8"?><A/>',
      'an empty declaration': '<?xml?><A/>',
      'a declaration in the wrong order': '<?xml encoding="UTF-8" version="1.0"?><A/>',
      'a declaration of version 2': '<?xml version="2.0"?><A/>',
      'a declaration with standalone="maybe"': '<?xml version="1.0" standalone="maybe"?><A/>',
      'two declarations': '<?xml version="1.0"?><?xml version="1.0"?><A/>',
    },
  },
  {
    code: 'not-well-formed',
    before: 1,
    texts: {
      'a closing tag after a document': '<A/></A>',
      "the closing tag of the reader's own root": '<A/></stream>',
      '-- in a comment between documents': '<A/><!-- -- -->',
    },
  },
  {
    code: 'repeated-attribute',
    inBrowser: 'not-well-formed',
    texts: {
      'a repeated attribute': '<A x="1" x="1"/>',
    },
  },
  {
    code: 'repeated-attribute',
    texts: {
      'an attribute repeated in another case': '<A user="1" USER="2"/>',
      'a repeated attribute of a child': '<A><B x="" X=""/></A>',
      '__proto__ repeated in another case': '<A __proto__="" __PROTO__=""/>',
    },
  },
  {
    code: 'too-many-attributes',
    texts: {
      'seventeen attributes': `<A ${sequence(17, (n) => `a${n}=""`)}/>`,
      'seventeen attributes of a child': `<A><B ${sequence(17, (n) => `a${n}=""`)}/></A>`,
    },
  },
  {
    code: 'bad-entity',
    inBrowser: 'not-well-formed',
    texts: {
      '&nbsp;': '<A>&nbsp;</A>',
      '&nbsp; in a value': '<A x="&nbsp;"/>',
      'an entity in another case': '<A>&AMP;</A>',
      'an entity that objects have': '<A>&constructor;</A>',
      'a bare &': '<A>a & b</A>',
      'a bare & in a value': '<A x="a&b"/>',
      'a reference without ;': '<A>&lt</A>',
      'a reference without digits': '<A>&#;</A>',
      'a reference with X': '<A>&#X41;</A>',
      'a reference with digits of base 16': '<A>&#4f;</A>',
    },
  },
  {
    code: 'bad-character',
    inBrowser: 'not-well-formed',
    texts: {
      '&#0;': '<A>&#0;</A>',
      '&#x1; in a value': '<A x="&#x1;"/>',
      'a surrogate by reference': '<A>&#xD83D;&#xDE00;</A>',
      'U+FFFE by reference': '<A>&#xFFFE;</A>',
      'a reference beyond U+10FFFF': '<A>&#x110000;</A>',
      'a reference of many digits': `<A>&#${'9'.repeat(400)};</A>`,
    },
  },
  {
    code: 'bad-character',
    texts: {
      'a control character in text': '<A>\x01</A>',
      'U+0000': '<A>\0</A>',
      'a control character in a value': '<A x="\x1F"/>',
      'a control character in a comment': '<A><!--\x08--></A>',
      'U+FFFF': '<A>\uFFFF</A>',
      'U+FFFE': '<A>\uFFFE</A>',
    },
  },
  {
    code: 'bad-character',
    before: 1,
    texts: {
      'a control character between documents': '<A/>\x0B',
    },
  },
  {
    code: 'text-outside',
    inBrowser: 'not-well-formed',
    texts: {
      'text first': 'hello',
      'text after a comment': '<!---->x',
    },
  },
  {
    code: 'text-outside',
    before: 1,
    inBrowser: 'not-well-formed',
    texts: {
      'text after a document': '<A/> x',
      'a reference between documents': '<A/>&#32;',
      'CDATA between documents': '<A/><![CDATA[]]>',
      'no white space of XML': '<A/>\u00A0',
      'a byte order mark after a document': '<A/>\uFEFF<B/>',
    },
  },
  {
    code: 'text-outside',
    notInBrowser: 'it drops only one, and reads one whole document',
    texts: {
      'two byte order marks': '\uFEFF\uFEFF<A/>',
    },
  },
  {
    code: 'doctype',
    texts: {
      DOCTYPE: '<!DOCTYPE A><A/>',
      'DOCTYPE with entities': '<!DOCTYPE A [<!ENTITY a "b">]><A>&a;</A>',
    },
  },
  {
    code: 'doctype',
    before: 1,
    inBrowser: 'not-well-formed',
    texts: {
      'DOCTYPE after a document': '<A/><!DOCTYPE A>',
    },
  },
  {
    code: 'doctype',
    inBrowser: 'not-well-formed',
    texts: {
      'doctype in small letters': '<!doctype A><A/>',
      'DOCTYPE in a document': '<A><!DOCTYPE A></A>',
    },
  },
  {
    code: 'processing-instruction',
    texts: {
      'an instruction': '<?php a?><A/>',
      'an instruction in a document': '<A><?a?></A>',
      'an instruction after text': '<A>a<?a b?></A>',
      'an instruction that begins with xml': '<?xml-stylesheet a?><A/>',
    },
  },
  {
    code: 'processing-instruction',
    before: 1,
    texts: {
      'an instruction after a document': '<A/><?a b?>',
    },
  },
  {
    code: 'processing-instruction',
    inBrowser: 'not-well-formed',
    texts: {
      'XML in capitals': '<?XML version="1.0"?><A/>',
      'a declaration in a document': '<A><?xml version="1.0"?></A>',
    },
  },
  {
    code: 'not-utf8',
    isBytes: true,
    texts: {
      'a byte that UTF-8 does not have': '<A>\xFF</A>',
      'a character cut short': '<A>\xE2\x82</A>',
      'an overlong form': '<A>\xC0\x80</A>',
      'an overlong form of three bytes': '<A>\xE0\x80\x80</A>',
      'a surrogate in UTF-8': '<A>\xED\xA0\x80</A>',
      'beyond U+10FFFF in UTF-8': '<A>\xF4\x90\x80\x80</A>',
      'UTF-16': '\xFF\xFE<\0A\0/\0>\0',
    },
  },
  {
    code: 'not-utf8',
    before: 1,
    isBytes: true,
    texts: {
      'a byte that continues nothing': '<A/>\x80',
      'Latin-1': '<A/><A>caf\xE9</A>',
    },
  },
];

export const REFUSED: readonly RefusedVector[] = GROUPS.flatMap(({ texts, ...group }) =>
  Object.entries(texts).map(([what, text]) => ({ ...group, what, text })),
);
