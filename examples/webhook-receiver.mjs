/** Prints the webhooks that it receives, once their signature is checked: `node examples/webhook-receiver.mjs`. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const key = Buffer.from((process.env.WEBHOOK_SECRET ?? '').replace(/^whsec_/, ''), 'base64');
/** Repeats of a delivery have the same id. Use a table in your own receiver. */
const seen = new Set();

const server = createServer(async (request, response) => {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures = '' } = request.headers;
  request.setEncoding('utf8');
  let body = '';
  for await (const chunk of request) body += chunk;
  const isSigned = signatures.split(' ').some((given) => isSame(given, signatureOf(`${id}.${timestamp}.${body}`)));
  const isRecent = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300;
  if (!isSigned || !isRecent) return response.writeHead(401).end();
  if (!seen.has(id)) console.log(body);
  seen.add(id);
  response.writeHead(204).end();
});

server.listen(Number(process.env.PORT ?? 4001), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close());

function signatureOf(text) {
  return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
}

/** Takes the same time however much of it is right. */
function isSame(given, expected) {
  return given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
}
