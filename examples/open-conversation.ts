/** What a host does when a customer writes: gives the queue something to show. */
import { createCairnloop } from 'cairnloop';
import config from './cairnloop.config.js';

const cairnloop = await createCairnloop(config);
const { id } = await cairnloop.conversations.open({
  actorId: 'customer-42',
  subject: 'Invoice total looks wrong',
  message: 'We have 42 seats, not 44.',
});
console.log(`opened conversation ${id}`);
await cairnloop.close();
