import type { PortalHandler, PortalRoute } from './handler.js';
import {
  getConversation,
  listConversations,
  postConversation,
  postMessage,
  postRating,
  postReadMark,
  streamChanges,
} from './routes/api.js';
import { serveAsset, serveWidget } from './routes/files.js';
import {
  conversationPageWithProblem,
  newConversationPageWithProblem,
  showConversation,
  showConversationList,
  showNewConversationForm,
  submitNewConversation,
  submitRating,
  submitReply,
} from './routes/pages.js';

const get = (name: string, path: string, handle: PortalHandler): PortalRoute => ({
  ...file(name, path, handle),
  counted: true,
});
/** A GET route that needs no database or has its own limit, so that its requests are not counted. */
const file = (name: string, path: string, handle: PortalHandler): PortalRoute => ({
  name,
  method: 'GET',
  path,
  handle,
});
const post = (name: string, path: string, handle: PortalHandler, again?: PortalRoute['again']): PortalRoute => ({
  name,
  method: 'POST',
  path,
  handle,
  counted: true,
  ...(again && { again }),
});

/** Every route of the portal, below its mount path. A GET changes nothing except which messages count as read. */
export const portalRoutes: readonly PortalRoute[] = [
  get('list', '/', showConversationList),
  get('new', '/new', showNewConversationForm),
  post('open', '/new', submitNewConversation, newConversationPageWithProblem),
  get('thread', '/c/:id', showConversation),
  post('reply', '/c/:id/messages', submitReply, conversationPageWithProblem),
  post('rate', '/c/:id/csat', submitRating, conversationPageWithProblem),
  get('api_list', '/api/conversations', listConversations),
  post('api_open', '/api/conversations', postConversation),
  get('api_thread', '/api/conversations/:id', getConversation),
  post('api_reply', '/api/conversations/:id/messages', postMessage),
  post('api_rate', '/api/conversations/:id/csat', postRating),
  post('api_read', '/api/conversations/:id/read', postReadMark),
  file('api_live', '/api/live', streamChanges),
  file('widget', '/widget.js', serveWidget),
  file('asset', '/assets/:version/:name', serveAsset),
];
