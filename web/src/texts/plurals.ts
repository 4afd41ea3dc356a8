/** Words that follow a number, by a language's own rules: one and other in English, six forms in Arabic. */

import { localeOf } from './languages.ts';

/** A text for each form that a language has; `#` stands for the number. */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;

/** Chooses the form for a count and puts the number in, written as the language writes it. */
export type Plural = (count: number, forms: Forms) => string;

export function pluralsOf(language: string): Plural {
  let tools: ReturnType<typeof makeTools> | undefined;
  return (count, forms) => {
    // Not before one is wanted: they take longer to make than the rest of the catalogue.
    tools ??= makeTools(localeOf(language));
    return (forms[tools.rules.select(count)] ?? forms.other).replace('#', tools.numbers.format(count));
  };
}

function makeTools(locale: string): { rules: Intl.PluralRules; numbers: Intl.NumberFormat } {
  return { rules: new Intl.PluralRules(locale), numbers: new Intl.NumberFormat(locale) };
}
