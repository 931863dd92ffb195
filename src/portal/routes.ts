import type { Handler, Route } from './handler.js';
import {
  getConversation,
  listConversations,
  live,
  postConversation,
  postMessage,
  postRating,
  postRead,
} from './routes/api.js';
import { asset, widget } from './routes/files.js';
import {
  list,
  newConversation,
  newPageWithProblem,
  open,
  rateConversation,
  reply,
  thread,
  threadPageWithProblem,
} from './routes/pages.js';

const get = (name: string, path: string, handle: Handler): Route => ({ ...file(name, path, handle), counted: true });
/** A GET route that needs no database or has its own limit, so that its requests are not counted. */
const file = (name: string, path: string, handle: Handler): Route => ({ name, method: 'GET', path, handle });
const post = (name: string, path: string, handle: Handler, again?: Route['again']): Route => ({
  name,
  method: 'POST',
  path,
  handle,
  counted: true,
  ...(again && { again }),
});

/** Every route of the portal, below its mount path. A GET changes nothing except which messages count as read. */
export const routes: readonly Route[] = [
  get('list', '/', list),
  get('new', '/new', newConversation),
  post('open', '/new', open, newPageWithProblem),
  get('thread', '/c/:id', thread),
  post('reply', '/c/:id/messages', reply, threadPageWithProblem),
  post('rate', '/c/:id/csat', rateConversation, threadPageWithProblem),
  get('api_list', '/api/conversations', listConversations),
  post('api_open', '/api/conversations', postConversation),
  get('api_thread', '/api/conversations/:id', getConversation),
  post('api_reply', '/api/conversations/:id/messages', postMessage),
  post('api_rate', '/api/conversations/:id/csat', postRating),
  post('api_read', '/api/conversations/:id/read', postRead),
  file('api_live', '/api/live', live),
  file('widget', '/widget.js', widget),
  file('asset', '/assets/:version/:name', asset),
];
