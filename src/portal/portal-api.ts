import type { ConversationCalls } from '../contracts/cairnloop.js';

/** The public library calls that a customer can cause. The portal reads and changes conversations only through them. */
export interface PortalApi {
  conversations: Pick<
    ConversationCalls,
    'forCustomer' | 'getForCustomer' | 'markReadForCustomer' | 'open' | 'receive' | 'submitCsat'
  >;
}
