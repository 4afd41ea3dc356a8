/** What the quick switcher, the sheet of keys and the skip links say, in Arabic. */

import { pluralsOf } from '../plurals.ts';
import type { HandsTexts } from './en.ts';

const plural = pluralsOf('ar');

/** A name in letters of another script keeps its own direction. */
const own = (name: string): string => `\u2068${name}\u2069`;

export const ar: HandsTexts = {
  skip: {
    label: 'تخطٍّ',
    list: 'تخطَّ إلى القائمة',
    messages: 'تخطَّ إلى الرسائل',
    compose: 'تخطَّ إلى مكان الكتابة',
  },
  switcher: {
    title: 'انتقل إلى',
    placeholder: 'اسم شخص',
    list: 'الأشخاص',
    found: (count) =>
      plural(count, {
        zero: 'لم يُعثر على أحد',
        one: 'عُثر على شخص واحد',
        two: 'عُثر على شخصين',
        few: 'عُثر على # أشخاص',
        many: 'عُثر على # شخصًا',
        other: 'عُثر على # شخص',
      }),
    none: 'لا أحد بهذا الاسم.',
    write: (name) => `اكتب إلى ${own(name)}`,
    writeHint: 'ليس في قائمتك',
    choose: 'اختيار',
    open: 'فتح',
    close: 'إغلاق',
  },
  help: {
    title: 'المفاتيح',
    or: 'أو',
    lone: 'حروف مفردة كمفاتيح',
    loneHint: 'خارج حقول النص. عطّلها إن كنت تتحدث إلى حاسوبك أو تضغط المفاتيح دون قصد.',
  },
  groups: {
    everywhere: 'في كل مكان',
    list: 'في القائمة',
    messages: 'في الرسائل',
    compose: 'عند الكتابة',
  },
  keys: {
    switcher: 'الانتقال إلى شخص',
    search: 'البحث',
    next: 'المحادثة التالية',
    previous: 'المحادثة السابقة',
    nextUnread: 'المحادثة التالية غير المقروءة',
    previousUnread: 'المحادثة السابقة غير المقروءة',
    compose: 'كتابة رسالة',
    newest: 'إلى أحدث رسالة',
    status: 'حالتك',
    help: 'هذه الصفحة',
    back: 'خطوة إلى الوراء: يغلق ما هو مفتوح',
    move: 'من واحد إلى التالي',
    ends: 'إلى الأول، إلى الأخير',
    open: 'فتح المحادثة',
    rowMenu: 'ما يمكن فعله بها',
    messageMenu: 'ما يمكن فعله بالرسالة',
    send: 'إرسال',
    line: 'سطر جديد',
    messages: 'من حقل فارغ إلى الرسائل',
  },
};
