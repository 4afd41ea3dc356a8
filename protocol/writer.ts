/** Writes documents in Node; xmlbuilder2 builds their shapes. */

import { create } from 'xmlbuilder2';
import { createWriter } from './shapes.ts';

/**
 * The text of a document, as a stream carries it. An attribute that is undefined is left out. What is read back has
 * exactly the values given. Throws ProtocolError 'bad-character' for a value that no XML document can hold.
 */
export const writeDocument = createWriter((name, attributes, text) => {
  const element = create().ele(name, attributes);
  return (text === undefined ? element : element.txt(text)).end({ headless: true });
});
