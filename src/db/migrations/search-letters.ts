/**
 * The characters that search separates words by, drops or treats as equal: as character classes for a Postgres regular
 * expression, and as lists for `translate`. They apply to text in normal form KD, so that no collation, locale or
 * version of Postgres changes what is found.
 */

/** Characters between words: punctuation, symbols, spaces and control characters. */
export const separatorCharacters = [
  String.raw`\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00ac\u00ae-\u00b1\u00b6-\u00b7\u00bb\u00bf\u00d7\u00f7`,
  String.raw`\u02b9-\u02bd\u02c2-\u02c5\u02d2-\u02eb\u02ed\u02ef-\u02ff\u0375\u03f6\u0482\u055a-\u055f\u0589-\u058f\u05be\u05c0`,
  String.raw`\u05c3\u05c6\u05f3-\u05f4\u0606-\u060f\u061b\u061d-\u061f\u066a-\u066d\u06d4\u06de\u06e9\u06fd-\u06fe\u0700-\u070d`,
  String.raw`\u07f6-\u07f9\u07fe-\u07ff\u0830-\u083e\u085e\u0888\u0964-\u0965\u0970\u09f2-\u09f3\u09fa-\u09fb\u09fd\u0a76`,
  String.raw`\u0af0-\u0af1\u0b70\u0bf3-\u0bfa\u0c77\u0c7f\u0c84\u0d4f\u0d79\u0df4\u0e3f\u0e4f\u0e5a-\u0e5b\u0f01-\u0f17`,
  String.raw`\u0f1a-\u0f1f\u0f34\u0f36\u0f38\u0f3a-\u0f3d\u0f85\u0fbe-\u0fc5\u0fc7-\u0fda\u104a-\u104f\u109e-\u109f\u10fb`,
  String.raw`\u1360-\u1368\u1390-\u1399\u1400\u166d-\u166e\u1680\u169b-\u169c\u16eb-\u16ed\u1735-\u1736\u17d4-\u17d6\u17d8-\u17db`,
  String.raw`\u1800-\u180a\u1940-\u1945\u19de-\u19ff\u1a1e-\u1a1f\u1aa0-\u1aa6\u1aa8-\u1aad\u1b5a-\u1b6a\u1b74-\u1b7e`,
  String.raw`\u1bfc-\u1bff\u1c3b-\u1c3f\u1c7e-\u1c7f\u1cc0-\u1cc7\u1cd3\u2010-\u2029\u2030-\u205e\u20a0-\u20cf\u2104-\u212e`,
  String.raw`\u213a-\u214d\u214f\u218a-\u244a\u2500-\u2775\u2794-\u2bff\u2ce5-\u2cea\u2cf9-\u2cfc\u2cfe-\u2cff\u2d70\u2e00-\u2e2e`,
  String.raw`\u2e30-\u3004\u3008-\u3020\u3030\u3037\u303d-\u303f\u30a0\u30fb\u3190-\u3191\u31c0-\u31e3\u327f\u4dc0-\u4dff`,
  String.raw`\ua490-\ua4c6\ua4fe-\ua4ff\ua60d-\ua60f\ua673\ua67e\ua6f2-\ua716\ua720-\ua721\ua789-\ua78a\ua828-\ua82b\ua836-\ua839`,
  String.raw`\ua874-\ua877\ua8ce-\ua8cf\ua8f8-\ua8fa\ua8fc\ua92e-\ua92f\ua95f\ua9c1-\ua9cd\ua9de-\ua9df\uaa5c-\uaa5f\uaa77-\uaa79`,
  String.raw`\uaade-\uaadf\uaaf0-\uaaf1\uab5b\uab6a-\uab6b\uabeb\ufbb2-\ufdff\ufe45-\ufe46\ufffc-\ufffd`,
  String.raw`\U0001cf50-\U0001d245\U0001d300-\U0001d356\U0001d800-\U0001da8b\U0001ecac\U0001ecb0\U0001ed2e\U0001eef0-\U0001eef1\U0001f000-\U0001fbca`,
].join('');

/**
 * Characters that are dropped from words: accents of Latin, Greek and Cyrillic, points of Hebrew, vowel signs of Arabic
 * and Syriac, tatweel, soft hyphens, joiners, direction marks, glyph variants. Marks that make another letter stay:
 * vowels of Indic scripts and Thai, the voiced marks of kana.
 */
export const droppedCharacters = [
  String.raw`\u00ad\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0610-\u061a\u061c\u0640`,
  String.raw`\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u08ca-\u08e1\u08e3-\u08ff`,
  String.raw`\u180b-\u180f\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f`,
  String.raw`\ufeff\U000e0000-\U000e01ff`,
].join('');

/** Scripts without spaces between words in which a character is about a syllable: Han, kana, Bopomofo, Yi. */
export const syllabicCharacters = String.raw`\u3005-\u3007\u3031-\u3035\u303b-\u303c\u3041-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48c\uf900-\ufaff\U0001aff0-\U0001b16f\U00020000-\U0003ffff`;

/**
 * Scripts without spaces between words in which a character is about a sound: Thai, Lao, Burmese, Khmer and related
 * ones.
 */
export const unspacedAlphabetCharacters = String.raw`\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\ua980-\ua9df\ua9e0-\ua9ff\uaa60-\uaadf`;

export interface LetterFolding {
  from: string;
  to: string;
}

/**
 * Letters that search replaces by another one, e.g. `Ø` by `o`. Each entry is a call of `translate`, made only if the
 * text has one of its letters, because `translate` searches its whole list for every character.
 */
export const letterFoldings: readonly LetterFolding[] = [
  pairs('Øø:o Łł:l Đđ:d Ðð:d Ħħ:h Ŧŧ:t ı:i Ŋŋ:n Ƒƒ:f ẞ:ß Æ:æ Œ:œ Þ:þ'),
  join(lowered([0x370, 0x3ff]), pairs('ς:σ')),
  lowered([0x400, 0x45f], [0x490, 0x491]),
  pairs('ىیےۍې:ي ک:ك ةہە:ه'),
  digits(
    0x660,
    0x6f0,
    0x966,
    0x9e6,
    0xa66,
    0xae6,
    0xb66,
    0xbe6,
    0xc66,
    0xce6,
    0xd66,
    0xe50,
    0xed0,
    0xf20,
    0x1040,
    0x17e0,
  ),
  join(
    pairs(
      'ƁɓɃƀ:b Ƈƈ:c ƉɖƊɗ:d Ɠɠǥ:g Ǥ:g Ɨɨ:i ɟ:j Ɉɉ:j Ƙƙ:k ȽƚⱢɫꞭɬɭ:l Ɱɱ:m ƝɲȠƞɳ:n Ɵɵ:o Ƥƥ:p Ɋɋ:q ɌɍⱤɽɾ:r ⱾȿꟅʂ:s ƬƭƫƮʈ:t Ʉʉ:u Ʋʋ:v ʍ:w ƳƴɎɏ:y ƵƶȤȥⱿɀ:z',
    ),
    lowered([0x180, 0x24f], [0x460, 0x52f], [0x531, 0x556], [0x10a0, 0x10cd], [0x13a0, 0x13f5], [0x1c89, 0x1cbf]),
    pairs('ᲀ:в ᲁ:д ᲂ:о ᲃ:с ᲄᲅ:т ᲆ:ъ ᲇ:ѣ ᲈ:ꙋ'),
    lowered(
      [0x1efa, 0x1efe],
      [0x2c00, 0x2cf2],
      [0x2132, 0x2132],
      [0x2183, 0x2183],
      [0xa640, 0xa7ff],
      [0x10400, 0x10595],
    ),
    lowered(
      [0x10c80, 0x10cb2],
      [0x10d50, 0x10d65],
      [0x118a0, 0x118bf],
      [0x16e40, 0x16e5f],
      [0x16ea0, 0x16eb8],
      [0x1e900, 0x1e921],
    ),
  ),
];

/** Letters that search replaces by two letters. */
export const twoLetterFoldings: readonly (readonly [letter: string, written: string])[] = [
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['þ', 'th'],
];

/** Parses `'Øø:o Łł:l'`: the letters before each colon are replaced by the letter after it. */
function pairs(text: string): LetterFolding {
  return join(
    ...text.split(' ').map((pair) => {
      const [from = '', to = ''] = pair.split(':');
      return { from, to: to.repeat([...from].length) };
    }),
  );
}

/** Replaces the capital letters in ranges of code points by their small letters. */
function lowered(...ranges: [first: number, last: number][]): LetterFolding {
  const all = ranges.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, n) => String.fromCodePoint(first + n)),
  );
  const capitals = all.filter((letter) => letter.normalize('NFKD') === letter && smallOf(letter) !== letter);
  return { from: capitals.join(''), to: capitals.map(smallOf).join('') };
}

/** The small letter, if it is a single code point; otherwise the letter itself. */
function smallOf(letter: string): string {
  const small = letter.toLowerCase();
  return [...small].length === 1 ? small : letter;
}

/** Replaces the ten digits that start at each of these code points by the ASCII digits. */
function digits(...zeros: number[]): LetterFolding {
  return join(
    ...zeros.map((zero) => ({
      from: String.fromCodePoint(...[...'0123456789'].map((d) => zero + Number(d))),
      to: '0123456789',
    })),
  );
}

function join(...parts: LetterFolding[]): LetterFolding {
  return { from: parts.map(({ from }) => from).join(''), to: parts.map(({ to }) => to).join('') };
}
