/**
 * Messages that were sent in a tab and that the client does not have yet: in localStorage, which keeps them before the
 * next line runs. A database would need moments that a tab which is closed right after Enter does not have.
 */

export interface Note {
  /** No other note has it. */
  readonly id: string;
  readonly to: string;
  readonly text: string;
  /** Milliseconds since the epoch; rises from note to note of one tab. */
  readonly time: number;
}

const NOTE = 'ims.note';

/** `user`: the key of whom it is from. False where the browser keeps nothing, or where it is full. */
export function keepNote(user: string, note: Note): boolean {
  try {
    localStorage.setItem(nameOf(user, note.id), JSON.stringify(note));
    return true;
  } catch {
    return false;
  }
}

/** Those of all tabs, in the order of writing. */
export function listNotes(user: string): readonly Note[] {
  try {
    const names = Object.keys(localStorage).filter((name) => name.startsWith(nameOf(user, '')));
    const notes = names.flatMap((name) => readNote(localStorage.getItem(name)));
    return notes.sort((a, b) => a.time - b.time);
  } catch {
    return [];
  }
}

export function dropNote(user: string, id: string): void {
  try {
    localStorage.removeItem(nameOf(user, id));
  } catch {
    // Nothing is kept there.
  }
}

export function dropNotes(user: string): void {
  for (const { id } of listNotes(user)) dropNote(user, id);
}

function nameOf(user: string, id: string): string {
  return `${NOTE}/${user}/${id}`;
}

function readNote(text: string | null): Note[] {
  const note = JSON.parse(text ?? 'null') as Note | null;
  return note === null ? [] : [note];
}
