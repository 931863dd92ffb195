import { secretPhrases } from './secret-phrases.js';
import {
  identifier,
  name,
  nameHint,
  noValue,
  type Pattern,
  quote,
  quoted,
  redactedMark,
  separator,
  value,
} from './secret-words.js';

/**
 * Patterns of credentials in text. Text that only looks like a credential is masked too, except package names, paths
 * and stack traces, which every log contains.
 */

const scheme = '[a-z][a-z0-9+.-]{1,30}:\\/\\/';
/** URL schemes of servers whose URLs have no "@" in the path, so that the last "@" ends the password. */
const servers =
  '(?:postgres(?:ql)?|cockroachdb|mysqlx?|mariadb|mongodb|rediss?|valkeys?|amqps?|mssql|sqlserver|oracle|clickhouse|neo4j|bolt|nats|kafka|mqtts?|stomp|smtps?|imaps?|pop3s?|ldaps?|ftps?|sftp|libsql|tcp)(?:\\+[a-z0-9]+)?:\\/\\/';
/** Matches a user name, a colon and the beginning of a password in a URL, but no host with a port. */
const userAndPassword = '(?!\\[)[^\\s/:@?#]*:(?!\\d{1,5}(?:[/?#\\s"\',;)\\]}]|$))';
const anyOfThisUrl = '(?:(?!:\\/\\/)[^\\r\\n])';
const hostAndMore = '(?=[\\w.-]+(?::\\d{1,5})?[/?]|[\\w.-]+:\\d)';

const urls: readonly Pattern[] = [
  // Mask up to the last "@" before a host, because passwords contain unencoded "@", "/", quotes and spaces.
  [new RegExp(`\\b(${scheme})${userAndPassword}${anyOfThisUrl}{1,300}@${hostAndMore}`, 'gi'), `$1${redactedMark}@`],
  [new RegExp(`\\b(${servers})[^\\s<>]+@`, 'gi'), `$1${redactedMark}@`],
  [new RegExp(`\\b(${scheme})${userAndPassword}[^\\s<>]+@`, 'gi'), `$1${redactedMark}@`],
  [new RegExp(`\\b(${scheme})${userAndPassword}[^\\s@]*[ \\t]${anyOfThisUrl}{0,200}@`, 'gi'), `$1${redactedMark}@`],
  [new RegExp(`\\b(${scheme})(?!git@)[^\\s/?#"'<>]+@`, 'gi'), `$1${redactedMark}@`],
  [/\b(jdbc:oracle:\w+:)[^\s@]+@/gi, `$1${redactedMark}@`],
  // A URL whose slashes are escaped as in JSON, one that is percent-encoded, and one that names no scheme.
  [new RegExp(`\\b([a-z][a-z0-9+.-]{1,30}:(?:\\\\+\\/){2})${userAndPassword}[^\\s<>"']+@`, 'gi'), `$1${redactedMark}@`],
  [/\b([a-z][a-z0-9+.-]{1,30}%3A%2F%2F)(?:(?!%2F)[^\s&"'<>])+%40/gi, `$1${redactedMark}%40`],
  [/(?<![:\w/\\])(\/\/)[^\s/:@"']+:[^\s/@"']+@(?=[\w.-]+)/g, `$1${redactedMark}@`],
  [/(?<![\w.%-])[\w.%-]{1,60}:[^\s@"']+(@(?:tcp|unix)\()/g, `${redactedMark}$1`],
  // A database URL that lost its host: what follows the colon is no port.
  [
    new RegExp(`\\b(${servers})(?!\\[)[^\\s/:@?#,"'<>]*:(?!\\d{1,5}(?![\\w-])|[^\\s]*@)[^\\s<>"']+`, 'gi'),
    `$1${redactedMark}`,
  ],
];

/** Hosts of webhook URLs that are secret: whoever knows one can post to its chat. */
const webhookHosts = [
  'hooks\\.slack(?:-gov)?\\.com|(?:[\\w-]{1,60}\\.)?webhook\\.office\\.com|outlook\\.office(?:365)?\\.com/webhook|hooks\\.zapier\\.com',
  'hook\\.(?:[\\w-]{1,20}\\.)?(?:make|integromat)\\.com|maker\\.ifttt\\.com|events\\.pagerduty\\.com/integration|hc-ping\\.com|webhook\\.site',
  '(?:(?:ptb|canary)\\.)?discord(?:app)?\\.com/api(?:/v\\d+)?/webhooks|media\\.guilded\\.gg/webhooks|webexapis\\.com/v\\d+/webhooks/incoming',
  'open\\.(?:feishu\\.cn|larksuite\\.com)/open-apis/bot|(?<![\\w.-])[\\w.-]{1,100}\\.(?:logic\\.azure|powerplatform)\\.com',
].join('|');
/** Matches a path segment with digits and letters that looks like a random token. */
const tokenSegment = '(?=[\\w~.%-]*\\d)(?=[\\w~.%-]*[a-z])[\\w~.%-]{8,}';
const tokenWords =
  'hooks?|webhooks?|webhookb2|incoming|tokens?|secrets?|keys?|reset|reset-password|password-reset|magic|magic-link|invites?|verify|confirm|activate|unsubscribe';

const addresses: readonly Pattern[] = [
  [new RegExp(`\\b((?:${webhookHosts})(?::\\d+)?/)[^\\s"'\`<>)]+`, 'gi'), `$1${redactedMark}`],
  [/\/(bot)\d+:[^\s/?#"'<>]+/gi, `/$1${redactedMark}`],
  [
    new RegExp(`(:\\/\\/[^\\s"'<>]{0,300}?/(?:${tokenWords})/)${tokenSegment}(?:/${tokenSegment})*`, 'gi'),
    `$1${redactedMark}`,
  ],
  // A long path segment of mixed case with digits is a token: a slug or a hexadecimal hash has one case.
  [
    /(:\/\/[^\s"'<>]{0,300}?\/)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=(?:[A-Za-z_-]*\d){3})[\w-]{20,}(?![\w.-])/g,
    `$1${redactedMark}`,
  ],
  [/([?&#;](?:key|code|auth|ticket|jwt|assertion|otp|state|session|sid)=)[^\s&#"'<>]{6,}/gi, `$1${redactedMark}`],
];

const headers: readonly Pattern[] = [
  [
    /(?<![A-Za-z])((?:proxy-|x-)?authorization|(?:set-)?cookie2?)(\\*["']?\s*(?:=>|[=:])|\\*["']\s*,)[^\r\n]+/gi,
    `$1$2 ${redactedMark}`,
  ],
  [/(["']x-[\w-]*(?:key|token|secret|auth)["']\s*,\s*)("[^"]*"?|'[^']*'?)/gi, `$1${redactedMark}`],
  [/\bbearer(?:\s+|%20|:\s*)(?!(?:auth\w*|credentials?|scheme|tokens?)\b)[\w.~+/=-]{8,}/gi, `Bearer ${redactedMark}`],
  [/\b(basic)(\s+)([a-z0-9+/_-]{6,}={0,2})(?![\w=])/gi, maskBasic],
  [/\b(negotiate|ntlm)\s+[a-z0-9+/]{16,}={0,2}/gi, `$1 ${redactedMark}`],
  [
    /\b((?:connect\.sid|(?<![\w-])[\w-]{0,30}?sess(?:ion)?[-_]?id|_?csrf|xsrf)\s*=\s*)[^\s;"'&]+/gi,
    `$1${redactedMark}`,
  ],
  [/((?<![\w-])[\w-]{0,40}session\s*=\s*)(?=[^\s;"'&]*\d)[^\s;"'&]{8,}/gi, `$1${redactedMark}`],
];

/**
 * Masks the word after "basic" only if it is a credential, `user:password` in base64: ordinary words follow "basic"
 * too.
 */
function maskBasic(whole: string, word = '', space = '', given = ''): string {
  const isCredential = /\d|=$/.test(given) || Buffer.from(given, 'base64').includes(':');
  return isCredential ? `${word}${space}${redactedMark}` : whole;
}

/**
 * Prefixes of API keys that are masked only if a digit follows: `sk_buff` and `npm_config_cache` are ordinary names.
 */
const prefixes = [
  // Prefixes of API keys of AI and data services
  'sk[-_]|rk_(?:live|test)_|pk_(?:live|test)_|hf_|gsk_|xai-|pplx-|r8_|nvapi-|tvly-|dapi|phc_|phx_',
  // Prefixes of API keys of code hosts, package registries and build services
  'gh[pousr]_|github_pat_|gl(?:pat|ptt|dt|rt|cbt|ft|soat|agent|oas|imt)-|npm_|pypi-|rubygems_|dckr_pat_|ATATT|ATBB|ATCTT|CCIPAT_|bkua_|sgp_|PMAK-|pul-',
  // Prefixes of API keys of cloud providers
  'do[oprt]_v1_|hv[sbr]\\.|tfp_|sbp_|sb_secret_|pscale_(?:tkn|pw|oauth)_|napi_|rnd_|fm[12]_|fo1_|dp\\.(?:pt|st|ct|sa)\\.|AGE-SECRET-KEY-|LTAI|GOCSPX-|ya29\\.|1\\/\\/0',
  // Prefixes of API keys of chat, mail, payment and office services
  'xox[abcdeprs]-|xoxe\\.|xapp-|xwfp-|whsec_|xkeysib-|xsmtpsib-|mlsn\\.|key-|re_|shp(?:at|ss|ca|pa)_|sq0(?:atp|csp)-|EAA[AC]|lin_api_|ntn_|secret_|figd_|CFPAT-|NRAK-|sntry[su]_|gl(?:c|sa)_|Atza\\|',
].join('|');

/** Prefixes of API keys with which no ordinary name begins, so that keys without a digit are masked too. */
const plainPrefixes =
  'sk-(?:proj|ant|or|svcacct|admin|live|test)[-_]|sk-(?=[A-Za-z0-9]{16})|[sr]k_(?:live|test)_|(?:hf|gsk|gh[pousr])_(?=[A-Za-z0-9]{10})|github_pat_|glpat-|dop_v1_|ya29\\.|xox[abcdeprs]-|xapp-|whsec_|GOCSPX-|shpat_|rubygems_|dckr_pat_|sbp_';

const shapes: readonly Pattern[] = [
  [new RegExp(`(?<![\\w-])(?:${plainPrefixes})[\\w./+-]{8,}=*`, 'g'), redactedMark],
  [
    /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)/g,
    redactedMark,
  ],
  [/-----BEGIN(?:%20|\+)(?:[A-Z]+(?:%20|\+))*PRIVATE(?:%20|\+)KEY\S*/g, redactedMark],
  [/(\bPrivate-Lines: \d+\s)[\s\S]*?(?=\sPrivate-MAC|$)/g, `$1${redactedMark}`],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)*/g, redactedMark],
  // Keys that are one JSON object in base64, as those of Grafana.
  [/\beyJ[\w-]{40,}={0,2}/g, redactedMark],
  [/\bAAAA[\w-]{7}:APA91b[\w-]{20,}/g, redactedMark],
  [new RegExp(`(?<![\\w-])(?:${prefixes})(?=[\\w./+-]*\\d)[\\w./+-]{8,}=*`, 'g'), redactedMark],
  [/\b(?:A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{12,}|AIza[\w-]{30,}|SG\.[\w-]{8,}\.[\w-]{8,}|SK[0-9a-f]{32})/g, redactedMark],
  [/\b(?:\d{8,10}:AA[\w-]{30,}|[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,}|pat\w{14}\.[0-9a-f]{64})/g, redactedMark],
];

/**
 * Patterns of secrets that span several lines. They are applied before those that mask the rest of a line, in which
 * such a secret may begin.
 */
const multiline: readonly Pattern[] = [
  [
    new RegExp(`(<(?:[\\w.-]+:)?${identifier}(?:\\s[^<>]*)?>\\s*)(?:<!\\[CDATA\\[[\\s\\S]*?\\]\\]>|[^<]+)`, 'gi'),
    `$1${redactedMark}`,
  ],
  // Matches a secret whose name and value are in two fields, as in XML settings and in a container's environment.
  [
    new RegExp(
      `(\\b(?:name|key|id)${separator}${quote}?${identifier}${quote}?[\\s,;]*${quote}?value${separator})(?:${value})`,
      'gi',
    ),
    `$1${redactedMark}`,
  ],
  [
    new RegExp(`(${name}${quote}?\\s*:\\s*[|>][+-]?[ \\t]*\\r?\\n)(?:[ \\t]+[^\\r\\n]*(?:\\r?\\n|$))+`, 'gi'),
    `$1  ${redactedMark}\n`,
  ],
];

const named: readonly Pattern[] = [
  // A line of a settings file, `NAME=value`, whose value may contain spaces. The next pattern masks a part of an ADO
  // connection string, `Password=…;`.
  [
    new RegExp(`(\\n[ \\t]*(?:export |set |- )?${identifier}[ \\t]*[=:][ \\t]*)${noValue}(?!["'\`])[^\\r\\n]+`, 'gi'),
    `$1${redactedMark}`,
  ],
  [new RegExp(`(${name}\\s*=\\s*)[^\\s;"'][^;"'\\r\\n]*(?=;)`, 'gi'), `$1${redactedMark}`],
  [
    new RegExp(
      `((?<![\\w-])--?[\\w-]{0,40}?${name}\\s+)(?!(?:is|are|was|must|may|and|or|not|needs?|expects?|requires?|option|flag)\\b|-)(?:${value})`,
      'gi',
    ),
    `$1${redactedMark}`,
  ],
  // The option of Node's HTTP client, `auth: 'user:password'`.
  [/(\bauth["']?\s*[:=]\s*["'])[^"'\s:]*:[^"']+/gi, `$1${redactedMark}`],
  [/(\s(?:-u|--user)\s+["']?[^\s:"']+:)(?!\d+\b)[^\s"']+/g, `$1${redactedMark}`],
  [new RegExp(`(${name}\\s+is\\s+)(?=["'])(?:${quoted})`, 'gi'), `$1${redactedMark}`],
  [new RegExp(`(${name}${separator})(?:${value})`, 'gi'), `$1${redactedMark}`],
  [
    new RegExp(`((?:(?<![A-Za-z])[Pp]ass|(?<![A-Za-z])PASS|(?<=[a-z])Pass)${separator})(?:${value})`, 'g'),
    `$1${redactedMark}`,
  ],
];

/** The patterns in groups. A group is tried only if its `hint` matches, because most texts contain no secret. */
export const secretPatterns: readonly { hint: RegExp; patterns: readonly Pattern[] }[] = [
  { hint: /[-_.:|~/A-Z]\S*\d|-----|eyJ|[a-z]{2}_\w{8}|(?:sk|xapp|glpat|GOCSPX|xox[a-z])-|ya29/, patterns: shapes },
  { hint: nameHint, patterns: multiline },
  { hint: nameHint, patterns: secretPhrases },
  {
    hint: /authori[sz]ation|cookie|bearer|basic|negotiate|ntlm|sess|csrf|xsrf|connect\.sid|["']x-/i,
    patterns: headers,
  },
  { hint: /\/|[?&#;]\w+=/, patterns: addresses },
  { hint: /:\/\/|jdbc:|:\\+\/|%3A%2F|\/\/\S+@|@(?:tcp|unix)/i, patterns: urls },
  { hint: new RegExp(`${nameHint.source}|\\bauth|\\s(?:-u|--user)\\s`, 'i'), patterns: named },
];
