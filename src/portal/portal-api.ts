import type { ConversationCalls } from '../contracts/cairnloop.js';

/** The public calls that a customer can cause; the portal reads and changes nothing but through them. */
export interface PortalApi {
  conversations: Pick<
    ConversationCalls,
    'forCustomer' | 'getForCustomer' | 'markReadForCustomer' | 'open' | 'receive' | 'submitCsat'
  >;
}
