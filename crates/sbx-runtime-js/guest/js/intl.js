// What programs use of `Intl`, for American English in UTC: the engine has none of it, and its tables would be larger than
// the engine. Any other locale is answered as en-US, which `resolvedOptions` says; any other time zone is refused, since
// a wrong hour is worse than an error.
(function (sbx) {
  'use strict';
  const { define } = sbx;
  const LOCALE = 'en-US';
  const hidden = (target, name, value) => Object.defineProperty(target, name, { value, writable: true, configurable: true });

  // ---- numbers ----

  const CURRENCIES = { __proto__: null, USD: '$', EUR: '€', GBP: '£', JPY: '¥', INR: '₹', CNY: 'CN¥', KRW: '₩', CAD: 'CA$', AUD: 'A$', NZD: 'NZ$', MXN: 'MX$', BRL: 'R$', HKD: 'HK$', TWD: 'NT$', ILS: '₪', VND: '₫', PHP: '₱', XAF: 'FCFA', XOF: 'F\u202fCFA' };
  const CURRENCY_NAMES = { __proto__: null, USD: ['US dollar', 'US dollars'], EUR: ['euro', 'euros'], GBP: ['British pound', 'British pounds'], JPY: ['Japanese yen', 'Japanese yen'] };
  const WITHOUT_CENTS = new Set(['JPY', 'KRW', 'VND', 'CLP', 'ISK', 'XAF', 'XOF', 'PYG', 'UGX']);
  const COMPACT = [[1e12, 'T', ' trillion'], [1e9, 'B', ' billion'], [1e6, 'M', ' million'], [1e3, 'K', ' thousand']];
  const UNITS = {
    __proto__: null, percent: '%', byte: ' byte', kilobyte: ' kB', megabyte: ' MB', gigabyte: ' GB', terabyte: ' TB', bit: ' bit', meter: ' m', kilometer: ' km', centimeter: ' cm', millimeter: ' mm', mile: ' mi', foot: ' ft', inch: ' in',
    gram: ' g', kilogram: ' kg', pound: ' lb', ounce: ' oz', liter: ' L', milliliter: ' mL', celsius: '°C', fahrenheit: '°F', second: ' sec', minute: ' min', hour: ' hr', millisecond: ' ms', day: ' day', week: ' wk', month: ' mth', year: ' yr', degree: ' deg',
    'kilometer-per-hour': ' km/h', 'mile-per-hour': ' mph', 'meter-per-second': ' m/s',
  };
  // Those whose short form has a plural.
  const COUNTED = new Set(['day', 'week', 'month', 'year']);

  function integerOption(options, name, low, high, usual) {
    const value = options[name];
    if (value === undefined) return usual;
    const number = Math.floor(Number(value));
    if (!(number >= low && number <= high)) throw new RangeError(`${name} value is out of range.`);
    return number;
  }
  function wordOption(options, name, words, usual) {
    const value = options[name];
    if (value === undefined) return usual;
    if (!words.includes(String(value))) throw new RangeError(`Value ${value} out of range for Intl options property ${name}`);
    return String(value);
  }

  // `{ digits, point }` of a finite number not below zero: its shortest decimal form, the point after so many digits.
  function decimal(value) {
    const [mantissa, exponent = '0'] = String(value).split('e');
    const [whole, fraction = ''] = mantissa.split('.');
    const digits = (whole + fraction).replace(/^0+/, '');
    return { digits, point: digits.length - fraction.length + Number(exponent) };
  }

  // The same with `count` digits at most, the last one rounded half up.
  function rounded({ digits, point }, count) {
    if (count >= digits.length) return { digits, point };
    if (count < 0) return { digits: '', point: 0 };
    const kept = digits.slice(0, count);
    if (digits[count] < '5') return { digits: kept, point };
    const raised = String(BigInt(`0${kept}`) + 1n).padStart(count, '0');
    return { digits: raised, point: point + raised.length - count };
  }

  function plain({ digits, point }, minFraction) {
    const whole = point <= 0 ? '0' : digits.slice(0, point).padEnd(point, '0');
    const fraction = (point < 0 ? '0'.repeat(-point) + digits : digits.slice(Math.max(point, 0))).replace(/0+$/, '');
    return [whole, digits === '' ? ''.padEnd(minFraction, '0') : fraction.padEnd(minFraction, '0')];
  }

  class NumberFormat {
    #options;
    constructor(locales, options) { this.#options = numberOptions(Object(options ?? {})); hidden(this, 'format', (value) => this.#text(value)); }
    resolvedOptions() { return { locale: LOCALE, numberingSystem: 'latn', ...this.#options }; }
    formatToParts(value) { return numberParts(value, this.#options); }
    formatRange(from, to) { return `${this.#text(from)} – ${this.#text(to)}`; }
    #text(value) { return numberParts(value, this.#options).map((part) => part.value).join(''); }
    static supportedLocalesOf(locales) { return supported(locales); }
  }

  function numberOptions(options) {
    const style = wordOption(options, 'style', ['decimal', 'percent', 'currency', 'unit'], 'decimal');
    const notation = wordOption(options, 'notation', ['standard', 'compact', 'scientific', 'engineering'], 'standard');
    const made = { style, notation, signDisplay: wordOption(options, 'signDisplay', ['auto', 'always', 'never', 'exceptZero', 'negative'], 'auto'), useGrouping: options.useGrouping ?? 'auto' };
    if (style === 'currency') {
      if (options.currency === undefined) throw new TypeError('Currency code is required with currency style.');
      made.currency = String(options.currency).toUpperCase();
      if (!/^[A-Z]{3}$/.test(made.currency)) throw new RangeError(`Invalid currency code : ${options.currency}`);
      made.currencyDisplay = wordOption(options, 'currencyDisplay', ['symbol', 'narrowSymbol', 'code', 'name'], 'symbol');
      made.currencySign = wordOption(options, 'currencySign', ['standard', 'accounting'], 'standard');
    }
    if (style === 'unit') {
      if (options.unit === undefined) throw new TypeError('Unit is required with unit style.');
      made.unit = String(options.unit);
      if (!(made.unit in UNITS)) throw new RangeError(`Invalid unit argument for Intl.NumberFormat() '${made.unit}'`);
      made.unitDisplay = wordOption(options, 'unitDisplay', ['short', 'narrow', 'long'], 'short');
    }
    if (notation === 'compact') made.compactDisplay = wordOption(options, 'compactDisplay', ['short', 'long'], 'short');
    return Object.assign(made, digitOptions(options, made));
  }

  function digitOptions(options, { style, currency, notation }) {
    const digits = { minimumIntegerDigits: integerOption(options, 'minimumIntegerDigits', 1, 21, 1) };
    if (options.minimumSignificantDigits !== undefined || options.maximumSignificantDigits !== undefined) {
      digits.minimumSignificantDigits = integerOption(options, 'minimumSignificantDigits', 1, 21, 1);
      digits.maximumSignificantDigits = integerOption(options, 'maximumSignificantDigits', digits.minimumSignificantDigits, 21, 21);
      return digits;
    }
    const isWithoutCents = WITHOUT_CENTS.has(currency) || notation === 'compact';
    const usualMin = style === 'currency' && !isWithoutCents ? 2 : 0;
    const usualMax = style === 'currency' ? (isWithoutCents ? 0 : 2) : style === 'percent' || notation === 'compact' ? 0 : 3;
    const min = integerOption(options, 'minimumFractionDigits', 0, 100);
    const max = integerOption(options, 'maximumFractionDigits', 0, 100);
    if (min !== undefined && max !== undefined && min > max) throw new RangeError('maximumFractionDigits value is out of range.');
    digits.minimumFractionDigits = min ?? Math.min(usualMin, max ?? usualMin);
    digits.maximumFractionDigits = max ?? Math.max(usualMax, digits.minimumFractionDigits);
    // Two digits in all where nobody said how many.
    if (notation === 'compact' && min === undefined && max === undefined) digits.isShort = true;
    return digits;
  }

  function fit(number, options) {
    if (options.maximumSignificantDigits !== undefined) {
      const cut = rounded(number, options.maximumSignificantDigits);
      return plain(cut, Math.max(0, options.minimumSignificantDigits - Math.max(cut.point, cut.digits === '' ? 1 : cut.point)));
    }
    const fraction = options.isShort && number.point < 2 ? Math.max(0, 2 - Math.max(number.point, 0)) : options.maximumFractionDigits;
    const count = options.isShort && number.point <= 0 ? 2 : number.point + fraction;
    return plain(rounded(number, count), options.minimumFractionDigits);
  }

  function numberParts(given, options) {
    const value = typeof given === 'bigint' ? given : Number(given);
    const isNegative = typeof value === 'bigint' ? value < 0n : value < 0 || Object.is(value, -0);
    const parts = [];
    const add = (type, text) => { if (text !== '') parts.push({ type, value: text }); };
    let isZero = false;
    if (Number.isNaN(value)) add('nan', 'NaN');
    else if (value === Infinity || value === -Infinity) add('infinity', '∞');
    else isZero = addDigits(add, isNegative ? -value : value, options);
    if (options.style === 'percent') add('percentSign', '%');
    if (options.style === 'unit') add('unit', unitOf(options, parts));
    if (options.style === 'currency') addCurrency(parts, options);
    addSign(parts, isNegative, isZero || Number.isNaN(value), options);
    return parts;
  }

  // Whether what is shown is zero.
  function addDigits(add, value, options) {
    const number = decimal(value);
    if (options.style === 'percent' && number.digits !== '') number.point += 2;
    let mark = '';
    let exponent = null;
    if (options.notation === 'compact') {
      // What is rounded up to the next name has it: 999,999 is a million.
      const reached = (limit) => number.point > String(limit).length - 1 || Number(fit(number, { ...options, isShort: false, maximumFractionDigits: 0, minimumFractionDigits: 0, maximumSignificantDigits: undefined })[0]) >= limit * (limit > 1e3 ? 0.9995 : 1);
      const step = COMPACT.find(([limit]) => reached(limit));
      if (step) {
        number.point -= String(step[0]).length - 1;
        mark = step[options.compactDisplay === 'long' ? 2 : 1];
      }
    } else if (options.notation !== 'standard' && number.digits !== '') {
      exponent = options.notation === 'engineering' ? Math.floor((number.point - 1) / 3) * 3 : number.point - 1;
      number.point -= exponent;
    }
    const [whole, fraction] = fit(number, options);
    const padded = whole.padStart(options.minimumIntegerDigits, '0');
    const isGrouped = options.useGrouping !== false && options.useGrouping !== 'false' && !(options.useGrouping === 'min2' && padded.length < 5);
    const groups = isGrouped ? padded.replace(/\B(?=(?:\d{3})+$)/g, ',').split(',') : [padded];
    groups.forEach((group, at) => {
      if (at > 0) add('group', ',');
      add('integer', group);
    });
    if (fraction !== '') add('decimal', '.');
    add('fraction', fraction);
    if (exponent !== null) {
      add('exponentSeparator', 'E');
      if (exponent < 0) add('exponentMinusSign', '-');
      add('exponentInteger', String(Math.abs(exponent)));
    }
    if (mark.startsWith(' ')) add('literal', ' ');
    add('compact', mark.trimStart());
    return !/[1-9]/.test(whole + fraction);
  }

  function unitOf({ unit, unitDisplay }, parts) {
    const isOne = parts.map((part) => part.value).join('') === '1';
    if (unitDisplay === 'long' || unit === 'byte' || unit === 'bit') return unit === 'percent' ? ' percent' : ` ${unit.replace('-per-', isOne ? ' per ' : 's per ')}${isOne || unit.includes('-per-') ? '' : unit === 'foot' ? '' : 's'}`.replace(/ foot$/, isOne ? ' foot' : ' feet').replace(/inchs$/, 'inches');
    return UNITS[unit] + (COUNTED.has(unit) && !isOne ? 's' : '');
  }

  function addCurrency(parts, { currency, currencyDisplay }) {
    if (currencyDisplay === 'name') {
      const isOne = parts.map((part) => part.value).join('') === '1.00';
      parts.push({ type: 'literal', value: ' ' }, { type: 'currency', value: CURRENCY_NAMES[currency]?.[isOne ? 0 : 1] ?? currency });
      return;
    }
    const symbol = currencyDisplay === 'code' ? currency : currencyDisplay === 'narrowSymbol' ? (CURRENCIES[currency] ?? currency).replace(/^[A-Z]+(?=[$¥])/, '') : CURRENCIES[currency] ?? currency;
    if (/[A-Za-z]$/.test(symbol)) parts.unshift({ type: 'literal', value: '\u00a0' });
    parts.unshift({ type: 'currency', value: symbol });
  }

  function addSign(parts, isNegative, isZero, { signDisplay, currencySign }) {
    const isShown = signDisplay === 'never' ? false : signDisplay === 'always' ? true : signDisplay === 'exceptZero' ? !isZero : signDisplay === 'negative' ? isNegative && !isZero : isNegative;
    if (!isShown) return;
    if (isNegative && currencySign === 'accounting') {
      parts.unshift({ type: 'literal', value: '(' });
      parts.push({ type: 'literal', value: ')' });
    } else {
      parts.unshift(isNegative ? { type: 'minusSign', value: '-' } : { type: 'plusSign', value: '+' });
    }
  }

  // ---- dates ----

  const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];
  const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
  const DATE_STYLES = { full: { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' }, long: { year: 'numeric', month: 'long', day: 'numeric' }, medium: { year: 'numeric', month: 'short', day: 'numeric' }, short: { year: '2-digit', month: 'numeric', day: 'numeric' } };
  const TIME_STYLES = { full: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'long' }, long: { hour: 'numeric', minute: '2-digit', second: '2-digit', timeZoneName: 'short' }, medium: { hour: 'numeric', minute: '2-digit', second: '2-digit' }, short: { hour: 'numeric', minute: '2-digit' } };
  const DATE_FIELDS = ['weekday', 'year', 'month', 'day'];
  const TIME_FIELDS = ['hour', 'minute', 'second', 'fractionalSecondDigits', 'dayPeriod'];
  const NUMERIC = ['numeric', '2-digit'];
  const NAMED = ['long', 'short', 'narrow'];
  const FIELDS = { weekday: NAMED, era: NAMED, year: NUMERIC, month: [...NUMERIC, ...NAMED], day: NUMERIC, dayPeriod: NAMED, hour: NUMERIC, minute: NUMERIC, second: NUMERIC, timeZoneName: ['short', 'long', 'shortOffset', 'longOffset', 'shortGeneric', 'longGeneric'] };

  // `needed` and `usual` as in the standard: which fields a format must have, and which it gets if it has none of them.
  function dateOptions(options, needed, usual) {
    const zone = options.timeZone === undefined ? 'UTC' : String(options.timeZone);
    if (!/^(?:UTC|GMT|Etc\/(?:UTC|GMT)|[+-]00:?00)$/i.test(zone)) throw new RangeError(`The time zone ${zone} is not known here: only UTC is. Add the offset to the date and use UTC`);
    const made = {};
    for (const [field, words] of Object.entries(FIELDS)) if (options[field] !== undefined) made[field] = wordOption(options, field, words);
    const digits = integerOption(options, 'fractionalSecondDigits', 1, 3);
    if (digits !== undefined) made.fractionalSecondDigits = digits;
    const dateStyle = wordOption(options, 'dateStyle', Object.keys(DATE_STYLES));
    const timeStyle = wordOption(options, 'timeStyle', Object.keys(TIME_STYLES));
    const hasStyle = dateStyle !== undefined || timeStyle !== undefined;
    if (hasStyle && Object.keys(made).length > 0) throw new TypeError(`Can't set option ${Object.keys(made)[0]} when ${dateStyle ? 'dateStyle' : 'timeStyle'} is used`);
    if (hasStyle) Object.assign(made, DATE_STYLES[dateStyle], TIME_STYLES[timeStyle]);
    const has = (fields) => fields.some((field) => made[field] !== undefined);
    if (!hasStyle && !(needed !== 'time' && has(DATE_FIELDS)) && !(needed !== 'date' && has(TIME_FIELDS))) {
      if (usual !== 'time') Object.assign(made, { year: 'numeric', month: 'numeric', day: 'numeric' });
      if (usual !== 'date') Object.assign(made, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
    }
    if (made.hour !== undefined) {
      const cycle = wordOption(options, 'hourCycle', ['h11', 'h12', 'h23', 'h24'], 'h12');
      made.hourCycle = options.hour12 === undefined ? cycle : options.hour12 ? 'h12' : 'h24';
    }
    return { ...made, dateStyle, timeStyle };
  }

  const two = (number) => String(number).padStart(2, '0');
  const shortened = (name, form) => (form === 'long' ? name : form === 'short' ? name.slice(0, 3) : name[0]);

  function dateParts(given, options) {
    const date = new Date(given === undefined ? Date.now() : given);
    if (Number.isNaN(date.getTime())) throw new RangeError('Invalid time value');
    const parts = [];
    const add = (type, value) => { parts.push({ type, value: String(value) }); };
    const { weekday, era, year, month, day, hour, minute, second, fractionalSecondDigits } = options;
    const isNamed = NAMED.includes(month);
    const shownYear = () => (year === '2-digit' ? two(Math.abs(date.getUTCFullYear()) % 100) : date.getUTCFullYear());
    const shownMonth = () => (isNamed ? shortened(MONTHS[date.getUTCMonth()], month) : month === '2-digit' ? two(date.getUTCMonth() + 1) : date.getUTCMonth() + 1);
    const shownDay = () => (day === '2-digit' ? two(date.getUTCDate()) : date.getUTCDate());
    const fields = [];
    if (month !== undefined) fields.push(['month', shownMonth()]);
    if (day !== undefined) fields.push(['day', shownDay()]);
    if (year !== undefined) fields.push(['year', shownYear()]);
    if (weekday !== undefined) {
      const name = shortened(DAYS[date.getUTCDay()], weekday);
      if (month === undefined && fields.length === 1) fields.push(['weekday', name]);
      else if (month !== undefined && fields.length === 1) fields.push(['weekday', name]);
      else fields.unshift(['weekday', name]);
    }
    const hasTime = hour !== undefined || minute !== undefined || second !== undefined || fractionalSecondDigits !== undefined;
    fields.forEach(([type, value], at) => {
      if (at > 0) add('literal', separator(fields[at - 1][0], type, isNamed, fields.length));
      add(type, value);
    });
    if (era !== undefined) {
      add('literal', ' ');
      add('era', date.getUTCFullYear() > 0 ? 'AD' : 'BC');
    }
    if (hasTime) {
      const isOnlyWeekday = fields.length === 1 && weekday !== undefined;
      const isLong = options.dateStyle ? ['full', 'long'].includes(options.dateStyle) : month === 'long';
      if (fields.length > 0) add('literal', isOnlyWeekday ? ' ' : isLong ? ' at ' : ', ');
      addTime(add, date, options);
    }
    if (options.timeZoneName !== undefined) {
      add('literal', hasTime ? ' ' : ', ');
      add('timeZoneName', options.timeZoneName.startsWith('long') ? 'Coordinated Universal Time' : options.timeZoneName === 'shortOffset' ? 'GMT' : 'UTC');
    }
    return parts;
  }

  function separator(before, after, isNamed, n_fields) {
    if (before === 'weekday') return ', ';
    if (after === 'weekday') return ' ';
    if (!isNamed) return '/';
    return before === 'day' && after === 'year' ? ', ' : n_fields > 0 ? ' ' : '';
  }

  function addTime(add, date, { hour, minute, second, fractionalSecondDigits, hourCycle }) {
    const hours = date.getUTCHours();
    let isFirst = true;
    const next = (type, value, mark = ':') => {
      if (!isFirst) add('literal', mark);
      isFirst = false;
      add(type, value);
    };
    if (hour !== undefined) {
      const shown = hourCycle === 'h12' ? hours % 12 || 12 : hourCycle === 'h11' ? hours % 12 : hourCycle === 'h24' ? hours || 24 : hours;
      next('hour', hour === '2-digit' || hourCycle === 'h23' || hourCycle === 'h24' ? two(shown) : shown);
    }
    if (minute !== undefined) next('minute', hour !== undefined || second !== undefined ? two(date.getUTCMinutes()) : date.getUTCMinutes());
    if (second !== undefined) next('second', minute !== undefined || second === '2-digit' ? two(date.getUTCSeconds()) : date.getUTCSeconds());
    if (fractionalSecondDigits !== undefined) next('fractionalSecond', String(date.getUTCMilliseconds()).padStart(3, '0').slice(0, fractionalSecondDigits), '.');
    if (hour !== undefined && (hourCycle === 'h12' || hourCycle === 'h11')) {
      add('literal', ' ');
      add('dayPeriod', hours < 12 ? 'AM' : 'PM');
    }
  }

  const dateText = (date, options) => dateParts(date, options).map((part) => part.value).join('');

  class DateTimeFormat {
    #options;
    constructor(locales, options) { this.#options = dateOptions(Object(options ?? {}), 'any', 'date'); hidden(this, 'format', (date) => dateText(date, this.#options)); }
    formatToParts(date) { return dateParts(date, this.#options); }
    formatRange(from, to) {
      const [first, last] = [dateText(from, this.#options), dateText(to, this.#options)];
      return first === last ? first : `${first} – ${last}`;
    }
    resolvedOptions() {
      const shown = Object.entries(this.#options).filter(([, value]) => value !== undefined);
      return { locale: LOCALE, calendar: 'gregory', numberingSystem: 'latn', timeZone: 'UTC', ...Object.fromEntries(shown) };
    }
    static supportedLocalesOf(locales) { return supported(locales); }
  }

  // ---- texts ----

  // ASCII as the Unicode Collation Algorithm's root order has it.
  const ORDER = new Map([...'\t\n\v\f\r _-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$0123456789'].map((char, at) => [char, at + 1]));

  const ASCII = Array.from({ length: 128 }, (_, code) => ORDER.get(String.fromCharCode(code)) ?? 1000 + String.fromCharCode(code).toLowerCase().codePointAt(0));
  const EXPANDED = { __proto__: null, ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', ł: 'l' };

  // Keys of three levels: letters, marks, case. Other scripts stand behind, in the order of their code points.
  function collationKeys(text, isNumeric) {
    if (isNumeric) text = text.replace(/\d+/g, numberKey);
    const primary = [];
    let marks = '';
    let cases = '';
    for (const char of text.normalize('NFD').replace(/[ßæœøł]/g, (letter) => EXPANDED[letter])) {
      if (/\p{M}/u.test(char)) {
        marks += char;
        continue;
      }
      const lower = char.toLowerCase();
      primary.push(ORDER.get(char) ?? 1000 + lower.codePointAt(0));
      marks += '\0';
      cases += lower === char ? '0' : '1';
    }
    return { primary, marks, cases };
  }

  function comparePrimary(a, b) {
    for (let at = 0; at < a.length && at < b.length; at++) if (a[at] !== b[at]) return a[at] < b[at] ? -1 : 1;
    return Math.sign(a.length - b.length);
  }

  function compareTexts(a, b, { sensitivity = 'variant', numeric = false, caseFirst } = {}) {
    if (a === b) return 0;
    const quick = numeric ? 0 : compareAscii(a, b);
    if (quick !== 0) return quick;
    const [x, y] = [collationKeys(a, numeric), collationKeys(b, numeric)];
    const order = comparePrimary(x.primary, y.primary);
    if (order !== 0) return order;
    if ((sensitivity === 'accent' || sensitivity === 'variant') && x.marks !== y.marks) return x.marks < y.marks ? -1 : 1;
    if ((sensitivity === 'case' || sensitivity === 'variant') && x.cases !== y.cases) return (x.cases < y.cases) === (caseFirst !== 'upper') ? -1 : 1;
    return 0;
  }

  // A number among letters, so that more digits are more: the digits after a character that says how many there are.
  function numberKey(digits) {
    const plain = digits.replace(/^0+(?=\d)/, '');
    return `0${String.fromCodePoint(0xf0000 + Math.min(plain.length, 0xfffd))}${plain}`;
  }

  // Most texts differ early, in letters that need no tables; 0 if this does not decide.
  function compareAscii(a, b) {
    for (let at = 0; at < a.length && at < b.length; at++) {
      const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
      if (x > 127 || y > 127) return 0;
      if (x !== y && ASCII[x] !== ASCII[y]) return ASCII[x] < ASCII[y] ? -1 : 1;
    }
    return 0;
  }

  class Collator {
    constructor(locales, options) {
      const chosen = { ...options };
      hidden(this, 'compare', (a, b) => compareTexts(String(a), String(b), chosen));
      hidden(this, 'resolvedOptions', () => ({ locale: LOCALE, usage: 'sort', sensitivity: 'variant', ignorePunctuation: false, collation: 'default', numeric: false, caseFirst: 'false', ...chosen }));
    }
    static supportedLocalesOf(locales) { return supported(locales); }
  }

  class PluralRules {
    #type;
    constructor(locales, options) { this.#type = wordOption(Object(options ?? {}), 'type', ['cardinal', 'ordinal'], 'cardinal'); }
    select(number) {
      if (this.#type === 'cardinal') return Number(number) === 1 ? 'one' : 'other';
      const [last, tens] = [Math.abs(number) % 10, Math.abs(number) % 100];
      return last === 1 && tens !== 11 ? 'one' : last === 2 && tens !== 12 ? 'two' : last === 3 && tens !== 13 ? 'few' : 'other';
    }
    resolvedOptions() { return { locale: LOCALE, type: this.#type, pluralCategories: this.#type === 'cardinal' ? ['one', 'other'] : ['few', 'one', 'two', 'other'] }; }
    static supportedLocalesOf(locales) { return supported(locales); }
  }

  class ListFormat {
    #word;
    constructor(locales, options) {
      const type = wordOption(Object(options ?? {}), 'type', ['conjunction', 'disjunction', 'unit'], 'conjunction');
      const style = wordOption(Object(options ?? {}), 'style', ['long', 'short', 'narrow'], 'long');
      this.#word = type === 'unit' ? '' : type === 'disjunction' ? 'or ' : style === 'long' ? 'and ' : style === 'short' ? '& ' : '';
    }
    format(list) {
      const items = [...list];
      if (items.length < 2) return items.join('');
      if (items.length === 2) return items.join(this.#word ? ` ${this.#word}` : ', ');
      return `${items.slice(0, -1).join(', ')}, ${this.#word}${items.at(-1)}`;
    }
    static supportedLocalesOf(locales) { return supported(locales); }
  }

  const RELATIVE = { __proto__: null, second: { 0: 'now' }, minute: { 0: 'this minute' }, hour: { 0: 'this hour' }, day: { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' } };
  for (const unit of ['week', 'month', 'quarter', 'year']) RELATIVE[unit] = { '-1': `last ${unit}`, 0: `this ${unit}`, 1: `next ${unit}` };

  class RelativeTimeFormat {
    #isAuto;
    constructor(locales, options) { this.#isAuto = wordOption(Object(options ?? {}), 'numeric', ['always', 'auto'], 'always') === 'auto'; }
    format(given, unit) {
      const [value, name] = [Number(given), String(unit).replace(/s$/, '')];
      if (!(name in RELATIVE)) throw new RangeError(`Invalid unit argument for format() '${unit}'`);
      if (this.#isAuto && RELATIVE[name][value] !== undefined) return RELATIVE[name][value];
      const size = Math.abs(value);
      const text = `${size.toLocaleString()} ${name}${size === 1 ? '' : 's'}`;
      return value < 0 || Object.is(value, -0) ? `${text} ago` : `in ${text}`;
    }
    static supportedLocalesOf(locales) { return supported(locales); }
  }

  // ---- into place ----

  const supported = (locales) => [locales ?? []].flat().map(String).filter((locale) => /^en\b/.test(locale));
  const Intl = { NumberFormat, DateTimeFormat, Collator, PluralRules, ListFormat, RelativeTimeFormat, getCanonicalLocales: (locales) => [locales ?? []].flat().map(String), supportedValuesOf: () => [] };
  for (const name of Object.keys(Intl)) hidden(Intl, name, Intl[name]);
  // They can be called without `new`, as in the standard.
  for (const name of ['NumberFormat', 'DateTimeFormat', 'Collator']) Intl[name] = new Proxy(Intl[name], { apply: (type, self, args) => new type(...args) });
  Object.defineProperty(Intl, Symbol.toStringTag, { value: 'Intl', configurable: true });
  define('Intl', Intl);

  const numberText = (value, options) => numberParts(value, numberOptions(Object(options ?? {}))).map((part) => part.value).join('');
  const methods = [
    [Number.prototype, { toLocaleString(locales, options) { return numberText(Number.prototype.valueOf.call(this), options); } }],
    [BigInt.prototype, { toLocaleString(locales, options) { return numberText(BigInt.prototype.valueOf.call(this), options); } }],
    [Date.prototype, {
      toLocaleString(locales, options) { return localeDate(this, options, 'any', 'all'); },
      toLocaleDateString(locales, options) { return localeDate(this, options, 'date', 'date'); },
      toLocaleTimeString(locales, options) { return localeDate(this, options, 'time', 'time'); },
    }],
    [String.prototype, { localeCompare(that, locales, options) {
      if (this === null || this === undefined) throw new TypeError('String.prototype.localeCompare called on null or undefined');
      return compareTexts(String(this), String(that), options ?? {});
    } }],
  ];
  for (const [target, each] of methods) {
    for (const [name, method] of Object.entries(each)) {
      Object.defineProperty(method, 'length', { value: name === 'localeCompare' ? 1 : 0, configurable: true });
      hidden(target, name, method);
    }
  }

  function localeDate(date, options, needed, usual) {
    const time = Date.prototype.getTime.call(date);
    return Number.isNaN(time) ? 'Invalid Date' : dateText(time, dateOptions(Object(options ?? {}), needed, usual));
  }

  // ---- dates as text, with the name of the only time zone ----

  for (const name of ['toString', 'toTimeString']) {
    const plain = Date.prototype[name];
    replaceMethod(name, function () { return plain.call(this).replace(/GMT\+0000$/, '$& (Coordinated Universal Time)'); });
  }
  function replaceMethod(name, call) {
    Object.defineProperty(call, 'name', { value: name, configurable: true });
    Object.defineProperty(Date.prototype, name, { value: call, writable: true, configurable: true });
  }
});
