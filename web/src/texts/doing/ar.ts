/** What the page says about things that people do, in Arabic. */

import { own } from '../isolate.ts';
import { pluralsOf } from '../plurals.ts';
import type { DoingTexts } from './en.ts';

const plural = pluralsOf('ar');

function peopleOf(count: number): string {
  return plural(count, {
    zero: 'لا أشخاص',
    one: 'شخص واحد',
    two: 'شخصان',
    few: '# أشخاص',
    many: '# شخصًا',
    other: '# شخص',
  });
}

export const ar: DoingTexts = {
  signUp: {
    makingAccount: 'جارٍ إنشاء حسابك…',
    aboutAccount: 'اسم واحد وكلمة مرور واحدة لهذه الصفحة ولكل برامج IMS.',
    userNameHint: 'أحرف لاتينية وأرقام ونقطة وشرطة وشرطة سفلية. به يجدك أصدقاؤك.',
    passwordHint: (shortest) =>
      plural(shortest, {
        few: '# أحرف على الأقل، ولا تُستخدم في أي مكان آخر.',
        many: '# حرفًا على الأقل، ولا تُستخدم في أي مكان آخر.',
        other: '# حرف على الأقل، ولا تُستخدم في أي مكان آخر.',
      }),
    hasAccount: 'هل لديك حساب؟',
    shortPassword: (shortest) =>
      plural(shortest, {
        few: 'استخدم # أحرف على الأقل.',
        many: 'استخدم # حرفًا على الأقل.',
        other: 'استخدم # حرف على الأقل.',
      }),
    taken: (name) => `الاسم «${own(name)}» محجوز. اختر اسمًا آخر.`,
    closed: 'هذا الخادم لا يمنح حسابات.',
    tooMany: 'لا يقبل الخادم المزيد من هنا الآن. حاول مرة أخرى لاحقًا.',
  },
  composer: {
    label: (name) => `رسالة إلى ${own(name)}`,
    placeholder: 'اكتب رسالة',
    send: 'إرسال',
    emoji: 'رموز تعبيرية',
    left: (bytes) =>
      plural(bytes, {
        zero: 'لم يبق أي حرف',
        one: 'بقي حرف واحد',
        two: 'بقي حرفان',
        few: 'بقيت # أحرف',
        many: 'بقي # حرفًا',
        other: 'بقي # حرف',
      }),
    tooLong: (bytes) =>
      plural(bytes, {
        one: 'أطول من رسالة واحدة: احذف حرفًا تقريبًا.',
        two: 'أطول من رسالة واحدة: احذف حرفين تقريبًا.',
        few: 'أطول من رسالة واحدة: احذف نحو # أحرف.',
        many: 'أطول من رسالة واحدة: احذف نحو # حرفًا.',
        other: 'أطول من رسالة واحدة: احذف نحو # حرف.',
      }),
  },
  history: {
    showEarlier: 'عرض الرسائل الأقدم',
    lookingForEarlier: 'جارٍ البحث عن رسائل أقدم…',
    none: (name) => `لا رسائل مع ${own(name)} بعد. ما تكتبه لشخص غائب ينتظر حتى يعود.`,
    newer: (count) =>
      plural(count, {
        zero: 'لا جديد',
        one: 'رسالة جديدة',
        two: 'رسالتان جديدتان',
        few: '# رسائل جديدة',
        many: '# رسالة جديدة',
        other: '# رسالة جديدة',
      }),
    newest: 'إلى الأحدث',
    beginning: (name) => `هنا بداية محادثتك مع ${own(name)}`,
    offline: 'أنت غير متصل: الرسائل الأقدم ليست على هذا الجهاز',
  },
  message: {
    copy: 'نسخ النص',
    copied: 'تم النسخ.',
    notCopied: 'لم يسمح المتصفح بالنسخ.',
  },
  friends: {
    unknown: 'لا يوجد اتصال، فلا يُعرف هل تم ذلك. تحقّق مرة أخرى بعد قليل.',
    badName: 'يتكوّن الاسم من أحرف لاتينية وأرقام ونقاط وشرطات وشرطات سفلية فقط.',
    self: 'هذا اسمك أنت.',
    already: (name) => `${own(name)} صديقك بالفعل.`,
    now: (name) => `أصبحت أنت و${own(name)} صديقين.`,
    invited: (name) => `أُرسلت الدعوة. سترى ${own(name)} هنا بعد القبول.`,
    notInvited: (name) => `لا يوجد مستخدم باسم «${own(name)}»، أو لا مكان لصديق آخر.`,
    denied: (name) => `رفضت دعوة ${own(name)}.`,
    gone: (name) => `لم تعد دعوة ${own(name)} قائمة.`,
    removed: (name) => `لم يعد ${own(name)} صديقك.`,
    withdrawn: (name) => `سُحبت الدعوة الموجّهة إلى ${own(name)}.`,
    notRemoved: (name) => `لم يكن هناك ما يُزال: ربما سبقك ${own(name)}.`,
    blocked: (name) => `حظرت ${own(name)}.`,
    unblocked: (name) => `لم يعد ${own(name)} محظورًا.`,
    noUser: (name) => `لا يوجد مستخدم باسم «${own(name)}».`,
  },
  update: {
    ready: 'إصدار جديد من هذه الصفحة جاهز.',
    take: 'إعادة التحميل',
  },
  attention: {
    offer: 'هل تريد أن تعلم بالرسائل الجديدة وأنت لا تنظر إلى الصفحة؟',
    turnOn: 'تشغيل الإشعارات',
    on: 'الإشعارات تعمل الآن.',
    notPermitted: 'لا يسمح متصفحك لهذه الصفحة بالإشعارات. يمكن تغيير ذلك في إعداداته.',
    notNow: 'ليس الآن',
    several: (name, unread) => `${name} (${unread})`,
    invitation: 'طلب صداقة',
  },
  install: {
    offer: 'هل تريد IMS تطبيقًا مستقلًا؟',
    take: 'تثبيت',
  },
  dialog: {
    cancel: 'إلغاء',
    close: 'إغلاق',
  },
  out: {
    busy: 'الخادم مشغول الآن. حاول مرة أخرى بعد قليل.',
    serverSays: (reason) => `يقول الخادم: ${own(reason)}.`,
    notKept: 'سجّل الدخول مرة أخرى: لا يحتفظ هذا المتصفح بأي شيء لهذه الصفحة.',
    notStaying: 'سجّل الدخول مرة أخرى: اخترت ألّا تبقى مسجّلًا في هذا المتصفح.',
    credentials: 'لم يعد تسجيل دخولك صالحًا. سجّل الدخول مرة أخرى: رسائلك ما زالت هنا.',
    banned: 'حظر أحد المشرفين هذا الحساب.',
    unsupported: 'لا تتفاهم هذه الصفحة مع خادمها. أعد تحميل الصفحة أو حاول لاحقًا.',
    replaced: 'انتقل تسجيل الدخول هذا إلى نسخة أخرى من هذه الصفحة.',
    ended: 'أنهى جلستَك أحد المشرفين أو جهاز آخر من أجهزتك.',
  },
  profile: {
    status: 'حالتك',
    settings: 'الإعدادات',
    settingsFailed: 'تعذّر تحميل الإعدادات. حاول مرة أخرى عندما تكون متصلًا.',
    statusIs: (status) => `حالتك الآن: ${own(status)}.`,
    statusFailed: 'لم تتغيّر حالتك. حاول مرة أخرى بعد قليل.',
    logOut: 'تسجيل الخروج',
    logOutQuestion: 'هل تريد تسجيل الخروج الآن؟',
    logOutLoses: 'بعض رسائلك لم يُرسل بعد، وسيضيع إذا سجّلت الخروج.',
  },
  addPerson: {
    hint: 'يرى الأصدقاء حالة بعضهم. ويمكنك أن تكتب لأي شخص.',
    write: 'كتابة',
    invite: 'دعوة',
    noName: 'أدخل اسم مستخدم.',
    badName: 'أدخل اسم مستخدم: أحرف لاتينية وأرقام ونقطة وشرطة وشرطة سفلية.',
    title: 'إضافة صديق',
  },
  invitations: {
    title: 'الدعوات',
    wants: (name) => `${own(name)} يريد أن يكون صديقك`,
    deny: 'رفض',
    accept: 'قبول',
    denyFrom: (name) => `رفض دعوة ${own(name)}`,
    acceptFrom: (name) => `قبول دعوة ${own(name)}`,
    sentTitle: 'دعوات أرسلتها',
    waiting: (name) => `لم يُجب ${own(name)} بعد`,
    withdraw: 'سحب',
    withdrawFrom: (name) => `سحب الدعوة الموجّهة إلى ${own(name)}`,
  },
  conversation: {
    unblockShort: 'إلغاء الحظر',
    blocked: (name) => `حظرت ${own(name)}: لا يصلك منه شيء.`,
    remove: 'إزالة من أصدقائك',
    withdraw: 'سحب دعوتك',
    block: (name) => `حظر ${own(name)}`,
    unblock: (name) => `إلغاء حظر ${own(name)}`,
    removeQuestion: (name) => `هل تريد إزالة ${own(name)} من أصدقائك؟`,
    removeMeans: 'لن يرى أحدكما حالة الآخر بعد ذلك، ويبقى بإمكانكما التراسل.',
    removeAction: 'إزالة',
    blockQuestion: (name) => `هل تريد حظر ${own(name)}؟`,
    blockMeans: (name) =>
      `لن يصلك شيء مما يكتبه ${own(name)}، وستبدو له غير متصل، ولن يُخبَر بذلك. يمكنك إلغاء الحظر في أي وقت، أما ما كُتب خلاله فلن يصل.`,
    blockAction: 'حظر',
  },
  failures: {
    unknown: (name) => `لم تصل: لا يوجد مستخدم باسم «${own(name)}»`,
    full: (name) => `لم تصل: تنتظر ${own(name)} رسائل كثيرة جدًا. حاول لاحقًا`,
    lost: 'ضاعت: تعطّل الخادم ولم تعد لديه هذه الرسالة',
    idUsed: 'لم تُرسل: ظنّها الخادم رسالة أخرى',
    invalid: 'لم تصل: لم يستطع الخادم قراءتها',
    refused: 'لم تصل: رفضها الخادم',
  },
  menu: {
    invite: 'دعوة إلى الصداقة',
    copy: 'نسخ اسم المستخدم',
    copied: 'نُسخ اسم المستخدم.',
    notCopied: 'لم يسمح المتصفح بالنسخ.',
    blocked: 'الأشخاص المحظورون',
  },
  requests: {
    hint: 'ليسوا من أصدقائك ويكتبون إليك لأول مرة. لا يعلمون أنك قرأت ما كتبوه.',
    back: 'العودة إلى كل الأشخاص',
    ask: (name) => `${own(name)} ليس من أصدقائك ويكتب إليك لأول مرة.`,
    askInviting: (name) => `${own(name)} يريد أن يكون صديقك ويكتب إليك لأول مرة.`,
    means: 'لا يعلم أنك قرأت هذا إلا إذا قبلت أو أجبت.',
    accept: 'قبول',
    block: 'حظر',
    accepted: (name) => `صار ${own(name)} بين محادثاتك.`,
  },
  blocked: {
    title: 'الأشخاص المحظورون',
    hint: 'لا يصلك منهم شيء، وتبدو لهم غير متصل.',
    none: 'لم تحظر أحدًا.',
    unblock: 'إلغاء الحظر',
  },
  search: {
    people: 'الأشخاص',
    messages: 'الرسائل',
    searching: 'جارٍ البحث…',
    nothing: (text) => `لا نتائج للبحث عن «${own(text)}».`,
    nothingHint: 'يجري البحث عن بدايات الكلمات في كل الرسائل الموجودة على هذا الجهاز.',
    found: (people, messages) =>
      `${peopleOf(people)}، ${plural(messages, {
        zero: 'لا رسائل',
        one: 'رسالة واحدة',
        two: 'رسالتان',
        few: '# رسائل',
        many: '# رسالة',
        other: '# رسالة',
      })}`,
    foundMore: (people, messages) =>
      `${peopleOf(people)}، ${plural(messages, {
        zero: 'رسائل كثيرة',
        one: 'أكثر من رسالة',
        two: 'أكثر من رسالتين',
        few: 'أكثر من # رسائل',
        many: 'أكثر من # رسالة',
        other: 'أكثر من # رسالة',
      })}`,
    more: 'عرض المزيد',
    write: (name) => `الكتابة إلى ${own(name)}`,
    in: (name) => `البحث في المحادثة مع ${own(name)}`,
    place: (index, count) => `${index} من ${count}`,
    placeOfMore: (index, count) => `${index} من أكثر من ${count}`,
    none: 'لا نتائج',
    older: 'النتيجة الأقدم',
    newer: 'النتيجة الأحدث',
    close: 'إنهاء البحث',
  },
  nobody: {
    none: 'لا أحد هنا بعد',
    noneHint: (self) => `أضف صديقًا باسم المستخدم، ويجدك الآخرون باسم ${own(self)}.`,
    unreachable: 'يظهر أصدقاؤك هنا حالما يعود الاتصال.',
  },
  welcome: {
    label: 'المحادثة',
    choose: 'اختر محادثة',
    chooseHint: 'اختر شخصًا من القائمة لتقرأ وتكتب.',
    nobody: 'مع من تريد أن تتحدث؟',
    nobodyHint: 'ادعُ صديقًا باسم المستخدم. بعد قبوله ترى هنا متى يكون متصلًا.',
  },
};
