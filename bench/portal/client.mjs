import { once } from 'node:events';
import { Agent, get, request } from 'node:http';

/** Requests of customers to the portal on a port. */
export function portalClient(port) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const origin = `http://127.0.0.1:${port}`;
  const tokens = new Map();

  async function send(path, customer, body) {
    const headers = { 'x-customer': customer, host: `127.0.0.1:${port}` };
    if (body)
      Object.assign(headers, { origin, 'content-type': 'application/json', 'x-cairnloop-token': tokens.get(customer) });
    const sent = request(`${origin}/help${path}`, { agent, headers, method: body ? 'POST' : 'GET' });
    sent.end(body && JSON.stringify(body));
    const [response] = await once(sent, 'response');
    let text = '';
    for await (const chunk of response) text += chunk;
    if (response.statusCode >= 400) throw new Error(`${path} answered ${response.statusCode}: ${text.slice(0, 300)}`);
    return { text, token: response.headers['x-cairnloop-token'] };
  }

  return {
    page: (path, customer) => send(path, customer),
    /** Signs a customer in, and returns their newest conversation's id. */
    async enter(customer) {
      const { text, token } = await send('/api/conversations?limit=1', customer);
      tokens.set(customer, token);
      return JSON.parse(text).items[0].id;
    },
    write: (id, customer, message) => send(`/api/conversations/${id}/messages`, customer, { message }),
    /** A live stream that stays open until the returned function is called. */
    async listen(customer) {
      const stream = get(`${origin}/help/api/live`, { agent: false, headers: { 'x-customer': customer } });
      stream.on('error', () => {});
      const [response] = await once(stream, 'response');
      if (response.statusCode !== 200) throw new Error(`live answered ${response.statusCode}`);
      response.on('error', () => {});
      response.resume();
      return () => stream.destroy();
    },
    close: () => agent.destroy(),
  };
}
