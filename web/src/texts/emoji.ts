/** The texts of the emoji picker, which is loaded when somebody opens it. */

import type { Language } from './languages.ts';

const en = {
  title: 'Choose an emoji',
  search: 'Search emoji',
  recent: 'Used lately',
  groups: {
    faces: 'Faces',
    people: 'People',
    nature: 'Animals and nature',
    food: 'Food and drink',
    places: 'Travel and places',
    activities: 'Activities',
    objects: 'Objects',
    symbols: 'Symbols',
    flags: 'Flags',
  },
  tone: 'Skin tone',
  tones: ['Default', 'Light', 'Medium light', 'Medium', 'Medium dark', 'Dark'],
  none: 'Nothing found.',
  loading: 'Loading emoji …',
  failed: 'The emoji could not be loaded.',
  retry: 'Try again',
};

export const emojiTexts: Readonly<Record<Language, typeof en>> = {
  en,
  de: {
    title: 'Emoji auswählen',
    search: 'Emojis suchen',
    recent: 'Zuletzt benutzt',
    groups: {
      faces: 'Gesichter',
      people: 'Menschen',
      nature: 'Tiere und Natur',
      food: 'Essen und Trinken',
      places: 'Reisen und Orte',
      activities: 'Aktivitäten',
      objects: 'Gegenstände',
      symbols: 'Symbole',
      flags: 'Flaggen',
    },
    tone: 'Hautton',
    tones: ['Ohne', 'Hell', 'Mittelhell', 'Mittel', 'Mitteldunkel', 'Dunkel'],
    none: 'Nichts gefunden.',
    loading: 'Emojis werden geladen …',
    failed: 'Die Emojis konnten nicht geladen werden.',
    retry: 'Noch einmal versuchen',
  },
  ar: {
    title: 'اختر رمزًا تعبيريًا',
    search: 'البحث في الرموز',
    recent: 'المستخدمة حديثًا',
    groups: {
      faces: 'وجوه',
      people: 'أشخاص',
      nature: 'حيوانات وطبيعة',
      food: 'طعام وشراب',
      places: 'سفر وأماكن',
      activities: 'أنشطة',
      objects: 'أشياء',
      symbols: 'رموز',
      flags: 'أعلام',
    },
    tone: 'لون البشرة',
    tones: ['افتراضي', 'فاتح', 'فاتح متوسط', 'متوسط', 'داكن متوسط', 'داكن'],
    none: 'لا نتائج.',
    loading: 'جارٍ تحميل الرموز…',
    failed: 'تعذّر تحميل الرموز.',
    retry: 'حاول مرة أخرى',
  },
};
