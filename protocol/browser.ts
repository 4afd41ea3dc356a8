/** Reads and writes documents in a browser, with its own DOMParser and XMLSerializer. */

import { toAttributes } from './attributes.ts';
import { findBadCharacter } from './characters.ts';
import { CLIENT_ATTRIBUTES, toAsciiUpper } from './documents.ts';
import type { ClientDocument, ClientDocumentName, XmlElement } from './documents.ts';
import { badCharacter, doctype, instruction, notWellFormed } from './refusals.ts';
import { createWriter, escapeText, type Values } from './shapes.ts';

interface Policy {
  createHTML(text: string): string;
}

/** The name that a page with Trusted Types has to allow. What is parsed here is only read, and never becomes part of a page. */
const POLICY = 'ims-documents';

const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } };
const asItIs: Policy = { createHTML: (text) => text };
const policy = trustedTypes?.createPolicy(POLICY, asItIs) ?? asItIs;

/**
 * Reads one whole document, as the gateway sends one a frame. Throws ProtocolError for what the reader of a stream
 * refuses; what the DOMParser itself refuses is always 'not-well-formed'. There is no bound: the text is here already.
 */
export function readDocument(text: string): XmlElement {
  if (findBadCharacter(text) >= 0) throw badCharacter();
  // DOMParser wants a declaration at the very start; on a stream white space may come before it.
  const trusted = policy.createHTML(text.replace(/^[ \t\r\n]+/, ''));
  const document = new DOMParser().parseFromString(trusted, 'application/xml');
  if (hasParserError(document)) throw notWellFormed('the browser could not read it');
  if (document.doctype) throw doctype();
  document.childNodes.forEach(refuseInstruction);
  return toElement(document.documentElement);
}

const writeElement = createWriter<ClientDocumentName>((name, attributes, text) => {
  const element = document.implementation.createDocument(null, name).documentElement;
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  if (text !== undefined) element.textContent = text;
  return new XMLSerializer().serializeToString(element);
}, CLIENT_ATTRIBUTES);

/** The text of a document to send. Throws ProtocolError 'bad-character' for a value that no XML document can hold. */
export function writeDocument(document: ClientDocument): string {
  const content = document.name === 'MESSAGE' ? escapeText(document.text) : undefined;
  return writeElement(document.name, document as unknown as Values, content);
}

// A browser tells of an error with an element of its own namespace in the document.
function hasParserError(document: Document): boolean {
  return Array.from(document.getElementsByTagNameNS('*', 'parsererror')).some((element) => element.namespaceURI);
}

function refuseInstruction(node: Node): void {
  if (node.nodeType === Node.PROCESSING_INSTRUCTION_NODE) throw instruction();
}

function toElement(element: Element): XmlElement {
  let text = '';
  const children: XmlElement[] = [];
  for (const node of element.childNodes) {
    refuseInstruction(node);
    // CDATA sections are Text too.
    if (node instanceof Text) text += node.data;
    else if (node instanceof Element) children.push(toElement(node));
  }
  const attributes = toAttributes(Array.from(element.attributes, ({ name, value }) => [name, value] as const));
  return { name: toAsciiUpper(element.tagName), attributes, text, children };
}
