import assert from 'node:assert/strict';
import fc from 'fast-check';
import { errorText, redact } from '../../src/foundation/redact.js';

const canary = 'c4naryHunter2';
const basic = Buffer.from(`user:${canary}`).toString('base64');

/** Each line holds the canary, or what is derived from it, in a place where a secret stands. */
const secrets: Record<string, readonly string[]> = {
  'a DSN': [
    `postgres://app:${canary}@db.test:5432/app`,
    `postgres://app:my ${canary} word@db.test:5432/app failed`,
    `postgres://app:my ${canary}@db.test failed`,
    `postgres://app:p@ss ${canary}@db.test/app`,
    `postgres://app:p@ss/${canary}@db.test/app`,
    `postgres://app:it's"${canary}@db.test/app`,
    `postgresql+psycopg2://app:a "quoted" ${canary}@db.test:6432/app?sslmode=require`,
    `invalid url: "mysql://root:${canary}'x@127.0.0.1:3306/shop"`,
    `mongodb+srv://u:${canary}%40@cluster0.test/?retryWrites=true`,
    `redis://:${canary}@cache.test:6379/0`,
    `amqps://guest:${canary}#1@mq.test/vhost`,
    `jdbc:oracle:thin:scott/${canary}@db.test:1521/x`,
    `Server=db;User Id=app;Password=my ${canary};Database=x`,
    `host=db user=app password=ab'${canary} dbname=x`,
    `smtp://mailer:${canary}@smtp.test:587`,
    `https://${canary}@git.test/x.git`,
    `https://user:${canary}/x@git.test/x.git`,
  ],
  'the path of an address': [
    `https://api.telegram.org/bot123456:${canary}/sendMessage`,
    `https://api.telegram.org/file/bot123456789:AA${canary}${canary}${canary}/photo.jpg`,
    `https://hooks.slack.com/services/T00000000/B00000000/${canary}`,
    `https://hooks.slack.com/workflows/T0/A0/1/${canary} answered 404`,
    `https://discord.com/api/webhooks/123456789/${canary}-_x`,
    `https://ptb.discordapp.com/api/v10/webhooks/1/${canary}`,
    `https://acme.webhook.office.com/webhookb2/11-22@33-44/IncomingWebhook/${canary}/55`,
    `https://outlook.office.com/webhook/${canary}`,
    `https://prod-1.westeurope.logic.azure.com:443/workflows/${canary}/triggers`,
    `https://hooks.zapier.com/hooks/catch/123/${canary}/`,
    `https://hook.eu1.make.com/${canary}`,
    `https://maker.ifttt.com/trigger/x/with/key/${canary}`,
    `https://open.feishu.cn/open-apis/bot/v2/hook/${canary}`,
    `https://chat.test/hooks/abcdefgh1/${canary}`,
    `https://app.test/reset-password/${canary}?x=1`,
    `https://app.test/v1/token/${canary}/refresh`,
    `https://app.test/x/Ab3${canary}9xYz7Qw/y`,
  ],
  'the query of an address': [
    `GET /x?page=2&access_token=${canary}&sort=asc`,
    `https://chat.googleapis.com/v1/spaces/X/messages?key=${canary}&token=${canary}`,
    `https://x.test/?sig=${canary}&se=2026`,
    `https://s3.test/b?X-Amz-Signature=${canary}&X-Amz-Security-Token=${canary}`,
    `https://x.test/callback#access_token=${canary}`,
    `https://x.test/callback?code=${canary}&x=1`,
    `?client_secret=${canary}`,
    `password%3D${canary}`,
  ],
  'a header': [
    `Authorization: Basic ${basic}`,
    `authorization Basic ${basic} was refused`,
    `Basic ${canary}==`,
    `sent Bearer ${canary}.x-y_z`,
    `Proxy-Authorization: Negotiate ${basic}`,
    `X-Api-Key: ${canary}`,
    `x-auth-token: ${canary}`,
    `["Authorization", "Bearer ${canary}"]`,
    `['x-api-key', '${canary}']`,
    `{ authorization: 'Token ${canary}' }`,
    `Cookie: theme=dark; sid=${canary}`,
    `set-cookie: connect.sid=s%3A${canary}; Path=/`,
    `connect.sid=s%3A${canary}`,
    `PHPSESSID=${canary}`,
    `Authorization: AWS4-HMAC-SHA256 Credential=AKIA/x, Signature=${canary}`,
  ],
  'a notation of names and values': [
    `"password" => "${canary}"`,
    `'password' => 'a b ${canary}'`,
    `:password=>"${canary}"`,
    `[password] => ${canary}`,
    `["password"]=> string(13) "${canary}"`,
    `password := ${canary}`,
    `password: ${canary}`,
    `Password:${canary}`,
    `dbPassword: '${canary}'`,
    `dbPass: '${canary}'`,
    `Map(1) { 'apiKey' => '${canary}' }`,
    JSON.stringify({ apiKey: `a"b ${canary}`, user: 'ann' }),
    JSON.stringify(JSON.stringify({ secret_key: canary })),
    JSON.stringify(JSON.stringify(JSON.stringify({ secret_key: canary }))),
    `{&quot;token&quot;:&quot;${canary}&quot;}`,
    `the password is "${canary}"`,
  ],
  YAML: [
    `db:\n  password: my ${canary} phrase\n  host: x`,
    `db:\n  private_key: |\n    abc ${canary}\n    ${canary}\n  host: x`,
    `env:\n  - name: DB_PASSWORD\n    value: ${canary}`,
    `{"name":"DB_PASSWORD","value":"${canary}"}`,
  ],
  XML: [
    `<password>${canary}</password>`,
    `<db:Password type="x">\n  a ${canary}\n</db:Password>`,
    `<apiKey><![CDATA[${canary}]]></apiKey>`,
    `<add key="ApiToken" value="${canary}" />`,
    `<property name='password' value='${canary}'/>`,
    `<user name="ann" password="${canary}"/>`,
  ],
  'a settings file, an environment or a command line': [
    `[db]\npassword = my ${canary} words\nhost = x`,
    `A=1\nexport DB_PASSWORD=${canary}\nB=2`,
    `DB_PASSWORD="a ${canary}"`,
    `PGPASSWORD=${canary} psql`,
    `//registry.example.org/:_authToken=${canary}`,
    `_auth=${basic}`,
    `spring.datasource.password=${canary}`,
    `mysqldump --password ${canary} shop`,
    `--api-key="${canary}"`,
    `curl -u ann:${canary} https://x.test`,
    `AWS_SECRET_ACCESS_KEY=${canary}/+abc`,
    `AccountKey=${canary}==;EndpointSuffix=core.windows.net`,
  ],
  'a key of a known shape': [
    ...['sk-', 'sk-ant-api03-', 'sk-proj-', 'sk_live_', 'rk_live_', 'hf_', 'dop_v1_', 'ya29.', 'xapp-1-', 'xoxb-'],
    ...['ghp_', 'gho_', 'github_pat_', 'glpat-', 'gldt-', 'npm_', 'pypi-', 'dckr_pat_', 'shpat_', 'whsec_', 'gsk_'],
    ...['r8_', 'xai-', 'nvapi-', 'hvs.', 'sbp_', 'pscale_pw_', 'dp.st.', 'lin_api_', 'ntn_', 'figd_', 'glsa_', 're_'],
    ...['xkeysib-', 'ATATT3xFf', 'GOCSPX-', 'sntrys_', 'PMAK-', 'key-', 'fm2_', 'tfp_', 'EAACEdEose0cBA'],
  ].map((prefix) => `the key ${prefix}${canary}x was refused`),
  'text that was encoded or escaped': [
    `{"url":"postgresql:\\/\\/app:${canary}@db.test\\/x"}`,
    `postgres%3A%2F%2Fapp%3A${canary}%40db.test%2Fapp`,
    `https://x.test/?dsn=mysql%3a%2f%2fapp%3a${canary}%40db.test%2fapp`,
    `https%3A%2F%2Fuser%3A${canary}%40git.test`,
    `{\\u0022password\\u0022:\\u0022${canary}\\u0022}`,
    `https://x.test/?a=1\\u0026token=${canary}`,
    `-----BEGIN%20PRIVATE%20KEY-----%0A${canary}%0A-----END%20PRIVATE%20KEY-----`,
    `-----BEGIN+PRIVATE+KEY-----%0A${canary}`,
    `authorization=Bearer%20${canary}`,
    `Bearer%20${canary}`,
  ],
  'a list or an object under a secret name': [
    `passwords: [ 'other', '${canary}' ]`,
    `{"tokens":["a1b2","${canary}"]}`,
    `{"password":{"value":"${canary}"}}`,
    `{ apiKeys: { live: '${canary}', test: 'x' } }`,
    `Config { password: Some("my ${canary} word") }`,
    `password=SecretStr('my ${canary}')`,
    JSON.stringify({ secrets: ['a', canary] }, null, 2),
  ],
  'a statement of SQL or a detail of Postgres': [
    `ALTER ROLE app PASSWORD '${canary}'`,
    `create user app with encrypted password '${canary}' valid until 'infinity'`,
    `CREATE USER 'app' IDENTIFIED BY '${canary}'`,
    `IDENTIFIED WITH mysql_native_password BY '${canary}'`,
    `Key (token)=(${canary}) already exists.`,
    `Key (account_id, api_key)=(7, ${canary}) already exists.`,
    `Key (lower(reset_token))=(${canary}) already exists.`,
  ],
  'a sentence about it': [
    `Incorrect API key provided: ${canary}. You can find it`,
    `password '${canary}' was refused`,
    `API key "${canary}" not found`,
    `the token ${canary} has expired`,
    `invalid token ${canary}`,
    `secret \`${canary}\` is not valid`,
    `password in German: Passwort=${canary}`,
    `Kennwort: ${canary}`,
    `contraseña: ${canary}`,
    `mot de passe: ${canary}`,
    `senha=${canary}`,
    `пароль: ${canary}`,
    `密码: ${canary}`,
    `パスワード: ${canary}`,
  ],
  'a form, a file of logins or another place': [
    `<input type="password" value="${canary}">`,
    `<input value="${canary}" name="password">`,
    `Content-Disposition: form-data; name="password"\r\n\r\n${canary}\r\n--x`,
    `machine git.test login ann password ${canary}`,
    `laravel_session=${canary}`,
    `__Host-session=${canary}; theme=dark`,
    `HTTP_AUTHORIZATION: Token ${canary}`,
    `bearer:${canary}`,
    `app:${canary}@tcp(db.test:3306)/shop`,
    `//ann:${canary}@git.test/x`,
    `auth: 'ann:${canary}'`,
    `Invalid URL: postgres://app:${canary}`,
    `postgres://app:${canary}/shop`,
    `PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 2\n${canary}\n${canary}\nPrivate-MAC: 1`,
    `xoxc-${canary}`,
    `xoxd-${canary}%2F`,
    `AAAAabc-_12:APA91b${canary}${canary}${canary}`,
    `eyJrIjoiT0tTcG1pUlY2RnVKZTFVaDFsNFZXdE9Z${canary}`,
    `SECRET_KEY_BASE=${canary}`,
  ],
  'a block': [
    `-----BEGIN RSA PRIVATE KEY-----\n${canary}\n${canary}\n-----END RSA PRIVATE KEY-----`,
    `"-----BEGIN PRIVATE KEY-----\\n${canary}\\n-----END PRIVATE KEY-----\\n"`,
    `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${canary}\n-----END PGP PRIVATE KEY BLOCK-----`,
    `-----BEGIN OPENSSH PRIVATE KEY-----\n${canary}`,
    `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.${canary}`,
    `eyJhbGciOiJSU0EtT0FFUCJ9.${canary}.${canary}.${canary}.${canary}`,
  ],
};

const innocent: readonly string[] = [
  'connect ECONNREFUSED 127.0.0.1:5432 (see https://x.test/a?b=1), 512 tokens, password authentication failed',
  'password authentication failed for user "app"',
  'at run (file:///app/node_modules/@scope/pkg/dist/index.js:10:5)',
  'at Object.<anonymous> (/app/node_modules/.pnpm/@scope+pkg@1.0.0_peer@2.1.0/node_modules/@scope/pkg/lib/x.js:1:2)',
  'at async file:///C:/work/node_modules/@scope/pkg/index.mjs:3:4',
  "Cannot find package '@scope/pkg' imported from /app/src/index.js",
  'https://registry.example.org/@scope/pkg/-/pkg-1.0.0.tgz',
  'https://cdn.test/npm/@scope/pkg@1.2.3/dist/x.js and https://esm.sh/react@18.2.0',
  'http://localhost:3000/@vite/client and http://[::1]:3000/@scope/pkg',
  'webpack-internal:///./node_modules/@scope/pkg/index.js',
  'webpack://my-app/./node_modules/@scope/pkg/index.js',
  'npm install cairnloop@0.1.0 @scope/pkg@^2.0.0 npm:@other/pkg@3',
  'git@github.com:org/repo.git and ssh://git@github.com/org/repo.git',
  'Unexpected token } in JSON at position 4; Unexpected token: punc ()',
  'TokenExpiredError: jwt expired; max_tokens=4096; total_tokens: 512',
  'the compass: north; bypass: true; passport: none',
  'violates unique constraint "pk_customers_email" on sk_buff with npm_config_cache and hf_hub_download',
  'Basic authentication failed, basic understanding of Basic TypeScript; Bearer authentication is needed',
  'duplicate key value violates unique constraint; primary key: id; cache key: a',
  'token: undefined, password: null, secret: expected a text, found nothing',
  'GET https://github.com/org/repo/commit/3fa74c2d0c1b2a394857661f2e3d4c5b6a798081 404',
  '0196f0c2-7c31-7aa1-8f00-0123456789ab of ann@example.test',
  'postgres:///app?host=/var/run/postgresql and postgres://localhost:5432/app, mail ops@x.test',
  'docker run -u 1000:1000 image; --token is required',
  'PWD=/home/ann/app OLDPWD=/home/ann',
  'Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON; Unexpected token 5 in JSON',
  'Key (email)=(ann@example.test) already exists. Key (id)=(7) is not present in table "tokens".',
  'the token expired, the password must have 8 characters, the secret "orders" is missing, tokens: [ 1, 2 ]',
  'Passwortabfrage: ja, mot de passe oublié, POST form-data; name="message"',
  'session=new, basic auth: true, auth: "none", oauth: "ann"',
  'https%3A%2F%2Fx.test%3A8443%2Fa and http:\\/\\/x.test\\/@scope, //cdn.test/@scope/x, import "//x:y"',
  'mysql://localhost:3306, postgres://db:5432/app, redis://cache',
  'https://docs.test/webhooks/getting-started and https://docs.test/reset/index.html',
];

describe('secrets in a text', () => {
  for (const [where, texts] of Object.entries(secrets)) {
    it(`are masked in ${where}`, () => {
      for (const text of texts) {
        for (const around of [text, `${text}\n    at x`, `Error: it failed with ${text}`]) {
          const masked = redact(around);
          assert.ok(!masked.includes(canary) && !masked.includes(basic), `${around}\n-> ${masked}`);
          assert.match(masked, /\[redacted\]/);
        }
      }
    });
  }

  it('are masked in any of these texts beside any other', () => {
    const text = fc.constantFrom(...Object.values(secrets).flat());
    const other = fc.constantFrom(...innocent);
    fc.assert(
      fc.property(text, other, text, fc.constantFrom(' ', '\n', ', ', '; '), (first, between, second, gap) => {
        const masked = redact([first, between, second].join(gap));
        assert.ok(!masked.includes(canary) && !masked.includes(basic), masked);
      }),
      {
        numRuns: 500,
        // What masks the rest of a line must not take the beginning of an element away.
        examples: [
          [`Cookie: theme=dark; sid=${canary}`, 'ok', `<db:Password type="x">\n  a ${canary}\n</db:Password>`, ' '],
        ],
      },
    );
  });

  it('do not show in a text that is cut inside them', () => {
    for (const text of Object.values(secrets).flat()) {
      for (let before = 1; before < text.length; before += 3) {
        const shown = errorText(`${', '.repeat(2000).slice(0, 4000 - before)} ${text} ${'z '.repeat(5000)}`, 4000);
        assert.ok(!shown.includes(canary), `${text}: ${shown.slice(-150)}`);
      }
    }
  });

  it('are masked without a digit if the text before them is no name', () => {
    const letters = 'abcdefghijklmnopqrstuvwx';
    const tokens = [
      'sk-proj-',
      'sk-ant-api-',
      'sk-',
      'sk_live_',
      'hf_',
      'ghp_',
      'glpat-',
      'dop_v1_',
      'ya29.',
      'xapp-',
      'xoxb-',
      'whsec_',
    ];
    for (const token of tokens.map((prefix) => prefix + letters))
      assert.equal(redact(`refused, key ${token} at once`), 'refused, key [redacted] at once', token);
  });

  it('do not include ordinary log text', () => {
    for (const text of [...innocent, innocent.join('\n'), innocent.join(' ')]) assert.equal(redact(text), text);
  });

  it('redacting twice changes nothing more', () => {
    for (const text of [...Object.values(secrets).flat(), ...innocent]) {
      assert.equal(redact(redact(text)), redact(text));
    }
  });

  it('masking keeps the name of the server, host or setting', () => {
    assert.equal(
      redact(`postgres://app:my ${canary} word@db.test:5432/app is down`),
      'postgres://[redacted]@db.test:5432/app is down',
    );
    assert.equal(redact(`<password>${canary}</password>`), '<password>[redacted]</password>');
    assert.equal(redact(`{"apiKey":"${canary}","user":"ann"}`), '{"apiKey":[redacted],"user":"ann"}');
    assert.equal(
      redact(`https://hooks.slack.com/services/T0/B0/${canary} answered 404`),
      'https://hooks.slack.com/[redacted] answered 404',
    );
  });
});
