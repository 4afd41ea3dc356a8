/** Whether someone is in the middle of something that a reload of this tab would disturb. */

export function isHalfWritten(): boolean {
  if (document.querySelector('dialog[open]')) return true;
  return [...document.querySelectorAll('textarea, input')].some(hasText);
}

function hasText(field: Element): boolean {
  if (field instanceof HTMLTextAreaElement) return field.value !== '';
  // A box that is ticked has a value all the time.
  return field instanceof HTMLInputElement && !['checkbox', 'radio'].includes(field.type) && field.value !== '';
}
