/** What the page says, in Arabic. */

import type { Texts } from './en.ts';
import { own } from './isolate.ts';
import { pluralsOf } from './plurals.ts';

const plural = pluralsOf('ar');

export const ar: Texts = {
  page: {
    name: 'IMS',
    opening: 'يُفتح IMS',
    title: (unread) => (unread > 0 ? `(${unread}) IMS` : 'IMS'),
    more: 'المزيد',
  },
  signIn: {
    logIn: 'تسجيل الدخول',
    makeAccount: 'إنشاء حساب',
    loggingIn: 'جارٍ تسجيل الدخول…',
    aboutLogIn: 'تحدّث مع أصدقائك عبر IMS.',
    userName: 'اسم المستخدم',
    password: 'كلمة المرور',
    showPassword: 'إظهار كلمة المرور',
    isNew: 'أول مرة هنا؟',
    stay: 'أبقني مسجّلًا',
    noName: 'أدخل اسم المستخدم.',
    badName: 'استخدم من 1 إلى 32 حرفًا لاتينيًا أو رقمًا أو نقطة أو شرطة أو شرطة سفلية.',
    noPassword: 'أدخل كلمة المرور.',
    wrong: 'الاسم أو كلمة المرور غير صحيحة.',
    unreachable: 'تعذّر الوصول إلى الخادم. حاول مرة أخرى بعد قليل.',
  },
  connection: {
    lost: 'لا يوجد اتصال.',
    kept: (since: string) => `منذ ${since}. ما تكتبه يُحفظ ويُرسل لاحقًا.`,
    trying: 'جارٍ المحاولة …',
    nextTry: (seconds: number) =>
      plural(seconds, {
        zero: 'المحاولة التالية الآن',
        one: 'المحاولة التالية بعد ثانية',
        two: 'المحاولة التالية بعد ثانيتين',
        few: 'المحاولة التالية بعد # ثوانٍ',
        many: 'المحاولة التالية بعد # ثانية',
        other: 'المحاولة التالية بعد # ثانية',
      }),
    tryNow: 'حاول الآن',
  },
  profile: {
    menu: 'القائمة',
  },
  status: {
    offline: 'غير متصل',
    online: 'متصل',
    away: 'بعيد',
    busy: 'مشغول',
    invisible: 'مخفي',
    other: (id) => `الحالة ${id}`,
    since: (status, moment) => `${own(status)} منذ ${own(moment)}`,
  },
  people: {
    title: 'الأشخاص',
    loading: 'جارٍ البحث عن أصدقائك…',
    notFriend: 'ليس من أصدقائك',
    writing: 'يكتب الآن…',
    you: 'أنت:',
    draft: 'مسودة:',
    search: 'البحث في الأشخاص والرسائل',
    searchEnd: 'مسح البحث',
    requests: 'طلبات المراسلة',
    waiting: (count) =>
      plural(count, {
        zero: 'من لا أحد',
        one: 'من شخص واحد',
        two: 'من شخصين',
        few: 'من # أشخاص',
        many: 'من # شخصًا',
        other: 'من # شخص',
      }),
    unread: (count) =>
      plural(count, {
        zero: 'لا رسائل غير مقروءة',
        one: 'رسالة غير مقروءة',
        two: 'رسالتان غير مقروءتين',
        few: '# رسائل غير مقروءة',
        many: '# رسالة غير مقروءة',
        other: '# رسالة غير مقروءة',
      }),
    message: (from, text) => `${own(from)}: ${own(text)}`,
    add: 'إضافة صديق',
  },
  conversation: {
    search: 'البحث في هذه المحادثة',
    back: 'العودة إلى القائمة',
    menu: (name) => `المزيد عن ${own(name)}`,
    self: 'هذا أنت',
    inviting: 'يريد أن يكون صديقك',
    invited: 'لم يُجب دعوتك بعد',
    isBlocked: 'محظور',
    writing: (name) => `${own(name)} يكتب الآن…`,
  },
  messages: {
    label: (name) => `الرسائل مع ${own(name)}`,
    by: (name) => `${own(name)}:`,
    byYou: 'أنت:',
    sending: 'جارٍ الإرسال',
    willBeSent: 'تُرسل عندما يعود الاتصال',
    sent: 'أُرسلت',
    delivered: 'وصلت',
    read: 'قُرئت',
    sendAgain: 'إعادة الإرسال',
    discard: 'تجاهل',
    waitsFor: (name) => `، تنتظر عودة ${own(name)}`,
    menu: 'خيارات هذه الرسالة',
    newFrom: 'رسائل جديدة',
    gap: 'قد تكون هنا رسائل ناقصة',
    notDelivered: 'لم تصل',
  },
  notes: {
    accepted: (name) => `أصبحت أنت و${own(name)} صديقين`,
    youInvited: (name) => `دعوتَ ${own(name)}`,
    theyInvited: (name) => `دعاك ${own(name)}`,
    youDenied: 'رفضتَ الدعوة',
    theyDenied: (name) => `رفض ${own(name)} دعوتك`,
    youWithdrew: 'سحبتَ الدعوة',
    theyWithdrew: (name) => `سحب ${own(name)} الدعوة`,
    ended: (name) => `لم تعد أنت و${own(name)} صديقين`,
  },
};
